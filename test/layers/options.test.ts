import * as L from "featuremap";
import * as F from "featuremap/functional";
import { assert, near, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";
import { noise } from "../wasm/machines.js";

const test = suite("options of layers");

type Options = Record<string, unknown>;

/** Every layer that takes options. */
const optional: Record<string, (options: Options) => L.Layer> = {
  conv2d: (options) => L.conv2d(2, 3, options),
  conv1d: (options) => L.conv1d(2, 3, options),
  depthwiseConv2d: (options) => L.depthwiseConv2d(3, options),
  linear: (options) => L.linear(2, options),
  batchNorm2d: (options) => L.batchNorm2d(options),
  localResponseNorm: (options) => L.localResponseNorm(5, options),
  maxPool2d: (options) => L.maxPool2d(2, options),
  maxPool1d: (options) => L.maxPool1d(2, options),
  avgPool2d: (options) => L.avgPool2d(2, options),
  avgPool1d: (options) => L.avgPool1d(2, options),
  residual: (options) => L.residual([], options),
};

test("an unknown option is an error that lists those there are, on every layer", () => {
  for (const [name, make] of Object.entries(optional)) {
    make({});
    for (const wrong of ["paddings", "inplace", "Stride"]) {
      throwsMessage(
        () => make({ [wrong]: 1 }),
        new RegExp(`^${name}: unknown option "${wrong}"\\. It takes: \\w+`),
      );
    }
  }
});

test("an option of another layer is unknown too", () => {
  throwsMessage(() => optional.avgPool2d!({ dilation: 2 }), /^avgPool2d: unknown option "dilation"/);
  throwsMessage(
    () => optional.maxPool2d!({ countIncludePad: false }),
    /^maxPool2d: unknown option "countIncludePad"/,
  );
  throwsMessage(() => optional.conv2d!({ multiplier: 2 }), /^conv2d: unknown option "multiplier"/);
  throwsMessage(
    () => optional.depthwiseConv2d!({ groups: 2 }),
    /^depthwiseConv2d: groups follows from the input/,
  );
  throwsMessage(
    () => optional.linear!({ stride: 2 }),
    /^linear: unknown option "stride"\. It takes: bias, init\.$/,
  );
});

test("values that make no sense are told where the layer is written", () => {
  const wrong: [() => unknown, RegExp][] = [
    [
      () => L.conv2d(0, 3),
      /^conv2d: the number of output channels is 0; it must be a whole number of at least 1/,
    ],
    [() => L.conv2d(2.5, 3), /^conv2d: the number of output channels is 2\.5/],
    [() => L.conv2d(2, 0), /^conv2d: the kernel is 0; it must be a whole number, or two, of at least 1/],
    [() => L.conv2d(2, [3, -1]), /^conv2d: the kernel is \[3,-1\]/],
    [() => L.conv2d(2, 3, { stride: 0 }), /^conv2d: stride is 0/],
    [() => L.conv2d(2, 3, { dilation: [1, 0.5] }), /^conv2d: dilation is \[1,0\.5\]/],
    [() => L.conv2d(2, 3, { groups: 0 }), /^conv2d: groups is 0/],
    [
      () => L.conv2d(2, 3, { paddingMode: "mirror" as "reflect" }),
      /^conv2d: padding mode "mirror" is unknown; use zeros, reflect, symmetric, replicate, circular/,
    ],
    [() => L.conv1d(2, 0), /^conv1d: the kernel is 0/],
    [() => L.depthwiseConv2d(3, { multiplier: 0 }), /^depthwiseConv2d: multiplier is 0/],
    [() => L.depthwiseConv2d(3, { multiplier: 1.5 }), /^depthwiseConv2d: multiplier is 1\.5/],
    [() => L.depthwiseConv2d(0), /^depthwiseConv2d: the kernel is 0/],
    [() => L.linear(0), /^linear: the number of output features is 0/],
    [() => L.batchNorm2d({ eps: 0 }), /^batchNorm2d: eps is 0/],
    [() => L.batchNorm2d({ momentum: 2 }), /^batchNorm2d: momentum is 2/],
    [() => L.localResponseNorm(0), /^localResponseNorm: size is 0/],
    [() => L.dropout(1.1), /^dropout: p is 1\.1/],
    [() => L.dropout(Number.NaN), /^dropout: p is NaN/],
    [() => L.leakyRelu(Number.NaN), /^leakyRelu: the slope is NaN/],
    [() => L.elu(Number.POSITIVE_INFINITY), /^elu: alpha is Infinity/],
    [() => L.softplus(0), /^softplus: beta is 0; it must be a number above 0/],
    [
      () => L.hardtanh(2, 1),
      /^hardtanh: the bounds are 2 and 1; they must be numbers, the smaller one first/,
    ],
    [() => L.gelu("erf" as "tanh"), /^gelu: approximate is "erf"; it must be "none" or "tanh"/],
    [() => L.prelu(0), /^prelu: the number of slopes is 0/],
    [() => L.maxPool2d(0), /^maxPool2d: the window is 0/],
    [() => L.maxPool2d(2, { stride: -1 }), /^maxPool2d: stride is -1/],
    [() => L.avgPool2d([2, 0]), /^avgPool2d: the window is \[2,0\]/],
    [() => L.adaptiveAvgPool2d(0), /^adaptiveAvgPool2d: the output size is 0/],
    [() => L.pad(1, "mirror" as "reflect"), /^pad: padding mode "mirror" is unknown/],
    [() => L.pad("same" as unknown as number), /^pad: "same" has no meaning without a window/],
  ];
  for (const [make, pattern] of wrong) throwsMessage(make, pattern);
});

test("values of another type are told with the option, as they were given", async () => {
  // biome-ignore lint/suspicious/noExplicitAny: this is about what the types forbid.
  const any = L as any;
  const cases: [() => unknown, RegExp][] = [
    [
      () => any.conv2d(3),
      /^conv2d: the kernel is undefined; it must be a whole number, or two, of at least 1\.$/,
    ],
    [() => any.conv2d(3, [1, 2, 3]), /^conv2d: the kernel is \[1,2,3\]/],
    [() => any.conv2d("3", 3), /^conv2d: the number of output channels is "3"/],
    [() => any.conv2d(3, 3, { stride: Number.NaN }), /^conv2d: stride is NaN/],
    [() => any.conv2d(3, 3, { bias: 0 }), /^conv2d: bias is 0; it must be true or false\.$/],
    [() => any.conv2d(3, 3, { flip: "no" }), /^conv2d: flip is "no"/],
    [() => any.conv1d(3, [3, 5]), /^conv1d: the kernel is \[3,5\]; it must be a whole number of at least 1/],
    [() => any.depthwiseConv2d(3, null), /^depthwiseConv2d: options are given by name/],
    [() => any.linear(3, { bias: "no" }), /^linear: bias is "no"/],
    [() => any.maxPool2d(), /^maxPool2d: the window is undefined/],
    [() => any.maxPool2d(2, { ceilMode: "yes" }), /^maxPool2d: ceilMode is "yes"/],
    [() => any.maxPool2d(2, { stride: null }), /^maxPool2d: stride is null/],
    [() => any.avgPool2d(2, { countIncludePad: 1 }), /^avgPool2d: countIncludePad is 1/],
    [() => any.batchNorm2d({ affine: 1 }), /^batchNorm2d: affine is 1/],
    [() => any.batchNorm2d({ eps: "1" }), /^batchNorm2d: eps is "1"; it must be a number above 0/],
    [
      () => any.localResponseNorm(3, { beta: "x" }),
      /^localResponseNorm: beta is "x"; it must be a number\.$/,
    ],
    [() => any.dropout("0.5"), /^dropout: p is "0\.5"; it must be a number from 0 to 1/],
    [() => any.leakyRelu("1"), /^leakyRelu: the slope is "1"/],
    [() => any.selu(1), /^SELU: 1 is one argument too many/],
    [() => any.silu(true), /^SiLU: true is one argument too many/],
    [() => any.hardtanh(null), /^hardtanh: the bounds are null and 1/],
    [() => any.prelu(1, "0"), /^prelu: the initial slope is "0"/],
    [() => F.elu([1], "1" as never), /^elu: alpha is "1"/],
    [() => F.clip([1], 2, 1), /^clip: the bounds are 2 and 1/],
    [
      () => F.prelu([[1, 2, 3]], [1, 2]),
      /^prelu: the slopes have shape \[2\]; beside \[1, 3\] they must be \[1\] or \[3\]\.$/,
    ],
    [() => any.unflatten(6), /^unflatten: the shape is 6; it must be an array/],
    [() => any.flatten(1), /^flatten: 1 is one argument too many\. Leave it out\.$/],
    [() => any.relu({ inplace: true }), /^ReLU: \{inplace: true\} is one argument too many/],
    [() => any.softmax(1), /^Softmax: 1 is one/],
    [() => any.dropout(0.5, true), /^dropout: true is one/],
    [() => any.globalAvgPool2d(1), /^globalAvgPool2d: 1 is one/],
    [() => any.custom("X"), /^custom: the second argument is undefined; it must be a function/],
    [() => any.sequential(L.relu(), L.relu()), /^sequential: give a list of layers, as in sequential\(\[/],
    [() => F.conv2d([[1]], [[1]], 2 as never), /^conv2d: options are given by name/],
    [() => F.localResponseNorm([[1]], 3, { beta: "x" as never }), /^localResponseNorm: beta is "x"/],
    [() => F.leakyRelu([1], "1" as never), /^leakyRelu: the slope is "1"/],
  ];
  for (const [make, pattern] of cases) throwsMessage(make, pattern);
  await rejectsMessage(
    L.sequential([any.custom("Nothing", () => {})]).build([3]),
    /^Layer "0": Nothing: what its function gives back is undefined; it must be its output/,
  );
});

test("models say which argument is missing", async () => {
  using model = await L.sequential([L.flatten(), L.linear(2)]).build([1, 4, 4]);
  // biome-ignore lint/suspicious/noExplicitAny: this is about what the types forbid.
  const any = model as any;
  await rejectsMessage(any.load(), /^readWeights: the source is undefined; it must be a path, an address/);
  await rejectsMessage(any.save(), /^save: the path is undefined; it must be a string/);
  await rejectsMessage(
    any.taps(noise([1, 1, 4, 4])),
    /^taps: the second argument is undefined; it must be a list/,
  );
  await rejectsMessage(any.taps(noise([1, 1, 4, 4]), "0"), /^taps: the second argument is "0"/);
  await rejectsMessage(any.classify(noise([1, 4, 4]), { top: "1" }), /^classify: top is "1"/);
  throwsMessage(
    () => any.loadStateDict(),
    /the state is undefined; it must be a Map of Tensors, or an object/,
  );
  throwsMessage(() => any.loadStateDict({}), /does not fit the model\. missing: 1\.weight, 1\.bias/);
  throwsMessage(() => any.loadStateDict({ "1.bias": [1, 2] }), /"1\.bias" is \[1,2\]; it must be a Tensor/);
  throwsMessage(
    () => any.loadStateDict(model.stateDict(), { strict: 0 }),
    /strict is 0; it must be true or false/,
  );
  model.loadStateDict({ ...Object.fromEntries(model.stateDict()), "1.bias": L.tensor([7, 8]) });
  assert.equal([...model.stateDict().get("1.bias")!.data], [7, 8]);
  await rejectsMessage(
    model.predict(noise([1, 1, 5, 4])),
    /^The model was built for inputs of shape \[1, 4, 4\]; one of \[1, 5, 4\] does not fit: Layer "1": The weight/,
  );
});

test("padding that makes no sense is told with its layer", async () => {
  const build = (padding: unknown, shape = [1, 6, 6]) =>
    L.sequential({
      conv: (shape.length === 3 ? L.conv2d : L.conv1d)(2, 3, { padding: padding as L.Padding }),
    }).build(shape);
  for (const [padding, pattern] of [
    [-1, /^Layer "conv": conv2d: padding top is -1; it must be a whole number of at least 0/],
    [1.5, /padding top is 1\.5/],
    [[1, 2, 3], /padding \[1,2,3\] has 3 numbers; give \[height, width\] or \[top, left, bottom, right\]/],
    [[1, 2, 3, -4], /padding right is -4/],
    [{ top: 1, lft: 2 }, /padding has no side "lft"; the sides are top, left, bottom and right/],
    ["full", /padding is "full"; give a number, \[height, width\], four sides, "same" or "valid"/],
    [null, /padding is null; give a number/],
  ] as const) {
    await rejectsMessage(() => build(padding), pattern);
  }
  await rejectsMessage(
    () => build([1, 2, 3, 4], [1, 6]),
    /^Layer "conv": conv1d: padding \[1,2,3,4\] has 4 numbers; one dimension takes \[before, after\]/,
  );
});

/** A layer, and what it does as plain functions on the input and the model's parameters. */
const pairs: [
  name: string,
  layer: L.Layer,
  shape: number[],
  f: (x: L.Tensor, p: Record<string, L.Tensor>) => L.Tensor,
][] = [
  [
    "conv2d",
    L.conv2d(6, [3, 2], {
      stride: [1, 2],
      padding: [1, 0, 2, 3],
      dilation: [2, 1],
      groups: 2,
      flip: true,
      paddingMode: "reflect",
    }),
    [4, 7, 8],
    (x, p) =>
      F.conv2d(x, p.weight!, {
        bias: p.bias!,
        stride: [1, 2],
        padding: { top: 1, bottom: 2, right: 3 },
        dilation: [2, 1],
        groups: 2,
        flip: true,
        paddingMode: "reflect",
      }),
  ],
  [
    "conv2d same",
    L.conv2d(3, 4, { padding: "same", stride: 2, bias: false }),
    [2, 7, 8],
    (x, p) => F.conv2d(F.pad(x, [1, 1, 2, 1]), p.weight!, { stride: 2 }),
  ],
  [
    "conv2d valid",
    L.conv2d(3, 4, { padding: "valid" }),
    [2, 7, 8],
    (x, p) => F.conv2d(x, p.weight!, { bias: p.bias! }),
  ],
  [
    "conv1d",
    L.conv1d(4, 3, { stride: 2, padding: [2, 1] }),
    [2, 9],
    (x, p) => F.conv1d(F.pad(x, { left: 2, right: 1 }, "zeros", 1), p.weight!, { bias: p.bias!, stride: 2 }),
  ],
  [
    "depthwiseConv2d",
    L.depthwiseConv2d(3, { multiplier: 2, padding: 1 }),
    [3, 5, 5],
    (x, p) => F.conv2d(x, p.weight!, { bias: p.bias!, groups: 3, padding: 1 }),
  ],
  ["linear", L.linear(4), [6], (x, p) => F.linear(x, p.weight!, p.bias)],
  ["linear without bias", L.linear(4, { bias: false }), [6], (x, p) => F.linear(x, p.weight!)],
  [
    "batchNorm2d",
    L.batchNorm2d({ eps: 0.1 }),
    [3, 4, 4],
    (x, p) => F.batchNorm(x, p.running_mean!, p.running_var!, { weight: p.weight!, bias: p.bias!, eps: 0.1 }),
  ],
  [
    "localResponseNorm",
    L.localResponseNorm(3, { alpha: 0.5, beta: 0.6, k: 2 }),
    [5, 3, 3],
    (x) => F.localResponseNorm(x, 3, { alpha: 0.5, beta: 0.6, k: 2 }),
  ],
  [
    "maxPool2d",
    L.maxPool2d([3, 2], { stride: 2, padding: 1, dilation: [1, 2], ceilMode: true }),
    [2, 7, 8],
    (x) => F.maxPool2d(x, [3, 2], { stride: 2, padding: 1, dilation: [1, 2], ceilMode: true }),
  ],
  ["maxPool1d", L.maxPool1d(3, { stride: 1 }), [2, 8], (x) => F.maxPool1d(x, 3, { stride: 1 })],
  [
    "avgPool2d",
    L.avgPool2d(3, { stride: [1, 2], padding: 1, countIncludePad: false }),
    [2, 7, 8],
    (x) => F.avgPool2d(x, 3, { stride: [1, 2], padding: 1, countIncludePad: false }),
  ],
  ["avgPool1d", L.avgPool1d(2), [2, 8], (x) => F.avgPool1d(x, 2)],
  ["adaptiveAvgPool2d", L.adaptiveAvgPool2d([2, 3]), [2, 7, 8], (x) => F.adaptiveAvgPool2d(x, [2, 3])],
  ["globalAvgPool2d", L.globalAvgPool2d(), [2, 7, 8], (x) => F.globalAvgPool2d(x)],
  ["pad", L.pad([1, 2, 0, 3], "symmetric"), [2, 5, 5], (x) => F.pad(x, [1, 2, 0, 3], "symmetric")],
  ["relu", L.relu(), [2, 3, 3], (x) => F.relu(x)],
  ["relu6", L.relu6(), [2, 3, 3], (x) => F.relu6(x)],
  ["leakyRelu", L.leakyRelu(0.3), [2, 3, 3], (x) => F.leakyRelu(x, 0.3)],
  ["prelu", L.prelu(), [2, 3, 3], (x, p) => F.prelu(x, p.weight!)],
  ["prelu, a slope for each channel", L.prelu(9, 0.4), [9, 2, 3], (x) => F.leakyRelu(x, 0.4)],
  ["prelu of vectors", L.prelu(9, 0.4), [9], (x) => F.leakyRelu(x, 0.4)],
  ["elu", L.elu(0.7), [2, 3, 3], (x) => F.elu(x, 0.7)],
  ["selu", L.selu(), [2, 3, 3], (x) => F.selu(x)],
  ["gelu", L.gelu(), [2, 3, 3], (x) => F.gelu(x)],
  ["gelu by tanh", L.gelu("tanh"), [2, 3, 3], (x) => F.gelu(x, "tanh")],
  ["silu", L.silu(), [2, 3, 3], (x) => F.silu(x)],
  ["hardSwish", L.hardSwish(), [2, 3, 3], (x) => F.hardSwish(x)],
  ["hardSigmoid", L.hardSigmoid(), [2, 3, 3], (x) => F.hardSigmoid(x)],
  ["hardtanh", L.hardtanh(-0.5, 2), [2, 3, 3], (x) => F.hardtanh(x, -0.5, 2)],
  ["softplus", L.softplus(2), [2, 3, 3], (x) => F.softplus(x, 2)],
  ["sigmoid", L.sigmoid(), [2, 3, 3], (x) => F.sigmoid(x)],
  ["tanh", L.tanh(), [2, 3, 3], (x) => F.tanh(x)],
  ["softmax", L.softmax(), [5], (x) => F.softmax(x)],
  ["logSoftmax", L.logSoftmax(), [5, 2, 2], (x) => F.logSoftmax(x)],
  ["flatten", L.flatten(), [5, 2, 2], (x) => F.flatten(x)],
  ["unflatten", L.unflatten([2, 3]), [6], (x) => x.reshape(2, 2, 3)],
];

for (const [name, layer, shape, f] of pairs) {
  test(`the layer ${name} does what the functions do`, async () => {
    using model = await L.sequential({ it: layer }).build(shape);
    const state = model.stateDict();
    // Statistics other than the identity.
    for (const [key, value] of state)
      value.data.forEach((_, i) => {
        if (key.includes("running")) value.data[i] = 0.5 + i;
      });
    model.loadStateDict(state);
    const parameters = Object.fromEntries([...state].map(([key, value]) => [key.replace("it.", ""), value]));
    const x = noise([2, ...shape], 5);
    for (let i = 0; i < x.size; i++) x.data[i]! *= 4;
    const y = await model.predict(x);
    const expected = f(x, parameters);
    assert.equal(y.shape, expected.shape);
    near(y.data, expected.data, { atol: 1e-5, rtol: 1e-5 });
    assert.is(new Set(y.data).size > 1, true, "everything is the same");
  });
}

test.run();
