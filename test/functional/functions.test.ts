import { conv2d as convLayer, relu as reluLayer, sequential } from "featuremap";
import * as F from "featuremap/functional";
import { runtime } from "../../src/wasm/runtime.js";
import { assert, near, suite, throwsMessage } from "../harness/suite.js";
import { noise } from "../wasm/machines.js";

const test = suite("functions");

type Input = F.Input;
const { tensor } = F;

const SOBEL = [
  [-1, 0, 1],
  [-2, 0, 2],
  [-1, 0, 1],
];

/** Functions of images: also of one, and of one channel. */
const ofImages: Record<string, (x: Input) => F.Tensor> = {
  conv2d: (x) => F.conv2d(x, tensor(SOBEL.flat(), [1, 1, 3, 3]), { bias: [1], padding: 1 }),
  pad: (x) => F.pad(x, 2, "replicate"),
  maxPool2d: (x) => F.maxPool2d(x, 2),
  avgPool2d: (x) => F.avgPool2d(x, 2),
  adaptiveAvgPool2d: (x) => F.adaptiveAvgPool2d(x, 3),
  globalAvgPool2d: (x) => F.globalAvgPool2d(x),
  localResponseNorm: (x) => F.localResponseNorm(x, 3),
};
const ofSignals: Record<string, (x: Input) => F.Tensor> = {
  conv1d: (x) => F.conv1d(x, tensor([1, 2, -1], [1, 1, 3]), { padding: 1 }),
  pad: (x) => F.pad(x, 2, "circular", 1),
  maxPool1d: (x) => F.maxPool1d(x, 2),
  avgPool1d: (x) => F.avgPool1d(x, 2),
};
const ofAnything: Record<string, (x: Input) => F.Tensor> = {
  relu: F.relu,
  relu6: F.relu6,
  leakyRelu: F.leakyRelu,
  sigmoid: F.sigmoid,
  tanh: F.tanh,
  elu: F.elu,
  selu: F.selu,
  gelu: F.gelu,
  silu: F.silu,
  hardSwish: F.hardSwish,
  hardSigmoid: F.hardSigmoid,
  hardtanh: F.hardtanh,
  clip: (x) => F.clip(x, -0.5, 0.5),
  softplus: F.softplus,
  abs: F.abs,
  neg: F.neg,
  exp: F.exp,
  log: (x) => F.log(F.exp(x)),
  sqrt: (x) => F.sqrt(F.abs(x)),
  erf: F.erf,
  floor: F.floor,
  ceil: F.ceil,
  trunc: F.trunc,
  round: F.round,
  prelu: (x) => F.prelu(x, [0.5]),
  dropout: F.dropout,
  subtract: (x) => F.subtract(x, F.neg(x)),
  divide: (x) => F.divide(x, F.exp(x)),
  minimum: (x) => F.minimum(x, F.neg(x)),
  maximum: (x) => F.maximum(x, F.neg(x)),
  pow: (x) => F.pow(x, 3),
  add: (x) => F.add(x, x),
  multiply: (x) => F.multiply(x, x),
};

for (const [functions, ranks] of [
  [ofImages, [2, 3, 4]],
  [ofSignals, [1, 2, 3]],
] as const) {
  for (const [name, f] of Object.entries(functions)) {
    test(`${name} gives as many dimensions as it takes: ${ranks.join(", ")}`, () => {
      const sizes = ranks[2] === 4 ? [1, 1, 6, 8] : [1, 1, 8];
      const x = noise(sizes);
      const full = f(x);
      for (const rank of ranks) {
        const few = x.reshape(...sizes.slice(-rank));
        const y = f(few);
        assert.equal(y.shape, full.shape.slice(-rank));
        assert.equal(y.data, full.data);
        assert.equal(f(few.toNested()), y, "nested arrays");
      }
      throwsMessage(
        () => f(x.reshape(1, ...sizes)),
        new RegExp(
          `^${name}: the input has shape .*; it must have ${ranks[0]} to ${ranks[2]} dimensions\\.$`,
        ),
      );
      throwsMessage(() => f(noise([8, 8].slice(0, ranks[0] - 1))), /it must have/);
    });
  }
}

