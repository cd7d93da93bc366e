import {
  adaptiveAvgPool2d,
  avgPool2d,
  batchNorm2d,
  conv1d,
  conv2d,
  convTranspose2d,
  custom,
  depthwiseConv2d,
  flatten,
  globalAvgPool2d,
  type Layer,
  linear,
  type Model,
  maxPool2d,
  type Network,
  pad,
  parallel,
  Random,
  relu,
  residual,
  sequential,
  softmax,
  Tensor,
  unflatten,
} from "../../src/index.js";
import {
  formatPlan,
  formatSummary,
  type LayerSummary,
  type ReceptiveField,
  type Summary,
  summary,
  summaryMarkdown,
} from "../../src/inspect/index.js";
import { network } from "../../src/layers/containers.js";
import { buildModel } from "../../src/layers/model.js";
import { constant } from "../../src/ops/constant.js";
import { toBlocked } from "../../src/ops/dense.js";
import { multiply } from "../../src/ops/multiply.js";
import type { Value } from "../../src/ops/op.js";
import { reshaped } from "../../src/ops/reshape.js";
import { sizeOf } from "../../src/tensor.js";
import { lenet5, models, vgg16 } from "../../src/zoo/index.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";
import { machine } from "../wasm/machines.js";

const test = suite("summary");

async function summaryOf(net: Network, inputShape: readonly number[]): Promise<Summary> {
  using model = await net.build(inputShape);
  return summary(model);
}

const fieldsOf = ({ layers }: Summary): Record<string, ReceptiveField> =>
  Object.fromEntries(layers.map(({ name, receptiveField }) => [name, receptiveField]));

test("LeNet-5, every number by hand", async () => {
  using model = await lenet5();
  const { layers, parameters, macs, activationBytes } = summary(model);
  assert.equal(
    layers.map(({ type, output, parameters, macs, receptiveField: { size, stride, offset } }) =>
      [type, output.join("x"), parameters, macs, size, stride, offset].join(" "),
    ),
    [
      "Conv2d 6x28x28 156 117600 5 1 0",
      "Sigmoid 6x28x28 0 0 5 1 0",
      "AvgPool2d 6x14x14 0 0 6 2 0",
      "Conv2d 16x10x10 2416 240000 14 2 0",
      "Sigmoid 16x10x10 0 0 14 2 0",
      "AvgPool2d 16x5x5 0 0 16 4 0",
      "Flatten 400 0 0 32 0 0",
      "Linear 120 48120 48000 32 0 0",
      "Sigmoid 120 0 0 32 0 0",
      "Linear 84 10164 10080 32 0 0",
      "Sigmoid 84 0 0 32 0 0",
      "Linear 10 850 840 32 0 0",
    ],
  );
  assert.equal([parameters, macs], [61_706, 416_520]);
  // At the least, what the first layer holds: its activation writes over it.
  assert.ok(activationBytes >= 6 * 28 * 28 * 4 && activationBytes < 1e6, `${activationBytes} bytes`);
});

test("AlexNet's receptive fields: 51 at its second convolution, 99 at its third", async () => {
  const net = sequential({
    conv1: conv2d(2, 11, { stride: 4, padding: 2 }),
    pool1: maxPool2d(3, { stride: 2 }),
    conv2: conv2d(2, 5, { padding: 2 }),
    pool2: maxPool2d(3, { stride: 2 }),
    conv3: conv2d(2, 3, { padding: 1 }),
  });
  const fields = fieldsOf(await summaryOf(net, [3, 224, 224]));
  assert.equal(fields, {
    conv1: { size: 11, stride: 4, offset: -2 },
    pool1: { size: 19, stride: 8, offset: -2 },
    conv2: { size: 51, stride: 8, offset: -18 },
    pool2: { size: 67, stride: 16, offset: -18 },
    conv3: { size: 99, stride: 16, offset: -34 },
  });
});

test("height and width stand apart where they differ; one dimension is a width", async () => {
  const net = sequential([conv2d(2, [3, 5], { stride: [1, 2], padding: [0, 1, 2, 3], dilation: [4, 1] })]);
  const [layer] = (await summaryOf(net, [1, 20, 20])).layers;
  assert.equal(layer!.receptiveField, { size: [9, 5], stride: [1, 2], offset: [0, -1] });
  const [line] = (await summaryOf(sequential([conv1d(2, 5, { stride: 2 })]), [3, 20])).layers;
  assert.equal(line!.receptiveField, { size: [1, 5], stride: [1, 2], offset: 0 });
  assert.equal([line!.output, line!.macs], [[2, 8], 2 * 8 * 3 * 5]);
});

