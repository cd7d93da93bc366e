// Writes what contenders read: one network with one set of weights and one input in each of their formats.
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { init, type Model, sequential, Tensor } from "featuremap";
import { summary } from "featuremap/inspect";
import { exportOnnx } from "featuremap/onnx";
import { models } from "featuremap/zoo";
import { INPUT, NETWORK, WEIGHTS } from "./contenders/contender.js";
import { TFLITE } from "./contenders/litert.js";
import { TFJS_GRAPH, TFJS_NUMBERS } from "./contenders/tfjs.js";
import { TORCH_GRAPH, TORCH_NUMBERS } from "./contenders/torch.js";
import { channelsLast } from "./graph/channels-last.js";
import { writeGraph } from "./graph/file.js";
import { fold } from "./graph/fold.js";
import { macsOf } from "./graph/graph.js";
import { leastActivationBytes } from "./graph/live.js";
import { readGraph } from "./graph/read.js";
import { tfliteOf } from "./graph/tflite.js";
import { FOLDER, type Job } from "./job.js";
import type { LayerEntry } from "./layers.js";
import type { NetworkEntry } from "./networks.js";
import { picture, randomize } from "./weights.js";

const require = createRequire(resolve("build/peers/package.json"));
const newBuilder: Parameters<typeof tfliteOf>[1] = (bytes) => new (require("flatbuffers").Builder)(bytes);

/** What of a job follows from the network. */
export interface Prepared extends Pick<Job, "name" | "zoo" | "input" | "output"> {
  /** Multiply-adds of one run. */
  readonly macs: number;
  /** Bytes for one input. */
  readonly memory: {
    readonly weights: number;
    /** Copies of weights in the order in which kernels read them. */
    readonly packed: number;
    readonly activations: number;
    /** What activations take at least: see {@link leastActivationBytes}. */
    readonly least: number;
  };
}

/** A network of the zoo, for a batch. */
export async function prepareNetwork(name: string, { zoo }: NetworkEntry, batch: number): Promise<Prepared> {
  const runtime = await init({ threads: 1 });
  const model = await models[zoo]!.create({ runtime, initialize: false });
  try {
    randomize(model, 1);
    return { ...write(name, model, batch), zoo };
  } finally {
    model.dispose();
  }
}

/** A network of a single layer. */
export async function prepareLayer({ name, layer, input: [batch, ...shape] }: LayerEntry): Promise<Prepared> {
  const model = await sequential([layer]).build(shape, {
    runtime: await init({ threads: 1 }),
    initialize: false,
  });
  try {
    randomize(model, 1);
    return write(`layers/${name}`, model, batch!);
  } finally {
    model.dispose();
  }
}

/** Writes a model's files. */
function write(name: string, model: Model, batch: number): Prepared {
  const input = [batch, ...model.inputShape];
  const values = picture(input, 1);
  checkAlive(name, model, input, values);
  const folder = resolve(FOLDER, name);
  mkdirSync(folder, { recursive: true });
  const onnx = exportOnnx(model, { batch });
  const graph = readGraph(onnx);
  const folded = fold(graph);
  const { weightBytes, packedBytes, activationBytes } = summary(model);
  const memory = {
    weights: weightBytes,
    packed: packedBytes,
    activations: activationBytes,
    least: leastActivationBytes(folded) / batch,
  };
  const forTorch = writeGraph(graph);
  const forTfjs = writeGraph(channelsLast(folded, [2, 3, 1, 0], [2, 3, 0, 1], true));
  const files: Record<string, Uint8Array> = {
    [INPUT]: new Uint8Array(values.buffer),
    [WEIGHTS]: model.toSafetensors(),
    [NETWORK]: onnx,
    [TORCH_GRAPH]: forTorch.json,
    [TORCH_NUMBERS]: forTorch.numbers,
    [TFJS_GRAPH]: forTfjs.json,
    [TFJS_NUMBERS]: forTfjs.numbers,
    [TFLITE]: tfliteOf(channelsLast(folded, [0, 2, 3, 1], [1, 2, 3, 0], false), newBuilder),
  };
  for (const [file, bytes] of Object.entries(files)) writeFileSync(resolve(folder, file), bytes);
  return { name, input, output: [batch, ...model.outputShape], macs: macsOf(graph), memory };
}

/** Throws where another input has the same answer: a network that lets nothing through would hide mistakes. */
function checkAlive(name: string, model: Model, shape: readonly number[], values: Float32Array): void {
  const one = model.predictSync(new Tensor(values, shape)).data;
  const other = model.predictSync(new Tensor(picture(shape, 2), shape)).data;
  const largest = one.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const apart = one.reduce((max, value, i) => Math.max(max, Math.abs(value - other[i]!)), 0);
  if (!(apart > 0.003 * largest))
    throw new Error(`${name}: outputs reach ${largest}, and another input's differ by ${apart}.`);
}