for (const [name, f] of Object.entries(ofAnything)) {
  test(`${name} takes tensors of any shape, also empty ones`, () => {
    const values = noise([24]);
    const flat = f(values).data;
    for (const shape of [[24], [2, 12], [2, 3, 4], [1, 2, 3, 4], [2, 1, 3, 2, 2], [1, 1, 1, 1, 1, 24]]) {
      const y = f(values.reshape(...shape));
      assert.equal(y.shape, shape);
      assert.equal(y.data, flat);
      assert.equal(f(values.reshape(...shape).toNested()), y);
    }
    assert.equal(f(tensor(3)).shape, []);
    assert.equal(f(3).shape, []);
    assert.equal(f([]).shape, [0]);
    assert.equal(f(values.data).shape, [24], "a typed array");
  });
}

test("values by hand", () => {
  assert.equal(F.relu([-2, 0, 3]).toNested(), [0, 0, 3]);
  assert.equal(F.relu6([-2, 3, 7]).toNested(), [0, 3, 6]);
  near(F.leakyRelu([-2, 3]).data, [-0.02, 3]);
  near(F.leakyRelu([-2, 3], 0.5).data, [-1, 3]);
  near(F.sigmoid([0, Math.log(3), -Math.log(3)]).data, [0.5, 0.75, 0.25], { atol: 1e-6, rtol: 0 });
  near(F.tanh([0, Math.log(2), -Math.log(2)]).data, [0, 0.6, -0.6], { atol: 1e-6, rtol: 0 });
  near(F.elu([-Math.log(2), 3]).data, [-0.5, 3]);
  near(F.elu([-Math.log(2), 3], 3).data, [-1.5, 3]);
  near(F.selu([0, 1]).data, [0, 1.0507009873554805]);
  near(F.gelu([-1, 0, 1]).data, [-0.15865525393, 0, 0.84134474607]);
  near(F.gelu([1], "tanh").data, [0.8411919906]);
  near(F.silu([0, Math.log(3)]).data, [0, 0.75 * Math.log(3)]);
  near(F.hardSwish([-4, -1, 0, 5]).data, [0, -1 / 3, 0, 5]);
  near(F.hardSigmoid([-4, -1, 0, 5]).data, [0, 1 / 3, 0.5, 1]);
  assert.equal(F.hardtanh([-4, 0.5, 5]).toNested(), [-1, 0.5, 1]);
  assert.equal(F.hardtanh([-4, 0.5, 5], -2, 3).toNested(), [-2, 0.5, 3]);
  assert.equal(F.clip([-4, 0.5, 5], 0, Number.POSITIVE_INFINITY).toNested(), [0, 0.5, 5]);
  near(F.softplus([0, Math.log(3)]).data, [Math.log(2), Math.log(4)]);
  near(F.softplus([0], 2).data, [Math.log(2) / 2]);
  assert.equal(F.prelu([[-2, -2, 3]], [0.5, 2, 5]).toNested(), [[-1, -4, 3]]);
  assert.equal(F.abs([-2, 3]).toNested(), [2, 3]);
  assert.equal(F.neg([-2, 3]).toNested(), [2, -3]);
  near(F.exp([0, 1]).data, [1, Math.E]);
  near(F.log([1, Math.E]).data, [0, 1]);
  assert.equal(F.sqrt([4, 9]).toNested(), [2, 3]);
  near(F.erf([0, 1]).data, [0, 0.8427007929]);
  assert.equal(F.floor([-1.5, 1.5]).toNested(), [-2, 1]);
  assert.equal(F.ceil([-1.5, 1.5]).toNested(), [-1, 2]);
  assert.equal(F.trunc([-1.5, 1.5]).toNested(), [-1, 1]);
  assert.equal(F.round([0.5, 1.5, 2.6]).toNested(), [0, 2, 3]);
  assert.equal(F.subtract([1, 2], [3, -4]).toNested(), [-2, 6]);
  assert.equal(F.divide([1, 2], [4, -4]).toNested(), [0.25, -0.5]);
  assert.equal(F.minimum([1, 2], [4, -4]).toNested(), [1, -4]);
  assert.equal(F.maximum([1, 2], [4, -4]).toNested(), [4, 2]);
  near(F.pow([2, -2, 9], [3, 3, 0.5]).data, [8, -8, 3]);
  assert.equal(F.pow([2, -3], 2).toNested(), [4, 9]);
  assert.equal(F.add([1, 2], [3, -4]).toNested(), [4, -2]);
  assert.equal(F.multiply([[1, 2]], [[3, -4]]).toNested(), [[3, -8]]);
  assert.equal(
    F.linear(
      [1, 2],
      [
        [3, 4],
        [5, 6],
        [0, 1],
      ],
      [10, 20, 30],
    ).toNested(),
    [21, 37, 32],
  );
  assert.equal(
    F.linear(
      [
        [1, 2],
        [0, 1],
      ],
      [[3, 4]],
    ).toNested(),
    [[11], [4]],
  );
  assert.equal(
    F.flatten([
      [
        [1, 2],
        [3, 4],
      ],
    ]).toNested(),
    [[1, 2, 3, 4]],
  );
  assert.is(F.mse([1, 2, 3], [1, 4, 0]), Math.fround(13 / 3));
});