test("branches are united; those of different rates see the whole together", async () => {
  const net = sequential({
    mixed: parallel({
      small: conv2d(4, 1),
      wide: conv2d(4, [1, 7], { padding: [0, 3] }),
      tall: conv2d(4, 5, { padding: 2 }),
    }),
    gate: custom("Gate", (scope, x) => {
      const mean = scope.child("mean", globalAvgPool2d(), x);
      const back = scope.child("back", pad([2, 2, 2, 3]), mean);
      return scope.child("sum", residual([relu()], { shortcut: custom("Other", () => back) }), x);
    }),
  });
  const fields = fieldsOf(await summaryOf(net, [1, 5, 6]));
  assert.equal(fields.mixed, { size: [5, 7], stride: 1, offset: [-2, -3] });
  assert.equal(fields["gate.mean"], { size: [5, 6], stride: 0, offset: 0 });
  assert.equal(fields["gate.sum"], { size: [5, 6], stride: 0, offset: 0 });
});

test("of several inputs a layer's field is in the first that it depends on; constants see nothing", async () => {
  const net = custom("Two", (scope, x) => {
    const other = scope.input("vector") as Value;
    const map = scope.child("map", conv2d(2, 3), x);
    const gate = scope.child("gate", linear(2), other);
    const both = scope.child(
      "both",
      custom("Scaled", ({ graph }) => graph.add(multiply, [map, four(gate)], {})),
      x,
    );
    const three = custom("Three", ({ graph }) => constant(graph, Float32Array.of(3), [1]));
    scope.child("three", three, x);
    scope.output("gate", gate);
    return both;

    function four(value: Value): Value {
      return toBlocked(scope.graph, reshaped(scope.graph, value, [...value.shape, 1, 1]));
    }
  });
  const ports = [
    { name: "image", shape: [1, 3, 8, 8], batch: true },
    { name: "vector", shape: [1, 5], batch: true },
  ];
  using model = await buildModel(net, ports, { outputs: ["map", "gate"] });
  const result = summary(model);
  assert.equal(fieldsOf(result), {
    map: { size: 3, stride: 1, offset: 0 },
    gate: { size: 1, stride: 1, offset: 0 },
    both: { size: 3, stride: 1, offset: 0 },
    three: { size: 0, stride: 0, offset: 0 },
  });
  assert.ok(/^three +Three$/m.test(formatSummary(result)), formatSummary(result));
});

test("what layers hold themselves is counted once, in the order it is computed", async () => {
  const block = residual([conv2d(4, 3, { padding: 1 }), batchNorm2d(), relu()]);
  const net = sequential({
    stem: conv2d(4, 1),
    block,
    branch: parallel([conv2d(2, 1), relu()]),
    fc: sequential([flatten(), linear(3)]),
  });
  using model = await net.build([2, 6, 6]);
  const { layers, parameters } = summary(model);
  assert.equal(
    layers.map(({ name, type, parameters }) => `${name} ${type} ${parameters}`),
    [
      "stem Conv2d 12",
      "block.0 Conv2d 148",
      "block.1 BatchNorm2d 8",
      "block.2 ReLU 0",
      "block Residual 0",
      "branch.0 Conv2d 10",
      "branch.1 ReLU 0",
      "branch Parallel 0",
      "fc.0 Flatten 0",
      "fc.1 Linear 651",
    ],
  );
  assert.is(parameters, model.parameterCount);
  const names = layers.map(({ name }) => name);
  const taps = await model.taps(new Tensor(new Float32Array(72), [1, 2, 6, 6]), names);
  for (const { name, output } of layers) assert.equal(taps[name]!.shape, [1, ...output], name);
});

test("a network of a single layer has a row for itself", async () => {
  const { layers, macs } = await summaryOf(network(conv2d(2, 3)), [1, 4, 4]);
  assert.equal(
    layers.map(({ name, type, parameters, macs }) => [name, type, parameters, macs]),
    [["", "Conv2d", 20, 72]],
  );
  assert.is(macs, 72);
});

