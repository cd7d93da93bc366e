// Writes what contenders read: one network with one set of weights and one input in each of their formats.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { init, type Model, sequential, Tensor } from "featuremap";
import { summary } from "featuremap/inspect";
import { exportOnnx } from "featuremap/onnx";
import { models } from "featuremap/zoo";
import { INPUT, NETWORK, WEIGHTS } from "./contenders/contender.js";
import { contenders } from "./contenders/index.js";
import { TFLITE } from "./contenders/litert.js";
import { TFJS_GRAPH, TFJS_NUMBERS } from "./contenders/tfjs.js";
import { TORCH_GRAPH, TORCH_NUMBERS } from "./contenders/torch.js";
import { channelsLast } from "./graph/channels-last.js";
import { writeGraph } from "./graph/file.js";
import { fold } from "./graph/fold.js";
import { type Graph, macsOf } from "./graph/graph.js";
import { leastActivationBytes } from "./graph/live.js";
import { readGraph } from "./graph/read.js";
import { tfliteOf } from "./graph/tflite.js";
import { tfliteFile } from "./graph/tflite-file.js";
import { FOLDER, type Job, type PeerName } from "./job.js";
import type { LayerEntry } from "./layers.js";
import type { NetworkEntry } from "./networks.js";
import { picture, randomize } from "./weights.js";

const require = createRequire(resolve("build/peers/package.json"));
const newBuilder: Parameters<typeof tfliteFile>[1] = (bytes) => new (require("flatbuffers").Builder)(bytes);

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
export async function prepareNetwork(
  name: string,
  { zoo }: NetworkEntry,
  batch: number,
  peers: readonly PeerName[],
): Promise<Prepared> {
  const runtime = await init({ threads: 1 });
  return prepare({ name, zoo }, await models[zoo]!.create({ runtime, initialize: false }), batch, peers);
}

/** A network of a single layer. */
export async function prepareLayer(
  { name, layer, input: [batch, ...shape] }: LayerEntry,
  peers: readonly PeerName[],
): Promise<Prepared> {
  const runtime = await init({ threads: 1 });
  const model = await sequential([layer]).build(shape, { runtime, initialize: false });
  return prepare({ name: `layers/${name}` }, model, batch!, peers);
}

/** Files of large networks take gigabytes. */
export function discard({ name }: Prepared): void {
  rmSync(resolve(FOLDER, name), { recursive: true, force: true });
}

/** Gives a model weights, writes the files that these peers read, and disposes of it. */
function prepare(
  job: Pick<Job, "name" | "zoo">,
  model: Model,
  batch: number,
  peers: readonly PeerName[],
): Prepared {
  try {
    randomize(model, 1);
    const input = [batch, ...model.inputShape];
    const values = picture(input, 1);
    checkAlive(job.name, model, input, values);
    const onnx = exportOnnx(model, { batch });
    const graph = readGraph(onnx);
    const folded = fold(graph);
    const writers: Readonly<Record<string, () => Uint8Array>> = {
      [INPUT]: () => new Uint8Array(values.buffer),
      [WEIGHTS]: () => model.toSafetensors(),
      [NETWORK]: () => onnx,
      [TORCH_GRAPH]: () => writeGraph(graph).json,
      [TORCH_NUMBERS]: () => writeGraph(graph).numbers,
      [TFJS_GRAPH]: () => writeGraph(forTfjs(folded)).json,
      [TFJS_NUMBERS]: () => writeGraph(forTfjs(folded)).numbers,
      [TFLITE]: () => tfliteFile(tfliteOf(forTflite(folded)), newBuilder),
    };
    const folder = resolve(FOLDER, job.name);
    mkdirSync(folder, { recursive: true });
    for (const file of new Set([INPUT, ...peers.flatMap((peer) => contenders[peer].files(job))]))
      writeFileSync(resolve(folder, file), writers[file]!());
    const { weightBytes, packedBytes, activationBytes } = summary(model);
    return {
      ...job,
      input,
      output: [batch, ...model.outputShape],
      macs: macsOf(graph),
      memory: {
        weights: weightBytes,
        packed: packedBytes,
        activations: activationBytes,
        least: leastActivationBytes(folded) / batch,
      },
    };
  } finally {
    model.dispose();
  }
}

const forTfjs = (folded: Graph): Graph => channelsLast(folded, [2, 3, 1, 0], [2, 3, 0, 1], true);
const forTflite = (folded: Graph): Graph => channelsLast(folded, [0, 2, 3, 1], [1, 2, 3, 0], false);

/** Throws where another input has the same answer: a network that lets nothing through would hide mistakes. */
function checkAlive(name: string, model: Model, shape: readonly number[], values: Float32Array): void {
  const one = model.predictSync(new Tensor(values, shape)).data;
  const other = model.predictSync(new Tensor(picture(shape, 2), shape)).data;
  const largest = one.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const apart = one.reduce((max, value, i) => Math.max(max, Math.abs(value - other[i]!)), 0);
  if (!(apart > 0.003 * largest))
    throw new Error(`${name}: outputs reach ${largest}, and another input's differ by ${apart}.`);
}
