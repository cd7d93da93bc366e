import {
  conv2d,
  custom,
  flatten,
  globalAvgPool2d,
  type Layer,
  type Layers,
  linear,
  type Model,
  maxPool2d,
  type Network,
  network,
  parallel,
  relu,
  residual,
  sequential,
  sigmoid,
  type Tensor,
} from "featuremap";
import {
  add,
  conv2d as convolve,
  globalAvgPool2d as meanOf,
  relu as rectify,
  sigmoid as squash,
  multiply as times,
} from "featuremap/functional";
import { conv2d as convOp } from "../../src/ops/conv2d.js";
import { multiply } from "../../src/ops/multiply.js";
import { assert, near, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";
import { noise } from "../wasm/machines.js";

const test = suite("containers");

const names = (model: Model) => [...model.stateDict().keys()];
const records = (model: Model) => model.layers.map(({ name, type, composite }) => [name, type, composite]);

/** A weight or bias of a model. */
const part = (model: Model, name: string): Tensor => model.stateDict().get(name)!;

/** What a convolution of a model does to an input, by the plain function. */
const conv = (model: Model, name: string, x: Tensor, padding = 0): Tensor =>
  convolve(x, part(model, `${name}.weight`), { bias: part(model, `${name}.bias`), padding });

test("a list is numbered, an object names its layers, as in torch", async () => {
  using list = await sequential([conv2d(4, 3), relu(), flatten(), linear(2)]).build([1, 5, 5]);
  assert.equal(names(list), ["0.weight", "0.bias", "3.weight", "3.bias"]);
  const layers = {
    features: conv2d(4, 3),
    act: relu(),
    flat: flatten(),
    classifier: linear(2, { bias: false }),
  };
  using named = await sequential(layers).build([1, 5, 5]);
  assert.equal(names(named), ["features.weight", "features.bias", "classifier.weight"]);
  assert.equal(records(named), [
    ["features", "Conv2d", false],
    ["act", "ReLU", false],
    ["flat", "Flatten", false],
    ["classifier", "Linear", false],
  ]);
});

test("containers nest, and names are paths", async () => {
  const block = sequential([conv2d(4, 1), parallel({ left: conv2d(2, 1), right: residual([conv2d(4, 1)]) })]);
  using model = await sequential({ stem: conv2d(3, 1), body: sequential([block, block]) }).build([2, 4, 4]);
  assert.equal(
    names(model).filter((name) => name.endsWith("weight")),
    [
      "stem.weight",
      ...["body.0", "body.1"].flatMap((path) => [
        `${path}.0.weight`,
        `${path}.1.left.weight`,
        `${path}.1.right.0.weight`,
      ]),
    ],
  );
  assert.equal(records(model).slice(0, 7), [
    ["stem", "Conv2d", false],
    ["body", "Sequential", true],
    ["body.0", "Sequential", true],
    ["body.0.0", "Conv2d", false],
    ["body.0.1", "Parallel", true],
    ["body.0.1.left", "Conv2d", false],
    ["body.0.1.right", "Residual", true],
  ]);
  assert.equal(model.outputShape, [6, 4, 4]);
});

test("the same layer object in two places has two sets of weights", async () => {
  const layer = conv2d(2, 1);
  using model = await sequential([layer, layer]).build([2, 2, 2]);
  assert.equal(names(model), ["0.weight", "0.bias", "1.weight", "1.bias"]);
  assert.not.equal(part(model, "0.weight"), part(model, "1.weight"));
});

test("the same network can be built for several inputs", async () => {
  const net = sequential([conv2d(2, 3), flatten(), linear(3)]);
  using small = await net.build([1, 4, 4]);
  using large = await net.build([3, 6, 5]);
  assert.equal(part(small, "2.weight").shape, [3, 8]);
  assert.equal(part(large, "0.weight").shape, [2, 3, 3, 3]);
  assert.equal(part(large, "2.weight").shape, [3, 24]);
});

test("residual adds its input", async () => {
  using model = await residual([conv2d(3, 3, { padding: 1 }), relu()]).build([3, 4, 4]);
  const x = noise([2, 3, 4, 4]);
  near(model.predictSync(x).data, add(rectify(conv(model, "0", x, 1)), x).data);
});

test("residual adds what its shortcut makes of the input", async () => {
  using model = await residual([conv2d(5, 1)], { shortcut: conv2d(5, 1) }).build([3, 4, 4]);
  assert.equal(names(model), ["0.weight", "0.bias", "shortcut.weight", "shortcut.bias"]);
  const x = noise([1, 3, 4, 4]);
  near(model.predictSync(x).data, add(conv(model, "0", x), conv(model, "shortcut", x)).data);
});

test("an empty list is the identity, and so is a residual of it twice the input", async () => {
  const x = noise([2, 3, 4, 4]);
  using nothing = await sequential([]).build([3, 4, 4]);
  assert.equal(nothing.predictSync(x), x);
  using twice = await residual([]).build([3, 4, 4]);
  assert.equal(
    twice.predictSync(x).data,
    x.data.map((value) => 2 * value),
  );
});

test("parallel puts the channels of its branches one after the other", async () => {
  using model = await parallel([conv2d(3, 1), sequential([conv2d(8, 1), relu()]), conv2d(5, 1)]).build([
    2, 4, 4,
  ]);
  const x = noise([2, 2, 4, 4]);
  const y = model.predictSync(x);
  assert.equal(y.shape, [2, 16, 4, 4]);
  const branches = [conv(model, "0", x), rectify(conv(model, "1.0", x)), conv(model, "2", x)];
  for (let n = 0; n < 2; n++) {
    const expected = branches.flatMap(({ data }) => [
      ...data.subarray((n * data.length) / 2, ((n + 1) * data.length) / 2),
    ]);
    near(y.data.subarray(n * 256, (n + 1) * 256), expected);
  }
});

test("a parallel of one branch is that branch", async () => {
  using model = await parallel([conv2d(3, 1)]).build([2, 4, 4]);
  const x = noise([1, 2, 4, 4]);
  near(model.predictSync(x).data, conv(model, "0", x).data);
});

/** x weight[c], a layer as a user would write it. */
function scale(): Layer {
  return custom("Scale", (scope, x) => {
    const weight = scope.parameter("weight", [x.shape[1]!, 1, 1, 1], (data) => data.fill(3));
    // A depthwise convolution of one tap.
    return convolution(scope.graph, x, weight);
  });
}
const convolution = (
  graph: Parameters<Layer["apply"]>[0]["graph"],
  x: Parameters<Layer["apply"]>[1],
  w: typeof x,
) => graph.add(convOp, [x, w, null], { sh: 1, sw: 1, dh: 1, dw: 1, groups: x.shape[1]!, flip: false });

test("layers of one's own have parameters, children, and a place in the names", async () => {
  const squeeze = (inner: Network): Layer =>
    custom("Gate", (scope, x) =>
      scope.op(multiply, [scope.child("scale", scale(), x), scope.child("inner", inner, x)], {}),
    );
  using model = await sequential({ gate: squeeze(sequential([relu()])), pool: maxPool2d(2) }).build([
    2, 4, 4,
  ]);
  assert.equal(names(model), ["gate.scale.weight"]);
  assert.equal(records(model), [
    ["gate", "Gate", true],
    ["gate.scale", "Scale", false],
    ["gate.inner", "Sequential", true],
    ["gate.inner.0", "ReLU", false],
    ["pool", "MaxPool2d", false],
  ]);
  const x = noise([1, 2, 4, 4]);
  const { gate: y } = await model.taps(x, ["gate"]);
  near(
    y!.data,
    x.data.map((value) => 3 * value * Math.max(value, 0)),
  );
});

test("a gate on the channels, as its inventors drew it", async () => {
  const gated = (channels: number): Layer =>
    custom("Gate", (scope, x) => {
      const gate = sequential([globalAvgPool2d(), conv2d(2, 1), relu(), conv2d(channels, 1), sigmoid()]);
      return scope.concat(scope.multiply(x, scope.child("gate", gate, x)), scope.add(x, x));
    });
  using model = await sequential([gated(3)]).build([3, 4, 4]);
  assert.equal(names(model), ["0.gate.1.weight", "0.gate.1.bias", "0.gate.3.weight", "0.gate.3.bias"]);
  const x = noise([1, 3, 4, 4]);
  const weights = squash(conv(model, "0.gate.3", rectify(conv(model, "0.gate.1", meanOf(x)))));
  const { data } = model.predictSync(x);
  near(data.slice(0, 48), times(x, weights).data);
  near(data.slice(48), add(x, x).data);
});

test("a child that is applied twice under one name shares its weights", async () => {
  const twice = custom("Twice", (scope, x) =>
    scope.child("conv", conv2d(2, 1), scope.child("conv", conv2d(2, 1), x)),
  );
  using model = await network(twice).build([2, 3, 3]);
  assert.equal(names(model), ["conv.weight", "conv.bias"]);
  const x = noise([1, 2, 3, 3]);
  near(model.predictSync(x).data, conv(model, "conv", conv(model, "conv", x)).data);
});

test("a custom layer of another shape under a name that is taken is refused", async () => {
  const clash = custom("Clash", (scope, x) =>
    scope.child("conv", conv2d(3, 1), scope.child("conv", conv2d(2, 1), x)),
  );
  await rejectsMessage(
    () => network(clash).build([2, 3, 3]),
    /weight "conv\.weight".*\[2, 2, 1, 1\].*\[3, 2, 1, 1\]/,
  );
});

test("what is no layer is refused when the network is written down", () => {
  const forgot = relu as unknown as Layer;
  for (const wrong of [forgot, null, undefined, 3, {}] as Layer[]) {
    throwsMessage(
      () => sequential([conv2d(2, 1), wrong]),
      /^sequential: "1" is not a layer but .*\. Call its function, as in relu\(\)\.$/,
    );
    throwsMessage(() => residual([wrong]), /^residual: "0" is not a layer/);
    throwsMessage(() => parallel({ left: wrong }), /^parallel: "left" is not a layer/);
  }
  throwsMessage(() => sequential(undefined as unknown as Layers), /^sequential: give a list of layers/);
  throwsMessage(() => sequential({ "a.b": relu() }), /the name "a\.b" has a dot/);
  throwsMessage(() => parallel([]), /give at least one branch/);
  throwsMessage(
    () => residual([relu()], { skip: relu() } as object),
    /^residual: unknown option "skip"\. It takes: shortcut\.$/,
  );
  throwsMessage(() => residual([relu()], { shortcut: forgot }), /^residual: "shortcut" is not a layer/);
  throwsMessage(() => residual({ shortcut: relu() }, { shortcut: relu() }), /named "shortcut"/);
});

test("branches that do not fit together name the layer, both shapes and the remedy", async () => {
  await rejectsMessage(
    () => sequential({ stem: relu(), block: residual([conv2d(4, 3)]) }).build([2, 6, 6]),
    /^Layer "block": residual: the layers give \[1, 4, 4, 4\], the shortcut \[1, 2, 6, 6\]\. Give a shortcut such as/,
  );
  await rejectsMessage(
    () => sequential({ fork: parallel([conv2d(4, 3), conv2d(4, 1)]) }).build([2, 6, 6]),
    /^Layer "fork": concat: input 1 has shape \[1, 4, 6, 6\], input 0 \[1, 4, 4, 4\]/,
  );
});

test.run();