test("summaries leave no memory behind", async () => {
  using model = await lenet5();
  summary(model);
  const before = model.runtime.heap.memory.buffer.byteLength;
  for (let i = 0; i < 200; i++) summary(model);
  assert.is(model.runtime.heap.memory.buffer.byteLength, before);
});

test("as a table, in as many columns as there is room for", async () => {
  using model = await sequential([conv2d(6, 5), relu(), flatten(), linear(10), softmax()]).build([1, 8, 8]);
  const told: Summary = {
    ...summary(model),
    ...{ weightBytes: 4608, packedBytes: 4096, activationBytes: 1536, tableBytes: 100, peakBytes: 10340 },
  };
  assert.is(
    formatSummary(told, { width: 110 }),
    `
Layer  Type     Window  Output  Parameters  Multiply-adds  Sees  Every  Output in  Computed as
────────────────────────────────────────────────────────────────────────────────────────────────────────
0      Conv2d   5×5     4×4×6          156          2,400     5      1             direct 5×5
1      ReLU             4×4×6                                 5      1  512 bytes  with 0
2      Flatten          96                                    8         384 bytes  reshape
3      Linear           10             970            960     8          64 bytes  matrix-vector product
4      Softmax          10                                    8          64 bytes  softmax
────────────────────────────────────────────────────────────────────────────────────────────────────────
Parameters     1,126
Multiply-adds  3,360 for one input
Memory         10.3 KB for one input
of which       weights 4.61 KB, packed copies of them 4.1 KB, activations 1.54 KB, tables 100 bytes
Window         size, s stride, p padding, d dilation, g groups
Sees, every    size and step of the receptive field in pixels of the input`.trimStart(),
  );
  const lines = formatSummary(told, { width: 62, formulas: true }).split("\n");
  assert.match(lines[2]!, /^0 +Conv2d +4×4×6 +\(5 \* 5 \* 1 \+ 1\) \* 6 = 156/);
  assert.match(
    lines.join(" ").replace(/ +/g, " "),
    / Left out .*Sees, Every, Output in, Computed as: the line is too short$/,
  );
  for (const width of [40, 62, 80]) {
    const below = formatSummary(told, { width }).split("\n").slice(9);
    assert.ok(
      below.every(({ length }) => length <= width),
      below.join("\n"),
    );
  }
  throwsMessage(
    () => formatSummary({} as Summary),
    /formatSummary: the summary is \{\}; it must be one, as summary\(model\)/,
  );
  throwsMessage(() => summaryMarkdown(null as never), /summaryMarkdown: the summary is null/);
});

test("as Markdown, with all columns", async () => {
  using model = await sequential({ "a|b": conv2d(4, 3, { stride: 2 }), fc_1: relu() }).build([1, 9, 9]);
  const [head, rule, first, second] = summaryMarkdown(summary(model), { formulas: true }).split("\n");
  assert.is(
    head,
    "| Layer | Type | Window | Output | Parameters | Multiply-adds | Sees | Every | Output in | Computed as |",
  );
  assert.is(rule, "| --- | --- | --- | --- | --- | ---: | ---: | ---: | ---: | --- |");
  assert.is(
    first,
    "| a\\|b | Conv2d | 3×3 s2 | 4×4×4 | (3 \\* 3 \\* 1 + 1) \\* 4 = 40 | 576 | 3 | 2 |  | direct 3×3 |",
  );
  assert.is(second, "| fc\\_1 | ReLU |  | 4×4×4 |  |  | 3 | 2 | 512 bytes | with a\\|b |");
  assert.throws(() => summaryMarkdown(summary(model), { width: 3 } as object), /unknown option "width"/);
  assert.throws(() => formatSummary(summary(model), { width: 3 }), /width is 3/);
});

test("tables fit in 100 columns", async () => {
  const long = "a_name_that_takes_many_columns_of_a_terminal";
  using model = await sequential({
    [long]: sequential({ [long]: sequential({ [long]: conv2d(512, 1) }) }),
  }).build([1, 224, 224]);
  const widest = Math.max(
    ...formatSummary(summary(model))
      .split("\n")
      .map((line) => line.length),
  );
  assert.is(widest, 100);
});

