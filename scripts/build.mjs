// Builds everything that is published, into build/: see docs/architecture.md for the map of it.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { licencesOf } from "./licences.mjs";
import { buildHash, exclusively, exitWithBuildError, filesIn, install, markBuilt, root } from "./setup.mjs";

const at = (...path) => join(root, ...path);

/** Entry points by their name in package.json's `exports`. */
const entries = {
  index: "src/index.ts",
  functional: "src/functional/index.ts",
  train: "src/train/index.ts",
  data: "src/data/index.ts",
  image: "src/image/index.ts",
  weights: "src/weights/index.ts",
  zoo: "src/zoo/index.ts",
  onnx: "src/onnx/index.ts",
  inspect: "src/inspect/index.ts",
  external: "src/external.ts",
};

/** Builds wasm, bundles and types. Throws an Error that says what is wrong with which file. */
export async function build() {
  const started = performance.now();
  const hash = buildHash();
  await buildWasm();
  await buildBundles();
  buildTypes();
  markBuilt(hash);
  console.log(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** The release binaries, also as files of their own for `featuremap/external`. */
async function buildWasm() {
  if (!existsSync(at("assembly/index.ts"))) return;
  const { compile } = await import("./plugins.mjs");
  for (const [target, path] of await Promise.all(
    ["simd", "relaxed"].map(async (t) => [t, await compile(t)]),
  )) {
    copyFileSync(path, at(`build/featuremap.${target}.wasm`));
  }
}

async function buildBundles() {
  const { bundleWorker, inlineWorker, targets, wasm } = await import("./plugins.mjs");
  console.log("Bundling");
  const present = Object.fromEntries(Object.entries(entries).filter(([, source]) => existsSync(at(source))));
  const common = {
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    plugins: [wasm, inlineWorker],
    legalComments: "none",
    logLevel: "warning",
    logOverride: { "empty-import-meta": "silent" },
  };

  // One build for the library and the command line, so that they share their chunks.
  const cli = existsSync(at("src/cli/index.ts"));
  const node = Object.fromEntries(Object.entries(present).map(([name, source]) => [`node/${name}`, source]));
  const nodeInputs = await bundle("node", {
    ...common,
    entryPoints: cli ? { ...node, cli: "src/cli/index.ts" } : node,
    chunkNames: "node/[name]-[hash]",
    splitting: true,
    platform: "node",
    target: targets.node,
  });
  if (cli) makeExecutable(at("build/cli.js"));

  const browser = Object.fromEntries(
    Object.entries(present).map(([name, source]) => [`browser/${name}`, source]),
  );
  const browserInputs = await bundle("browser", {
    ...common,
    entryPoints: browser,
    chunkNames: "browser/[name]-[hash]",
    splitting: true,
    platform: "browser",
    target: targets.browser,
  });
  writeFileSync(at("build/third-party-licences.txt"), licencesOf([...nodeInputs, ...browserInputs]));

  const single = {
    ...common,
    plugins: [...common.plugins, atOnce],
    minify: true,
    platform: "browser",
    target: targets.browser,
  };
  await bundleSingle("featuremap.all.min.js", { ...single, entryPoints: ["src/bundle-all.ts"] });
  await bundleSingle("featuremap.min.js", {
    ...single,
    entryPoints: ["src/bundle.ts"],
    plugins: [...single.plugins, withoutPth],
  });
  if (existsSync(at("src/wasm/worker.ts")))
    writeFileSync(at("build/featuremap.worker.js"), (await bundleWorker()).text);
}

/** One file with everything in it. Terser takes another 3 % off what esbuild has minified. */
async function bundleSingle(name, options) {
  const [esbuild, { minify }] = await Promise.all([import("esbuild"), import("terser")]);
  const { outputFiles } = await esbuild.build({ ...options, outfile: `build/${name}`, write: false });
  const { code } = await minify(outputFiles[0].text, {
    module: true,
    ecma: 2020,
    compress: { passes: 3, pure_getters: true },
  });
  writeFileSync(at("build", name), code);
}

/** Imports at once what is loaded late elsewhere: esbuild would wrap every module that it reaches. */
const atOnce = {
  name: "at-once",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const imports = [];
      const contents = readFileSync(path, "utf8").replaceAll(/await import\("([^"]+)"\)/g, (_, file) => {
        const name = `late${imports.length}`;
        imports.push(`import * as ${name} from "${file}";`);
        return name;
      });
      return { contents: [contents, ...imports].join("\n"), loader: "ts" };
    });
  },
};

