// A process that measures one job in whichever Node runs it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { Torch } from "../pytorch.js";
import type { Host } from "./contenders/contender.js";
import { FOLDER, type Job } from "./job.js";
import { measure } from "./measure.js";

const require = createRequire(resolve("build/peers/package.json"));

const host: Host = {
  page: false,
  read: async ({ name }, file) => new Uint8Array(readFileSync(resolve(FOLDER, name, file))),
  async featuremap() {
    const [{ init, Tensor }, { models }, { importOnnx }, { formatPlan }] = await Promise.all([
      import("featuremap"),
      import("featuremap/zoo"),
      import("featuremap/onnx"),
      import("featuremap/inspect"),
    ]);
    return { init, Tensor, models, importOnnx, formatPlan };
  },
  async module(name) {
    if (name !== "tfjs") return require(name);
    return { ...require("@tensorflow/tfjs-core"), ...require("@tensorflow/tfjs-backend-wasm") };
  },
  folder: (name) => resolve("build/peers/node_modules", name),
  workFolder: ({ name }) => resolve(FOLDER, name),
  torch: (threads) => Torch.start(threads),
};

process.once("message", async (job: Job) => {
  const report = await measure(host, `Node ${process.versions.node}`, job);
  process.send!(report, () => process.exit());
});