/** Which input pixels, as rows and columns, change the output pixel [i, j] in any channel. */
async function seen(model: Model): Promise<(i: number, j: number) => [rows: number[], columns: number[]]> {
  const [c, h, w] = model.inputShape as [number, number, number];
  const [k, oh = 1, ow = 1] = model.outputShape as [number, number, number];
  const quiet = model.predictSync(new Tensor(new Float32Array(c * h * w), [1, c, h, w])).data;
  const data = new Float32Array(h * w * c * h * w);
  for (let p = 0; p < h * w; p++)
    for (let channel = 0; channel < c; channel++) data[(p * c + channel) * h * w + p] = 1e4;
  const loud = model.predictSync(new Tensor(data, [h * w, c, h, w])).data;
  return (i, j) => {
    const rows = new Set<number>();
    const columns = new Set<number>();
    for (let p = 0; p < h * w; p++) {
      for (let channel = 0; channel < k; channel++) {
        const at = (channel * oh + i) * ow + j;
        if (Math.abs(loud[p * k * oh * ow + at]! - quiet[at]!) < 1e-3) continue;
        rows.add(Math.floor(p / w));
        columns.add(p % w);
      }
    }
    return [[...rows], [...columns]];
  };
}

/** A layer that keeps or shrinks the size, drawn at random. */
function randomLayer(random: Random, depth = 0): Layer {
  const upTo = (n: number): number => 1 + random.int(n);
  const same = (): Layer =>
    conv2d(upTo(3), [upTo(3), upTo(3)], { padding: "same", dilation: [upTo(2), upTo(2)] });
  switch (random.int(depth === 0 ? 8 : 4)) {
    case 0:
      return conv2d(upTo(3), [upTo(3), upTo(3)], {
        stride: [upTo(2), upTo(2)],
        dilation: upTo(2),
        padding: random.int(3),
      });
    case 1:
      return maxPool2d(3, { stride: upTo(2), padding: random.int(2) });
    case 2:
      return avgPool2d([upTo(2), upTo(3)], { stride: upTo(2) });
    case 3:
      return pad([random.int(2), random.int(2), random.int(2), random.int(2)]);
    case 4:
      return parallel([same(), relu(), same()]);
    case 5:
      return residual([conv2d(2, 3, { padding: 1 }), relu()], { shortcut: conv2d(2, 1) });
    case 6:
      return sequential([randomLayer(random, 1), randomLayer(random, 1)]);
    default:
      return batchNorm2d();
  }
}

test("receptive fields are the pixels that, when they change, change the output", async () => {
  const random = new Random(1);
  let inner = 0;
  for (let round = 0; round < 25; round++) {
    const layers = Array.from({ length: 1 + random.int(4) }, () => randomLayer(random));
    if (round % 5 === 0) layers.push(adaptiveAvgPool2d([1 + random.int(3), 1 + random.int(3)]));
    if (round % 8 === 1) layers.push(flatten(), linear(3), unflatten([3, 1, 1]));
    const net = sequential(layers);
    const shape = [1 + random.int(2), 17, 16];
    // Winograd's tiles let a pixel change the rounding of outputs that do not see it.
    const build = (layers: Network): Promise<Model> => layers.build(shape, { winograd: false });
    using model = await build(net).catch(() => build(sequential(layers.slice(0, 1))));
    // Nothing cancels and nothing is cut off: positive weights, and a relu of what is positive.
    const state = [...model.stateDict()].map(([name, { shape }]) => {
      const fill = name.includes("running_mean") ? 0 : 1;
      return [
        name,
        new Tensor(
          Float32Array.from({ length: sizeOf(shape) }, () => fill * (0.5 + random.uniform())),
          shape,
        ),
      ] as const;
    });
    model.loadStateDict(new Map(state));

    const { layers: rows } = summary(model);
    const { size, stride, offset } = rows.at(-1)!.receptiveField;
    const [size2, stride2, offset2] = [size, stride, offset].map((x) => (typeof x === "number" ? [x, x] : x));
    const seenBy = await seen(model);
    const [, oh = 1, ow = 1] = model.outputShape;
    // What windows of different sizes see, or all units together, may be less than the least regular field around it.
    const uneven = layers.some(({ type }) => type === "AdaptiveAvgPool2d" || type === "Flatten");
    for (let i = 0; i < oh; i++) {
      for (let j = 0; j < ow; j++) {
        const what = `round ${round}, unit [${i}, ${j}]\n${formatSummary(summary(model))}`;
        const pixels = seenBy(i, j);
        const field = ([i, j] as const).map((unit, axis): [number, number] => {
          const first = offset2![axis]! + unit * stride2![axis]!;
          return [first, first + size2![axis]! - 1];
        });
        for (const [axis, [first, last]] of field.entries()) {
          assert.ok(
            pixels[axis]!.every((p) => p >= first && p <= last),
            what,
          );
        }
        if (uneven || field.some(([first, last], axis) => first < 0 || last >= [17, 16][axis]!)) continue;
        inner++;
        assert.equal(
          pixels.map((places) => [Math.min(...places), Math.max(...places)]),
          field,
          what,
        );
      }
    }
  }
  assert.ok(inner > 500, `only ${inner} fields lay within the picture`);
});

