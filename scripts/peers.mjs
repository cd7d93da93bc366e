// What the bench measures beside this library: bench/peers/package.json lists it. Run by bench/ when it is about to be needed.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { installPrograms } from "./programs.mjs";
import { root } from "./setup.mjs";

const folder = join(root, "build/peers");

if (!(await installPrograms("bench/peers", "build/peers", "what the bench measures beside featuremap"))) {
  console.error("npm ci failed: see above. Is the npm registry reachable?");
  process.exit(1);
}

/** For a page, each as one module as an application's bundler would make it. A new installation removes them. */
const pages = {
  tfjs: 'export * from "@tensorflow/tfjs-core"; export * from "@tensorflow/tfjs-backend-wasm";',
  litert: 'export * from "@litertjs/core";',
};
for (const [name, contents] of Object.entries(pages)) {
  const outfile = join(folder, `node_modules/.pages/${name}.mjs`);
  if (existsSync(outfile)) continue;
  await build({
    stdin: { contents, resolveDir: folder },
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    tsconfigRaw: {},
    logLevel: "error",
  });
}
