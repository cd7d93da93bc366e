import { type Built, type Contender, NETWORK } from "./contender.js";

// biome-ignore lint/suspicious/noExplicitAny: peers are no dependencies, so their types are not here
type Any = any;

async function built(
  ort: Any,
  options: object,
  bytes: Uint8Array,
  input: Float32Array,
  shape: readonly number[],
): Promise<Built> {
  const session = await ort.InferenceSession.create(bytes, { graphOptimizationLevel: "all", ...options });
  const feeds = { input: new ort.Tensor("float32", input, shape) };
  return { infer: async () => (await session.run(feeds)).output.data };
}

/** onnxruntime-web, its WebAssembly backend. */
export const ortWeb: Contender = {
  name: "ort",
  files: () => [NETWORK],
  async load(host, job) {
    const ort = await host.module("onnxruntime-web");
    ort.env.wasm.numThreads = job.threads;
    if (host.page) ort.env.wasm.wasmPaths = `${host.folder("onnxruntime-web")}/dist/`;
    return ([bytes], input) => built(ort, { executionProviders: ["wasm"] }, bytes!, input, job.input);
  },
};

/** onnxruntime-node: native code with whatever the processor has. */
export const ortNative: Contender = {
  name: "ort-native",
  files: () => [NETWORK],
  async load(host, job) {
    const ort = await host.module("onnxruntime-node");
    const threads = { intraOpNumThreads: job.threads, interOpNumThreads: 1, executionMode: "sequential" };
    return ([bytes], input) => built(ort, threads, bytes!, input, job.input);
  },
};