const rowsOf = ({ layers }: Summary): Record<string, LayerSummary> =>
  Object.fromEntries(layers.map((layer) => [layer.name, layer]));

test("windows, by hand", async () => {
  const net = sequential({
    conv: conv2d(4, [3, 5], { stride: [1, 2], padding: [0, 1, 2, 3], dilation: [2, 1] }),
    mirrored: conv2d(4, 3, { padding: 1, paddingMode: "reflect", groups: 2 }),
    apart: depthwiseConv2d(3),
    up: convTranspose2d(2, 2, { stride: 2 }),
    pool: maxPool2d(3, { stride: 2, padding: 1 }),
    mean: globalAvgPool2d(),
  });
  const rows = rowsOf(await summaryOf(net, [3, 16, 16]));
  const plain = { stride: 1, padding: 0, dilation: 1 };
  assert.equal(rows.conv!.window, {
    ...{ kernel: [3, 5], stride: [1, 2], padding: [0, 1, 2, 3], dilation: [2, 1], groups: 1 },
  });
  assert.equal(rows.mirrored!.window, { ...plain, kernel: 3, padding: 1, paddingMode: "reflect", groups: 2 });
  assert.equal(rows.apart!.window, { ...plain, kernel: 3, groups: 4 });
  assert.equal(rows.up!.window, { ...plain, kernel: 2, stride: 2, groups: 1 });
  assert.equal(rows.pool!.window, { ...plain, kernel: 3, stride: 2, padding: 1 });
  assert.is(rows.mean!.window, undefined);
  const line = rowsOf(await summaryOf(sequential({ line: conv1d(2, 5, { padding: 2 }) }), [3, 20])).line!;
  assert.equal(line.window, { ...plain, kernel: 5, padding: 2, groups: 1 });
  assert.is(line.formula, "(5 * 3 + 1) * 2 = 32");
});

test("formulas and inputs, by hand", async () => {
  const scaled = custom("Scaled", (scope, x) =>
    scope.multiply(
      x,
      scope.parameter("scale", [8], (data) => data.fill(1)),
    ),
  );
  const net = sequential({
    conv: conv2d(8, 3),
    grouped: conv2d(8, 3, { groups: 2, bias: false }),
    apart: depthwiseConv2d(3),
    norm: batchNorm2d(),
    scaled,
    sum: residual([relu()], { shortcut: conv2d(8, 1) }),
    flat: flatten(),
    fc: linear(10),
  });
  const rows = rowsOf(await summaryOf(net, [3, 10, 10]));
  assert.equal(
    ["conv", "grouped", "apart", "norm", "scaled", "sum", "flat", "fc"].map((name) => rows[name]!.formula),
    [
      "(3 * 3 * 3 + 1) * 8 = 224",
      "3 * 3 * 8 / 2 * 8 = 288",
      "(3 * 3 * 1 + 1) * 8 = 80",
      "2 * 8 = 16",
      "8 = 8",
      undefined,
      undefined,
      "(128 + 1) * 10 = 1290",
    ],
  );
  assert.equal(rows.conv!.inputs, [[3, 10, 10]]);
  assert.equal(rows.sum!.inputs, [
    [8, 4, 4],
    [8, 4, 4],
  ]);
  assert.equal(rows.fc!.inputs, [[128]]);
});

test("the formulas of all networks of the zoo give the numbers of parameters", async () => {
  let formulas = 0;
  for (const [name, { create }] of Object.entries(models)) {
    using model = await create({ initialize: false });
    for (const { name: layer, formula, parameters } of summary(model).layers) {
      if (formula === undefined) {
        assert.is(parameters, 0, `${name} ${layer}`);
        continue;
      }
      const [terms, result] = formula.split(" = ");
      assert.equal(
        [Function(`return ${terms}`)(), Number(result)],
        [parameters, parameters],
        `${name} ${formula}`,
      );
      formulas++;
    }
  }
  assert.ok(formulas > 2000, `${formulas} formulas`);
});

