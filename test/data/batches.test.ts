import {
  type Batch,
  type BatchesOptions,
  batches,
  type Dataset,
  fromArrays,
  subset,
} from "../../src/data/index.js";
import { Tensor, tensor } from "../../src/tensor.js";
import { assert, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";

const test = suite("batches");

const numbered = (n: number): Dataset =>
  fromArrays({
    inputs: tensor(
      Float32Array.from({ length: n }, (_, i) => i),
      [n, 1, 1, 1],
    ),
    targets: new Uint8Array(n),
  });

async function collect(dataset: Dataset, options: BatchesOptions): Promise<number[][]> {
  const found: number[][] = [];
  for await (const { inputs, targets } of batches(dataset, options)) {
    found.push([...inputs.data]);
    assert.is(targets instanceof Tensor ? targets.shape[0] : targets.length, inputs.shape[0]);
  }
  return found;
}

test("come in order, the last one smaller or left out", async () => {
  assert.equal(await collect(numbered(5), { batchSize: 2 }), [[0, 1], [2, 3], [4]]);
  assert.equal(await collect(numbered(5), { batchSize: 2, dropLast: true }), [
    [0, 1],
    [2, 3],
  ]);
  assert.equal(await collect(numbered(4), { batchSize: 2, dropLast: true }), [
    [0, 1],
    [2, 3],
  ]);
  assert.equal(await collect(numbered(3), { batchSize: 9 }), [[0, 1, 2]]);
  assert.equal(await collect(numbered(0), { batchSize: 2 }), []);
});

test("are shuffled by seed and epoch alone", async () => {
  const order = async (options: Partial<BatchesOptions>) =>
    (await collect(numbered(50), { batchSize: 8, shuffle: true, ...options })).flat();
  const first = await order({ seed: 1 });
  assert.equal(
    [...first].sort((a, b) => a - b),
    Array.from({ length: 50 }, (_, i) => i),
  );
  assert.equal(await order({ seed: 1, epoch: 0 }), first);
  assert.equal(await order({ seed: 1, batchSize: 3 }), first);
  assert.not.equal(await order({ seed: 1, epoch: 1 }), first);
  assert.not.equal(await order({ seed: 2 }), first);
});

test("can be gone through again", async () => {
  const twice = batches(numbered(3), { batchSize: 2 });
  for (let pass = 0; pass < 2; pass++) {
    const sizes: number[] = [];
    for await (const { inputs } of twice) sizes.push(inputs.shape[0]!);
    assert.equal(sizes, [2, 1]);
  }
});

test("are handed to the augmentation with the numbers of their samples", async () => {
  const seen: unknown[] = [];
  const options: BatchesOptions = {
    batchSize: 2,
    seed: 3,
    epoch: 4,
    augment(batch, { indices, seed, epoch, background }) {
      seen.push([...indices], seed, epoch, background);
      return { ...batch, inputs: tensor([7, 7], [2, 1, 1, 1]) };
    },
  };
  assert.equal(await collect(subset(numbered(4), 2), options), [[7, 7]]);
  assert.equal(seen, [[0, 1], 3, 4, [0]]);
});

/** A data set of two samples that answers with the given batch. */
const answering = (batch: Batch): Dataset => ({
  ...{ name: "odd", length: 2, shape: [1, 1, 2], classes: ["a", "b"] },
  get: () => Promise.resolve(batch),
});

test("with NaN, wrong shapes or classes are refused, naming data set and sample", async () => {
  const inputs = (values: number[]) => tensor(values, [2, 1, 1, 2]);
  const labels = Int32Array.from([0, 1]);
  const cases: [Batch, RegExp][] = [
    [
      { inputs: inputs([1, 2, 3, Number.NaN]), targets: labels },
      /odd: sample 1 has the input value NaN\. Remove the sample/,
    ],
    [
      { inputs: inputs([1, Number.NEGATIVE_INFINITY, 3, 4]), targets: labels },
      /odd: sample 0 has the input value -Infinity/,
    ],
    [
      { inputs: inputs([1, 2, 3, 4]), targets: tensor([1, Number.NaN]) },
      /odd: sample 1 has the target value NaN/,
    ],
    [
      { inputs: inputs([1, 2, 3, 4]), targets: Int32Array.from([0, 2]) },
      /odd: sample 1 has the class index 2; expected 0 to 1/,
    ],
    [
      { inputs: inputs([1, 2, 3, 4]), targets: Int32Array.from([-1, 0]) },
      /odd: sample 0 has the class index -1/,
    ],
    [
      { inputs: inputs([1, 2, 3, 4]), targets: Int32Array.from([0]) },
      /odd: a batch of 2 inputs has 1 targets/,
    ],
    [
      { inputs: tensor([1, 2, 3, 4], [2, 1, 2, 1]), targets: labels },
      /inputs of shape \[2, 1, 2, 1\], expected \[2, 1, 1, 2\]/,
    ],
  ];
  for (const [batch, pattern] of cases)
    await rejectsMessage(collect(answering(batch), { batchSize: 2 }), pattern);
});

test("in another order still name the sample by its number in the data set", async () => {
  const values = Float32Array.from({ length: 40 }, (_, i) => (i === 33 ? Number.NaN : i));
  const dataset = fromArrays({
    inputs: new Tensor(values, [40, 1, 1, 1]),
    targets: new Uint8Array(40),
    name: "d",
  });
  await rejectsMessage(
    collect(dataset, { batchSize: 7, shuffle: true }),
    /d: sample 33 has the input value NaN/,
  );
});

test("stop when the signal says so", async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  try {
    for await (const { inputs } of batches(numbered(6), { batchSize: 2, signal: controller.signal })) {
      seen.push(inputs.data[0]!);
      if (seen.length === 2) controller.abort(new Error("enough"));
    }
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, "enough");
  }
  assert.equal(seen, [0, 2]);
});

test("refuse options that make no sense at once", () => {
  for (const batchSize of [0, -1, 1.5, Number.NaN]) {
    throwsMessage(
      () => batches(numbered(3), { batchSize }),
      /batchSize is .*; it must be a whole number of at least 1/,
    );
  }
  throwsMessage(
    () => batches(numbered(3), { batchsize: 2 } as never),
    /unknown option "batchsize"\. It takes: batchSize/,
  );
});

test.run();