test("a factor or a term for each channel", () => {
  const x = tensor([1, 2, 3, 4], [1, 2, 1, 2]);
  const each = tensor([10, 100], [1, 2, 1, 1]);
  assert.equal(F.multiply(x, each).data, Float32Array.of(10, 20, 300, 400));
  assert.equal(F.add(x, each).data, Float32Array.of(11, 12, 103, 104));
});

test("softmax sums to one, keeps the order, and does not see a constant added to all", () => {
  const x = noise([3, 7]);
  const { data } = F.softmax(x);
  for (let row = 0; row < 3; row++) {
    const [scores, p] = [x, { data }].map((t) => [...t.data.subarray(7 * row, 7 * row + 7)]) as [
      number[],
      number[],
    ];
    near([p.reduce((a, b) => a + b)], [1], { atol: 1e-6, rtol: 0 });
    const order = (values: number[]) => [...values.keys()].sort((a, b) => values[a]! - values[b]!);
    assert.equal(order(p), order(scores));
  }
  near(F.softmax(F.add(x, tensor(new Float32Array(21).fill(50), [3, 7]))).data, data, {
    atol: 1e-5,
    rtol: 1e-5,
  });
  near(F.softmax([Math.log(1), Math.log(2), Math.log(5)]).data, [1 / 8, 2 / 8, 5 / 8], {
    atol: 1e-6,
    rtol: 0,
  });
  near(F.logSoftmax(x).data, data.map(Math.log), { atol: 1e-5, rtol: 1e-5 });
  assert.equal(F.softmax([1000, 1000]).toNested(), [0.5, 0.5]);
  // Along the channels of an image.
  const image = F.softmax(noise([2, 3, 2, 2]));
  for (let n = 0; n < 2; n++)
    for (let i = 0; i < 4; i++)
      near([[0, 4, 8].reduce((sum, c) => sum + image.data[12 * n + c + i]!, 0)], [1]);
});

test("cross entropy of equal scores is the logarithm of their number; of sure ones, nothing or much", () => {
  near(
    [
      F.crossEntropy(
        [
          [0, 0, 0, 0],
          [7, 7, 7, 7],
        ],
        [1, 3],
      ),
    ],
    [Math.log(4)],
    { atol: 1e-6, rtol: 0 },
  );
  near([F.crossEntropy([[100, 0]], [0])], [0]);
  near([F.crossEntropy([[100, 0]], [1])], [100]);
  near(
    [F.crossEntropy([[Math.log(3), 0]], [0], { labelSmoothing: 0.5 })],
    [-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25)],
    { atol: 1e-6, rtol: 0 },
  );
});

test("batch normalisation by given statistics, and by those of the batch", () => {
  const x = tensor([1, 3, 10, 20], [1, 2, 1, 2]);
  near(F.batchNorm(x, [1, 10], [4, 25], { eps: 0 }).data, [0, 1, 0, 2]);
  near(F.batchNorm(x, [1, 10], [4, 25], { eps: 0, weight: [2, 3], bias: [5, -1] }).data, [5, 7, -1, 5]);
  near(F.batchNorm(x, null, null, { training: true, eps: 0 }).data, [-1, 1, -1, 1]);
  near(
    F.batchNorm(
      [
        [1, 5],
        [3, 9],
      ],
      null,
      null,
      { training: true, eps: 0, bias: [1, 2] },
    ).data,
    [0, 1, 2, 3],
  );
});

test("local response normalisation by hand", () => {
  const x = tensor([1, 2, 3], [1, 3, 1, 1]);
  // Sums of squares of the neighbours: 5, 14, 13.
  near(F.localResponseNorm(x, 3, { alpha: 3, beta: 1, k: 1 }).data, [1 / 6, 2 / 15, 3 / 14]);
  near(F.localResponseNorm(x, 1, { alpha: 1, beta: 0.5, k: 0 }).data, [1, 1, 1]);
});

