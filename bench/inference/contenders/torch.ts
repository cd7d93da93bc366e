import type { Contender } from "./contender.js";

export const TORCH_GRAPH = "torch.json";
export const TORCH_NUMBERS = "torch.bin";

/** PyTorch in a process of its own; batch norm as the network has it. */
function torch(name: "torch" | "torch-traced"): Contender {
  return {
    name,
    files: () => [TORCH_GRAPH, TORCH_NUMBERS],
    async load(host, job) {
      const process = await host.torch(job.threads);
      if (!process) throw new Error("torch is not installed for python3");
      return async () => {
        await process.open(host.workFolder(job), name === "torch-traced");
        return {
          infer: async () => (await process.infer(1)).output,
          block: async (times) => (await process.infer(times)).ms,
          end: () => process.end(),
        };
      };
    },
  };
}

/** Operation by operation, as a program in Python runs. */
export const torchEager = torch("torch");

/** Traced, frozen and optimised for inference. */
export const torchTraced = torch("torch-traced");
