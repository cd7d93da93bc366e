import { lastShape } from "../graph/channels-last.js";
import type { Contender } from "./contender.js";

export const TFLITE = "network.tflite";

/** LiteRT.js: XNNPACK in WebAssembly, with relaxed SIMD where the engine has it. Runs in pages only. */
export const litert: Contender = {
  name: "litert",
  channelsLast: true,
  files: () => [TFLITE],
  async load(host, job) {
    const { loadLiteRt, loadAndCompile, Tensor } = await host.module("litert");
    const { threads } = job;
    const shape = lastShape(job.input);
    await loadLiteRt(`${host.folder("@litertjs/core")}/wasm/`, { threads: threads > 1 });
    return async ([bytes], input) => {
      const model = await loadAndCompile(bytes, {
        accelerator: "wasm",
        cpuOptions: { numThreads: threads },
      });
      return {
        infer: async () => {
          const x = new Tensor(input, shape);
          const [output] = await model.run(x);
          const values = output.toTypedArray().slice();
          x.delete();
          output.delete();
          return values;
        },
        end: () => model.delete(),
      };
    };
  },
};