test("dropout drops its share by seed and keeps the mean", () => {
  const x = tensor(new Float32Array(10_000).fill(1), [100, 100]);
  for (const p of [0.1, 0.5, 0.8]) {
    const y = F.dropout(x, p, 3);
    const kept = y.data.filter((value) => value !== 0);
    assert.ok(Math.abs(kept.length / 10_000 - (1 - p)) < 0.02, `${kept.length} of 10000 are kept`);
    near(
      kept,
      kept.map(() => 1 / (1 - p)),
    );
    assert.equal(F.dropout(x, p, 3), y);
    assert.not.equal(F.dropout(x, p, 4), y);
  }
  assert.equal(F.dropout(x, 0), x);
  assert.ok(F.dropout(x, 1).data.every((value) => value === 0));
});

test("concatenation joins channels of tensors of any rank from 1 on", () => {
  assert.equal(
    F.concat(
      [[1], [2]],
      [
        [3, 4],
        [5, 6],
      ],
    ).toNested(),
    [
      [1, 3, 4],
      [2, 5, 6],
    ],
  );
  const [a, b] = [noise([2, 3, 2, 2], 1), noise([2, 6, 2, 2], 2)];
  const all = F.concat(a, b, a);
  assert.equal(all.shape, [2, 12, 2, 2]);
  assert.equal(all.data.slice(0, 12), a.data.slice(0, 12));
  assert.equal(all.data.slice(12, 36), b.data.slice(0, 24));
  assert.equal(all.data.slice(36, 48), a.data.slice(0, 12));
  assert.equal(F.concat(a), a);
});

test("a bare image with several kernels has several channels", () => {
  const kernels = tensor([1, 2, 3], [3, 1, 1, 1]);
  const y = F.conv2d([[1, 2]], kernels);
  assert.equal(y.toNested(), [[[1, 2]], [[2, 4]], [[3, 6]]]);
  assert.equal(F.conv1d([1, 2], tensor([1, 2], [2, 1, 1])).toNested(), [
    [1, 2],
    [2, 4],
  ]);
});

test("functions change nothing and leave no memory behind", () => {
  const before = runtime().heap.usedBytes;
  const x = noise([1, 1, 6, 8]);
  const copy = x.data.slice();
  for (const f of [...Object.values(ofImages), ...Object.values(ofAnything), F.softmax]) {
    const y = f(x);
    assert.is.not(y.data.buffer, x.data.buffer);
    assert.equal(x.data, copy);
  }
  throwsMessage(() => F.conv2d(x, [[1, 2, 3, 4, 5, 6, 7, 8, 9]]), /kernel covers/);
  assert.is(runtime().heap.usedBytes, before);
});

test("functions work while a model is busy", async () => {
  using model = await sequential([convLayer(16, 5), reluLayer()]).build([8, 64, 64]);
  const x = noise([2, 8, 64, 64]);
  const expected = await model.predict(x);
  let over = false;
  const running = model.predict(x).finally(() => {
    over = true;
  });
  for (let round = 0; !over; round++) {
    assert.equal(F.relu([-1, round]).toNested(), [0, round]);
    await new Promise((resolve) => setTimeout(resolve));
  }
  assert.equal(await running, expected);
});

test("NaN and infinities pass as IEEE says", () => {
  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
  assert.equal(F.relu([nan, -infinity, infinity]).toNested(), [nan, 0, infinity]);
  assert.equal(F.add([nan, infinity], [1, 1]).toNested(), [nan, infinity]);
  assert.equal(
    F.maxPool2d(
      [
        [1, nan],
        [2, 3],
      ],
      2,
    ).toNested(),
    [[nan]],
  );
  assert.equal(F.conv1d([1, nan, 1, 1], [1, 1]).toNested(), [nan, nan, 2]);
  assert.equal(F.sigmoid([-infinity, infinity]).toNested(), [0, 1]);
});

