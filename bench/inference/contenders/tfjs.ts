import { isDepthwise, lastShape } from "../graph/channels-last.js";
import { readGraphFiles } from "../graph/file.js";
import type { Activation, Graph, Node, Window } from "../graph/graph.js";
import type { Built, Contender, Host } from "./contender.js";

export const TFJS_GRAPH = "tfjs.json";
export const TFJS_NUMBERS = "tfjs.bin";

// biome-ignore lint/suspicious/noExplicitAny: peers are no dependencies, so their types are not here
type Any = any;

/** TensorFlow.js, its WebAssembly backend: fused operations, batch norm folded, weights as constants. */
export const tfjs: Contender = {
  name: "tfjs",
  channelsLast: true,
  files: () => [TFJS_GRAPH, TFJS_NUMBERS],
  async load(host, job) {
    const tf = await host.module("tfjs");
    await start(tf, host, job.threads);
    return async ([json, numbers], input) => build(tf, readGraphFiles(json!, numbers!), input);
  },
};

async function start(tf: Any, host: Host, threads: number): Promise<void> {
  if (threads > 1 && !host.page) throw new Error("its backend has no threads in Node");
  tf.setWasmPaths(`${host.folder("@tensorflow/tfjs-backend-wasm")}/dist/`);
  if (host.page) {
    // It uses at most half of the cores that it sees.
    Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 * threads, configurable: true });
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", threads > 1);
    tf.setThreadsCount(threads);
  }
  await tf.setBackend("wasm");
  await tf.ready();
  if (host.page && threads > 1 && tf.getThreadsCount() !== threads)
    throw new Error(`it runs on ${tf.getThreadsCount()} threads`);
}

function build(tf: Any, graph: Graph, input: Float32Array): Built {
  const constants = new Map<string, Any>(
    [...graph.tensors].map(([name, { data, shape }]) => [name, tf.tensor(data, shape)]),
  );
  const steps = graph.nodes.map((node) => ({ node, run: step(tf, graph, node, constants) }));
  const shape = lastShape(graph.input.shape);
  const values = new Map<string, Any>();
  return {
    infer() {
      let output: Float32Array;
      // Nothing is returned from inside: tidy would look at every number for tensors.
      tf.tidy(() => {
        values.set(graph.input.name, tf.tensor(input, shape));
        for (const { node, run } of steps)
          values.set(node.output, run(node.inputs.map((name) => values.get(name))));
        output = values.get(graph.output).dataSync();
      });
      return output!;
    },
  };
}

type Run = (inputs: readonly Any[]) => Any;

function step(tf: Any, graph: Graph, node: Node, constants: ReadonlyMap<string, Any>): Run {
  const constant = (name: string | null): Any => (name === null ? undefined : constants.get(name));
  switch (node.op) {
    case "conv": {
      const depthwise = isDepthwise(graph, node);
      if (node.groups > 1 && !depthwise) throw new Error("it has no convolution of groups");
      const filter = constant(node.w);
      const options = {
        ...placement(node.window),
        filter: depthwise
          ? tf.reshape(filter, [...node.window.kernel, node.groups, node.shape[1]! / node.groups])
          : filter,
        dilations: node.window.dilations,
        bias: constant(node.b),
        activation: fused(node.activation),
      };
      const run = depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
      return ([x]) => run({ ...options, x });
    }
    case "linear": {
      const options = { b: constant(node.w), bias: constant(node.b), activation: fused(node.activation) };
      return ([a]) => tf.fused.matMul({ ...options, a });
    }
    case "maxPool": {
      const { strides, pad } = placement(node.window);
      return ([x]) => tf.maxPool(x, node.window.kernel, strides, pad);
    }
    case "averagePool": {
      const { strides, pad } = placement(node.window);
      if (pad === "valid" || !node.padded) return ([x]) => tf.avgPool(x, node.window.kernel, strides, pad);
      return ([x]) => tf.avgPool(tf.pad(x, pad), node.window.kernel, strides, "valid");
    }
    case "globalAverage":
      return ([x]) => tf.mean(x, [1, 2], true);
    case "concat":
      return (xs) => tf.concat(xs, 3);
    case "add":
      return ([a, b]) => activated(tf, node.activation, tf.add(a, b));
    case "activation":
      return ([x]) => activated(tf, node.activation, x);
    case "flatten":
      return ([x]) => tf.reshape(x, node.shape);
    case "softmax":
      return ([x]) => tf.softmax(x);
    case "localResponseNorm":
      return ([x]) =>
        tf.localResponseNormalization(x, (node.size - 1) / 2, node.bias, node.alpha / node.size, node.beta);
    default:
      throw new Error(`tfjs: no ${node.op}`);
  }
}

function placement({ strides, top, left, bottom, right }: Window): { strides: Any; pad: Any } {
  const none = [0, 0];
  const padded = top + left + bottom + right > 0;
  return { strides, pad: padded ? [none, [top, bottom], [left, right], none] : "valid" };
}

const fused = (activation: Activation): string => (activation === "none" ? "linear" : activation);

function activated(tf: Any, activation: Activation, x: Any): Any {
  return activation === "none" ? x : tf[activation](x);
}
