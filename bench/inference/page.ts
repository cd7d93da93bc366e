// What a page loads: it measures the jobs that it is handed.
import type { Host, Library } from "./contenders/contender.js";
import { FOLDER, type Job, type Report } from "./job.js";
import { measure } from "./measure.js";

const MODULES = "/build/peers/node_modules";
const modules = {
  "onnxruntime-web": `${MODULES}/onnxruntime-web/dist/ort.wasm.min.mjs`,
  "onnxruntime-node": "",
  tfjs: `${MODULES}/.pages/tfjs.mjs`,
  litert: `${MODULES}/.pages/litert.mjs`,
};

const host: Host = {
  page: true,
  async read({ name }, file) {
    const response = await fetch(`/${FOLDER}/${name}/${file}`);
    if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  },
  async featuremap() {
    const url = "/build/featuremap.all.min.js";
    const { init, Tensor, zoo, onnx, inspect } = await import(url);
    return { init, Tensor, ...zoo, ...onnx, ...inspect } as Library;
  },
  module: (name) => import(modules[name]),
  folder: (name) => `${MODULES}/${name}`,
  workFolder: ({ name }) => `/${FOLDER}/${name}`,
  torch: async () => null,
};

const engine = `Chromium ${/Chrome\/([\d.]+)/.exec(navigator.userAgent)?.[1]}`;

declare global {
  var featuremapBench: (job: Job) => Promise<Report>;
}
globalThis.featuremapBench = (job) => measure(host, engine, job);