test("what does not fit is told with the function, the shapes and the remedy", () => {
  const image = noise([1, 2, 4, 4]);
  const wrong: [() => unknown, RegExp][] = [
    [
      () =>
        F.conv2d(
          [[1]],
          [
            [1, 2],
            [3, 4],
          ],
        ),
      /^conv2d: the kernel covers 2x2 pixels, more than the 1x1 of the padded input\. Use more padding/,
    ],
    [
      () => F.conv2d(image, noise([3, 1, 1, 1])),
      /^conv2d: the input \[1, 2, 4, 4\] has 2 channels, but the weight \[3, 1, 1, 1\] with groups 1 takes 1/,
    ],
    [
      () => F.conv2d(image, noise([3, 2, 1, 1]), { bias: [1, 2] }),
      /^conv2d: the bias has shape \[2\]; 3 output channels need \[3\]/,
    ],
    [() => F.conv2d(image, noise([3, 2, 1, 1]), { pad: 1 } as object), /^conv2d: unknown option "pad"/],
    [
      () => F.conv2d(image, noise([3, 2, 1, 1]), { groups: 3 }),
      /^conv2d: groups is 3, which must divide the 2 input/,
    ],
    [() => F.conv2d(image, noise([1, 3, 2, 1, 1])), /^conv2d: the weight: .*\[1, 3, 2, 1, 1\]/],
    [() => F.conv1d([1, 2], [1, 2, 3]), /^conv2d: the kernel covers 1x3 pixels, more than the 1x2/],
    [
      () =>
        F.pad(
          [
            [1, 2],
            [3, 4],
          ],
          2,
          "reflect",
        ),
      /^pad: reflect padding of 2 at the top needs more than the 2 pixels.*Use less padding/,
    ],
    [() => F.pad([[1]], 1, "mirror" as "reflect"), /^pad: padding mode "mirror" is unknown/],
    [() => F.maxPool2d([[1, 2]], 2), /^maxPool2d: the window covers 2 pixels along h, more than the 1/],
    [() => F.avgPool2d(image, 2, { dilation: 2 } as object), /^avgPool2d: unknown option "dilation"/],
    [
      () => F.maxPool2d(image, 2, { padding: 2 }),
      /^maxPool2d: the padding is 2 along h; it must be .* at most half the window/,
    ],
    [() => F.linear([1, 2, 3], [[1, 2]]), /^linear: .*3.*2/],
    [() => F.linear([[[1]]], [[1]]), /^linear: the input \[1, 1, 1\] does not fit the weight \[1, 1\]/],
    [() => F.add([1, 2], [1, 2, 3]), /^add: the shapes \[2\] and \[3\] differ/],
    [
      () => F.multiply(image, noise([1, 3, 1, 1])),
      /^multiply: the second operand has shape \[1, 3, 1, 1\]; beside a first of \[1, 2, 4, 4\] it must be/,
    ],
    [() => F.concat(), /^concat: give at least one tensor/],
    [
      () => F.concat(image, noise([1, 2, 4, 5])),
      /^concat: input 1 has shape \[1, 2, 4, 5\], input 0 \[1, 2, 4, 4\]/,
    ],
    [
      () => F.softmax(noise([1, 1, 1, 1, 2])),
      /^softmax: the input has shape \[1, 1, 1, 1, 2\]; it must have 1 to 4 dimensions/,
    ],
    [() => F.softmax(3), /^softmax: the input has shape \[\]/],
    [() => F.batchNorm(image, null, null), /^batchNorm: give mean and variance, or \{ training: true \}/],
    [
      () => F.batchNorm(image, [1, 2, 3], [1, 2]),
      /^batchNorm: mean has 3 values, but the input \[1, 2, 4, 4\] has 2 channels/,
    ],
    [() => F.batchNorm(image, null, null, { train: true } as object), /^batchNorm: unknown option "train"/],
    [
      () => F.localResponseNorm(image, 3, { gamma: 1 } as object),
      /^localResponseNorm: unknown option "gamma"/,
    ],
    [() => F.dropout(image, 2), /^dropout: p is 2/],
    [() => F.crossEntropy([[1, 2]], [2]), /^crossEntropy: target 0 is 2, not a class from 0 to 1/],
    [
      () => F.crossEntropy([[1, 2]], [0, 1]),
      /^crossEntropy: the scores have shape \[1, 2\] and there are 2 targets/,
    ],
    [() => F.crossEntropy([1, 2], [0]), /^crossEntropy: the scores have shape \[2\]/],
    [() => F.mse([1], [1, 2]), /^mse: the shapes \[1\] and \[2\] differ/],
    [() => F.adaptiveAvgPool2d(image, 0), /^adaptiveAvgPool2d: the output size is 0/],
    [() => F.relu([[1, 2], [3]]), /^tensor: ragged nested arrays/],
    [
      () => F.conv2d(undefined as unknown as Input, [[1]]),
      /^tensor: undefined is neither a number nor an array/,
    ],
    [() => F.relu("12" as unknown as Input), /^tensor: "12" is neither a number nor an array/],
    [() => F.relu([1, null] as unknown as Input), /^tensor: null is neither a number nor an array/],
  ];
  for (const [call, pattern] of wrong) throwsMessage(call, pattern);
});

test.run();
