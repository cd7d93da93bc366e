// `npm run bench -- ...`: bundles bench/index.ts against the sources and runs it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, setup } from "./setup.mjs";

await setup();
if (!existsSync(join(root, "bench/index.ts"))) {
  console.error("bench/index.ts does not exist");
  process.exit(1);
}
const { build } = await import("esbuild");
const { inlineWorker, nodeRequire, targets, wasm } = await import("./plugins.mjs");
await build({
  absWorkingDir: root,
  entryPoints: ["bench/index.ts"],
  outfile: "build/bench/index.mjs",
  bundle: true,
  format: "esm",
  platform: "node",
  target: targets.node,
  external: ["featuremap", "featuremap/*", "onnxruntime-*", "@tensorflow/*"],
  plugins: [wasm, inlineWorker],
  banner: { js: nodeRequire },
  logLevel: "warning",
});
const args = ["--expose-gc", "build/bench/index.mjs", ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
process.exit(status ?? 1);