test("how layers are computed follows from the plan", async () => {
  const net = sequential({
    conv: conv2d(8, 3),
    point: conv2d(16, 1),
    apart: depthwiseConv2d(5),
    act: relu(),
    flat: flatten(),
    fc: linear(10),
  });
  using model = await net.build([3, 12, 12]);
  const { layers } = summary(model);
  assert.equal(
    layers.map(({ algorithm }) => algorithm),
    ["direct 3×3", "1×1", "depthwise 5×5", "with apart", "reshape", "matrix-vector product"],
  );
  const plan = formatPlan(model);
  assert.match(plan, /^once pack\(/);
  for (const { name, algorithm } of layers) {
    if (!algorithm.startsWith("with ")) assert.ok(plan.includes(`# ${name}\n`), `${name} in\n${plan}`);
  }
});

test("the memory is what the runtime allocates to predict one input", async () => {
  using on = machine(1);
  const two = custom("Two", (scope, x) => scope.add(x, scope.input("other") as Value));
  const ports = ["first", "other"].map((name) => ({ name, shape: [1, 3, 7, 7], batch: true }));
  const nets: (() => Promise<Model>)[] = [
    () => lenet5(),
    () =>
      sequential([
        conv2d(8, 3, { padding: 1 }),
        batchNorm2d(),
        depthwiseConv2d(3),
        residual([conv2d(8, 3, { padding: 1 })]),
        convTranspose2d(5, 2, { stride: 2 }),
        parallel([conv2d(3, 1), maxPool2d(3, { stride: 1, padding: 1 })]),
        softmax(),
      ]).build([3, 17, 13]),
    () => sequential([relu()]).build([3, 5, 5]),
    () => sequential([conv1d(4, 5), flatten(), linear(3)]).build([2, 30]),
    () => buildModel(two, ports, { outputs: ["sum"] }),
    () => sequential([conv2d(16, 3), conv2d(24, 3), conv2d(24, 3)]).build([3, 30, 40], { runtime: on }),
  ];
  for (const build of nets) {
    using model = await build();
    const { heap } = model.runtime;
    const { weightBytes, packedBytes, activationBytes, tableBytes, peakBytes } = summary(model);
    model.dispose();
    const before = heap.usedBytes;
    using other = await build();
    const feeds = Object.fromEntries(
      other.ports.map(({ name, shape }) => [name, new Tensor(new Float32Array(sizeOf(shape)), shape)]),
    );
    other.predictSync(feeds);
    assert.is(peakBytes, heap.usedBytes - before);
    assert.is(peakBytes, weightBytes + packedBytes + activationBytes + tableBytes);
  }
});

test("VGG-16 is summed up without a place for its half a gigabyte", async () => {
  using model = await vgg16({ initialize: false });
  const { heap } = model.runtime;
  const [used, size] = [heap.usedBytes, heap.memory.buffer.byteLength];
  const { parameters, weightBytes, packedBytes } = summary(model);
  assert.is(parameters, 138_357_544);
  assert.ok(weightBytes >= 4 * parameters && packedBytes > 4 * 138_000_000);
  assert.equal([heap.usedBytes, heap.memory.buffer.byteLength], [used, size]);
});

test("what only training computes has parameters but costs nothing", async () => {
  const classifier = (auxiliary: boolean) =>
    custom("Classifier", (scope, x) => {
      const trunk = scope.child("trunk", linear(4), x);
      if (auxiliary) scope.auxiliary("side", scope.child("side", linear(3), trunk), 0.3);
      return scope.child("head", linear(3), trunk);
    });
  using plain = await network(classifier(false)).build([5]);
  using helped = await network(classifier(true)).build([5]);
  const [without, having] = [summary(plain), summary(helped)];
  assert.is(without.macs, 5 * 4 + 4 * 3);
  assert.is(having.macs, without.macs);
  assert.is(having.activationBytes, without.activationBytes);
  assert.is(having.parameters, without.parameters + 4 * 3 + 3);
  assert.equal(
    having.layers.map(({ name, activationBytes }) => [name, activationBytes > 0]),
    [
      ["trunk", true],
      ["side", false],
      ["head", true],
    ],
  );
});

test.run();
