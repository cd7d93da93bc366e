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
const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  logLevel: "warning",
};
await build({
  ...common,
  entryPoints: { index: "bench/index.ts", node: "bench/inference/node.ts" },
  outdir: "build/bench",
  outExtension: { ".js": ".mjs" },
  platform: "node",
  target: targets.node,
  external: ["featuremap", "featuremap/*"],
  plugins: [wasm, inlineWorker],
  banner: { js: nodeRequire },
});
await build({
  ...common,
  entryPoints: ["bench/inference/page.ts"],
  outfile: "build/bench/browser.mjs",
  platform: "browser",
  target: targets.browser,
});
const args = ["--expose-gc", "build/bench/index.mjs", ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
process.exit(status ?? 1);