/** Leaves the reader of torch.save's files out. */
const withoutPth = {
  name: "without-pth",
  setup({ onResolve }) {
    onResolve({ filter: /\/pth\.js$/ }, () => ({ path: at("src/weights/pth-elsewhere.ts") }));
  },
};

/** Bundles into memory, then replaces the folder's earlier contents: chunks of earlier builds do not pile up. */
async function bundle(folder, options) {
  if (Object.keys(options.entryPoints).length === 0) return [];
  const esbuild = await import("esbuild");
  const { nodeRequire } = await import("./plugins.mjs");
  const { outputFiles, metafile } = await esbuild.build({
    ...options,
    outdir: "build",
    write: false,
    metafile: true,
  });
  rmSync(at("build", folder), { recursive: true, force: true });
  mkdirSync(at("build", folder), { recursive: true });
  for (const { path, text } of outputFiles) {
    // esbuild writes `var Tensor = class _Tensor` for a class that refers to itself, which would print as `_Tensor`.
    const renamed = [...text.matchAll(/^var (\w+) = class _\1\b/gm)].map(([, name]) => name);
    const named = renamed.reduce((js, name) => js.replaceAll(new RegExp(`\\b_${name}\\b`, "g"), name), text);
    // esbuild's own shim for CommonJS packages that require one of Node's modules: an ES module has no `require`.
    const requires = options.platform === "node" && text.includes("typeof require");
    writeFileSync(path, requires ? `${nodeRequire}\n${named}` : named);
  }
  return Object.keys(metafile.inputs);
}

function makeExecutable(file) {
  const text = readFileSync(file, "utf8");
  if (!text.startsWith("#!")) writeFileSync(file, `#!/usr/bin/env node\n${text}`);
  chmodSync(file, 0o755);
}

/** Declarations of everything the entry points reach. Types are not checked here: `npm run check` does that. */
function buildTypes() {
  const files = Object.values(entries).filter((source) => existsSync(at(source)));
  if (files.length === 0) return;
  console.log("Writing types");
  const draft = at("build/types.draft");
  rmSync(draft, { recursive: true, force: true });
  const project = {
    extends: "../tsconfig.json",
    compilerOptions: {
      noEmit: false,
      noCheck: true,
      declaration: true,
      emitDeclarationOnly: true,
      stripInternal: true,
      allowJs: false,
      allowImportingTsExtensions: true,
      rootDir: "../src",
      outDir: draft,
    },
    include: [],
    files: [...files, ...filesIn("src/wasm/ambient.d.ts")].map((file) => `../${file}`),
  };
  writeFileSync(at("build/tsconfig.types.json"), JSON.stringify(project, null, 2));
  const tsc = at("node_modules/typescript/bin/tsc");
  const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", at("build/tsconfig.types.json")], {
    encoding: "utf8",
  });
  if (status !== 0 && !existsSync(draft)) throw new Error(`tsc could not write the types\n${stdout}`);
  // The kernels' types are generated outside src/: ship them next to the files that name them.
  for (const file of filesIn("build/types.draft")) {
    const text = readFileSync(at(file), "utf8");
    const own = text.replaceAll("../../build/wasm/kernels.js", "./kernels.js");
    if (own === text) continue;
    writeFileSync(at(file), own);
    copyFileSync(at("build/wasm/kernels.d.ts"), join(at(file), "../kernels.d.ts"));
  }
  rmSync(at("build/types"), { recursive: true, force: true });
  renameSync(draft, at("build/types"));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await install();
  await exclusively(build).catch(exitWithBuildError);
}
