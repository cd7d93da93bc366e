// Random networks of all kinds of layers, as ONNX files: in ONNX Runtime, and imported again.

import fc from "fast-check";
import {
  adaptiveAvgPool2d,
  avgPool2d,
  batchNorm2d,
  conv2d,
  depthwiseConv2d,
  dropout,
  flatten,
  type Layer,
  leakyRelu,
  linear,
  localResponseNorm,
  logSoftmax,
  maxPool2d,
  network,
  pad,
  parallel,
  relu,
  relu6,
  residual,
  sequential,
  sigmoid,
  softmax,
  tanh,
} from "../../src/index.js";
import { exportOnnx, importOnnx } from "../../src/onnx/index.js";
import { readModel } from "../../src/onnx/proto/read.js";
import type { NodeProto } from "../../src/onnx/proto/types.js";
import { PADDING_MODES } from "../../src/ops/pad.js";
import { type Shape, sizeOf, Tensor } from "../../src/tensor.js";
import { uniform } from "../harness/hashed.js";
import { onnxRuntime } from "../harness/oracles.js";
import { assert, suite } from "../harness/suite.js";
import { built, cases } from "./networks.js";
import { opCases } from "./op-networks.js";
import { difference, runAll } from "./runtime.js";

const test = suite("ONNX, out and in again");

const batches = (input: Shape): Tensor[] =>
  [1, 3].map((n) => new Tensor(uniform(`input ${n}`, n * sizeOf(input), 2), [n, ...input]));

/** Exports, imports and compares; also with ONNX Runtime where `runs`. */
async function check(layers: Layer, input: Shape, runs: boolean): Promise<void> {
  using model = await built(layers, input);
  const file = exportOnnx(model);
  using again = await importOnnx(file);
  const inputs = batches(input);
  const others = runs
    ? await runAll(
        file,
        inputs.map((one) => ({ input: one })),
      )
    : [];
  for (const [i, x] of inputs.entries()) {
    const expected = await model.predict(x);
    const found = { imported: await again.predict(x), "in ONNX Runtime": others[i]?.output };
    for (const [what, output] of Object.entries(found)) {
      const off = output ? difference(what, output, expected) : 0;
      assert.ok(off <= 1e-5, `${what}: a batch of ${x.shape[0]} is off by ${off} of the largest output`);
    }
  }
}

/** What mixes the inputs of a batch is no network that the importer gives a free batch. */
const mixesInputs = ["the batch last", "mean of the batch", "the batch among others"];

for (const [name, layers, input] of [...cases, ...opCases]) {
  if (mixesInputs.some((part) => name.includes(part))) continue;
  test(name, () => check(layers, input, false));
}

const side = fc.integer({ min: 1, max: 3 });
const sides = fc.tuple(side, side);
const few = fc.integer({ min: 0, max: 2 });
const padding = fc.oneof(few, fc.tuple(few, few, few, few), fc.constant("same" as const));
const channels = fc.integer({ min: 1, max: 9 });
const flag = fc.boolean();

const conv = fc
  .record({
    k: channels,
    kernel: sides,
    options: fc.record({
      stride: sides,
      padding,
      paddingMode: fc.constantFrom(...PADDING_MODES),
      dilation: sides,
      groups: fc.constantFrom(1, 1, 2),
      flip: flag,
      bias: flag,
    }),
  })
  .map(({ k, kernel, options }) => conv2d(k * options.groups, kernel, options));
const depthwise = fc
  .record({ kernel: sides, multiplier: side, bias: flag })
  .map(({ kernel, ...options }) => depthwiseConv2d(kernel, options));
const pooling = fc
  .record({
    kernel: sides,
    stride: sides,
    padding: fc.constantFrom(0, 1),
    ceilMode: flag,
    max: flag,
    whole: flag,
  })
  .map(({ kernel, max, whole, ...options }) =>
    max ? maxPool2d(kernel, options) : avgPool2d(kernel, { ...options, countIncludePad: whole }),
  );
const plain = fc
  .constantFrom(relu, relu6, leakyRelu, sigmoid, tanh, softmax, logSoftmax, batchNorm2d, dropout)
  .map((make) => make());
const other = fc.oneof(
  sides.map((size) => adaptiveAvgPool2d(size)),
  side.map((size) => localResponseNorm(size, { alpha: 0.5 })),
  fc
    .tuple(few, few, few, few, fc.constantFrom(...PADDING_MODES))
    .map(([a, b, c, d, mode]) => pad([a, b, c, d], mode)),
);
const simple = fc.oneof(conv, conv, depthwise, pooling, plain, other);
const nested = fc.oneof(
  simple,
  simple,
  fc.array(plain, { minLength: 1, maxLength: 2 }).map((layers) => residual(layers)),
  fc
    .tuple(channels, channels, plain)
    .map(([a, b, last]) => parallel([conv2d(a, 1), sequential([conv2d(b, 1), last])])),
);
const networks = fc.record({
  input: fc.tuple(
    fc.constantFrom(1, 2, 3, 8),
    fc.integer({ min: 4, max: 9 }),
    fc.integer({ min: 4, max: 9 }),
  ),
  layers: fc.array(nested, { minLength: 1, maxLength: 6 }),
  head: flag,
});

/** Those of the layers that fit behind those before them. */
async function fitting(layers: readonly Layer[], input: Shape): Promise<Layer[]> {
  const kept: Layer[] = [];
  for (const layer of layers) {
    try {
      (await network(sequential([...kept, layer])).build(input)).dispose();
      kept.push(layer);
    } catch {
      // A window too large for what is left, or groups that do not divide the channels.
    }
  }
  return kept;
}

/** The nodes of the file, so that a failure says what the network was. */
async function nodesOf(layers: Layer, input: Shape): Promise<string> {
  using model = await built(layers, input);
  const { graph } = readModel(exportOnnx(model));
  const attributes = (node: NodeProto) =>
    node.attribute.map(({ name, i, f, s, ints }) => {
      const value = i ?? f ?? (s ? new TextDecoder().decode(s) : `[${ints}]`);
      return `${name}=${value}`;
    });
  return graph!.node.map((node) => `${node.opType} ${attributes(node).join(" ")}`).join("\n");
}

test("random networks", async () => {
  onnxRuntime();
  await fc.assert(
    fc.asyncProperty(networks, async ({ input, layers, head }) => {
      const kept = await fitting(layers, input);
      const all = head ? [...kept, flatten(), linear(4)] : kept;
      fc.pre(all.length > 0);
      try {
        await check(sequential(all), input, true);
      } catch (error) {
        throw new Error(`${(error as Error).message}\n${await nodesOf(sequential(all), input)}`);
      }
    }),
    { numRuns: 60, seed: 1 },
  );
});

test.run();
