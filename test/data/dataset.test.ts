import { type Dataset, fromArrays, split, subset } from "../../src/data/index.js";
import { Tensor, tensor } from "../../src/tensor.js";
import { assert, near, suite, throwsMessage } from "../harness/suite.js";

const test = suite("dataset");

/** n samples of 1 x 1 x 1, each its own number. */
const numbered = (n: number): Dataset =>
  fromArrays({
    inputs: tensor(
      Float32Array.from({ length: n }, (_, i) => i),
      [n, 1, 1, 1],
    ),
    targets: new Uint8Array(n),
  });

async function contents(dataset: Dataset): Promise<number[]> {
  const { inputs } = await dataset.get(Array.from({ length: dataset.length }, (_, i) => i));
  return [...inputs.data];
}

test("bytes are divided by 255 and normalised, channel by channel, the padding too", async () => {
  const data = Uint8Array.from([0, 51, 255, 102, 7, 8, 9, 10]);
  const dataset = fromArrays({
    inputs: { data, shape: [2, 2, 1, 2] },
    targets: [1, 0],
    ...{ pad: 1, mean: [0.5, 0], std: [0.5, 2], classes: ["a", "b"], name: "tiny" },
  });
  assert.equal(
    [dataset.length, dataset.shape, dataset.classes, dataset.name],
    [2, [2, 3, 4], ["a", "b"], "tiny"],
  );
  const { inputs, targets } = await dataset.get([1, 0]);
  assert.equal(inputs.shape, [2, 2, 3, 4]);
  assert.equal(targets, Int32Array.from([0, 1]));
  const o = -1;
  const first = [o, o, o, o, o, -1, -0.6, o, o, o, o, o];
  const second = [0, 0, 0, 0, 0, 0.5, 0.2, 0, 0, 0, 0, 0];
  near(inputs.data.subarray(24), [...first, ...second], { atol: 1e-7, rtol: 1e-6 });
  near([...dataset.background!], [-1, 0]);
  near([inputs.at(0, 0, 1, 1), inputs.at(0, 1, 1, 2)], [(7 / 255 - 0.5) * 2, 10 / 255 / 2], { atol: 1e-7 });
});

test("numbers are used as they are, or normalised without division", async () => {
  const inputs = tensor([1, 2, 3, 4], [2, 2, 1, 1]);
  const plain = await fromArrays({ inputs, targets: [0, 1] }).get([0, 1]);
  assert.equal([...plain.inputs.data], [1, 2, 3, 4]);
  const normal = await fromArrays({ inputs, targets: [0, 1], mean: [1, 2], std: 2, pad: 0 }).get([0, 1]);
  assert.equal([...normal.inputs.data], [0, 0, 1, 1]);
  assert.equal([...inputs.data], [1, 2, 3, 4]);
});

test("classes are numbered where they have no names, and absent for values", async () => {
  const inputs = new Tensor(new Float32Array(3), [3, 1, 1, 1]);
  assert.equal(fromArrays({ inputs, targets: [0, 2, 1] }).classes, ["0", "1", "2"]);
  const regression = fromArrays({
    inputs,
    targets: tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
  });
  assert.equal(regression.classes, []);
  const { targets } = await regression.get([2, 0]);
  assert.equal((targets as Tensor).toNested(), [
    [5, 6],
    [1, 2],
  ]);
});

test("arrays that do not fit together are refused, with the reason", () => {
  const inputs = new Tensor(new Float32Array(4), [2, 2, 1, 1]);
  const cases: [() => unknown, RegExp][] = [
    [
      () => fromArrays({ inputs: tensor([1, 2]), targets: [0, 0] }),
      /inputs of shape \[2\]; expected pictures \[n, c, h, w\], series \[n, c, l\] or features \[n, f\]/,
    ],
    [
      () => fromArrays({ inputs: { data: new Uint8Array(3), shape: [2, 1, 1, 2] }, targets: [0, 0] }),
      /3 values do not fill the shape \[2, 1, 1, 2\]/,
    ],
    [() => fromArrays({ inputs, targets: [0] }), /1 targets for 2 inputs/],
    [() => fromArrays({ inputs, targets: tensor([1]) }), /1 targets for 2 inputs/],
    [
      () => fromArrays({ inputs, targets: [0, 2], classes: ["a", "b"], name: "mine" }),
      /mine: sample 1 has the class index 2; expected a whole number of 0 to 1/,
    ],
    [() => fromArrays({ inputs, targets: [0, -1] }), /sample 1 has the class index -1/],
    [
      () => fromArrays({ inputs, targets: [-1, -1] }),
      /sample 0 has the class index -1; expected a whole number of 0 to/,
    ],
    [
      () => fromArrays({ inputs, targets: [0.5, 1.5] }),
      /sample 0 has the class index 0.5.*For values to approximate give a tensor: targets: tensor\(values\)/,
    ],
    [() => fromArrays({ inputs, targets: ["1", "0"] as never }), /has the class index "1"/],
    [() => fromArrays({ inputs, targets: 2 as never }), /targets is 2; it must be a list of class indices/],
    [
      () => fromArrays({ inputs, targets: tensor([1, 2]), classes: ["a"] }),
      /classes are for targets that are class/,
    ],
    [
      () => fromArrays({ inputs, targets: [0, 1], classes: 2 as never }),
      /classes is 2; it must be a list of names/,
    ],
    [
      () => fromArrays({ targets: [0] } as never),
      /inputs is undefined; it must be a Tensor, nested arrays, or bytes/,
    ],
    [
      () =>
        fromArrays({ inputs: { data: new Uint8ClampedArray(2), shape: [2, 1] } as never, targets: [0, 1] }),
      /inputs is \{data: a Uint8ClampedArray/,
    ],
    [() => fromArrays({ inputs: [[1], [2]], targets: [0, 1], pad: 1 }), /pad is for pictures/],
    [
      () => fromArrays({ inputs, targets: [0, 1], mean: "0.5" } as never),
      /mean is "0.5"; it must be a number/,
    ],
    [() => (fromArrays as () => unknown)(), /fromArrays: options are given by name/],
    [() => fromArrays({ inputs, targets: [0, 1], pad: 0.5 }), /pad is 0\.5; it must be a whole number/],
    [() => fromArrays({ inputs, targets: [0, 1], mean: [1, 2, 3] }), /mean has 3 numbers for 2 channels/],
    [() => fromArrays({ inputs, targets: [0, 1], padding: 1 } as never), /unknown option "padding"/],
    [() => fromArrays({ inputs, targets: [0, 1] }).get([2]), /no sample 2; there are 2, numbered from 0/],
    [() => fromArrays({ inputs, targets: [0, 1] }).get([0.5]), /no sample 0.5/],
  ];
  for (const [run, pattern] of cases) throwsMessage(run, pattern);
});

test("nested arrays, features and series are inputs too", async () => {
  const features = fromArrays({
    inputs: [
      [1, 2, 3],
      [4, 5, 6],
    ],
    targets: [0, 1],
    mean: [1, 2, 3],
  });
  assert.equal(features.shape, [3, 1, 1]);
  assert.equal([...(await features.get([1])).inputs.data], [3, 3, 3]);
  const series = fromArrays({
    inputs: { data: Uint8Array.of(0, 255, 51, 0), shape: [1, 2, 2] },
    targets: [0],
  });
  assert.equal(series.shape, [2, 1, 2]);
  near((await series.get([0])).inputs.data, [0, 1, 0.2, 0]);
});

test("a subset is a range", async () => {
  assert.equal(await contents(subset(numbered(10), 2, 5)), [2, 3, 4]);
  assert.equal(await contents(subset(numbered(4), 2)), [2, 3]);
  assert.equal(subset(numbered(4), 4).length, 0);
  for (const [start, end] of [
    [-1, 2],
    [3, 2],
    [0, 11],
    [0.5, 2],
  ] as const) {
    throwsMessage(() => subset(numbered(10), start, end), /is not a range within the 10 samples/);
  }
  throwsMessage(() => subset(numbered(10), 2, 5).get([3]), /no sample 3; there are 3/);
});

test("a split parts the samples by the seed", async () => {
  const [some, others] = split(numbered(10), 0.3, 1);
  assert.equal([some.length, others.length], [3, 7]);
  const all = [...(await contents(some)), ...(await contents(others))];
  assert.equal(
    [...all].sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  assert.equal(await contents(split(numbered(10), 0.3, 1)[0]), await contents(some));
  assert.not.equal(await contents(split(numbered(10), 0.3, 2)[0]), await contents(some));
  assert.equal(await contents(subset(split(numbered(10), 1)[0], 0, 0)), []);
  throwsMessage(() => split(numbered(10), 1.5), /fraction is 1.5; it must be a number from 0 to 1/);
});

test.run();
