// What esbuild has to know about this project: where the wasm binaries and the worker's source come from.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { compress } from "lzma1";
import { hashOf, root } from "./setup.mjs";

const wasmInputs = ["assembly", "asconfig.json", "node_modules/assemblyscript/package.json"];
const worker = "src/wasm/worker.ts";

/** Oldest engines the output runs on: the first ones with the WebAssembly features it needs. */
export const targets = {
  node: ["node20"],
  browser: ["chrome94", "firefox100", "safari16.4"],
};

/** First line of bundles for Node: CommonJS packages among their contents call require for Node's own modules. */
export const nodeRequire =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

/**
 * `import bytes from "wasm:simd"`: the binary of that target in asconfig.json, compiled when its sources changed;
 * "wasm:packed": the release builds, as src/wasm/kernels-packed.ts unpacks them.
 */
export const wasm = {
  name: "wasm",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^wasm:/ }, ({ path }) => ({
      path: path.slice(5),
      namespace: "wasm",
      sideEffects: false,
    }));
    onLoad({ filter: /.*/, namespace: "wasm" }, async ({ path }) => {
      if (!existsSync(join(root, "assembly/index.ts")))
        return { errors: [{ text: "assembly/index.ts does not exist" }] };
      const contents = path === "packed" ? await packed() : readFileSync(await compile(path));
      return { contents, loader: "binary" };
    });
  },
};

let packing;

/** Both release builds in one stream of LZMA, since most of the second is in the first, after the ends of both. */
function packed() {
  packing ??= (async () => {
    const [simd, relaxed] = await Promise.all(["simd", "relaxed"].map(compile)).then((paths) =>
      paths.map((path) => readFileSync(path)),
    );
    const ends = Buffer.alloc(8);
    ends.writeUInt32LE(simd.length, 0);
    ends.writeUInt32LE(simd.length + relaxed.length, 4);
    // Without the header: settings and length, which src/wasm/lzma.ts knows.
    return Buffer.concat([ends, compress(Buffer.concat([simd, relaxed]), 9).subarray(13)]);
  })();
  return packing;
}

/** `import source from "worker:inline"`: the worker's bundle as text, to start a worker from without any address. */
export const inlineWorker = {
  name: "inline-worker",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^worker:inline$/ }, () => ({
      path: worker,
      namespace: "worker",
      sideEffects: false,
    }));
    onLoad({ filter: /.*/, namespace: "worker" }, async () => {
      const { text, inputs } = await bundleWorker();
      return { contents: text, loader: "text", watchFiles: inputs };
    });
  },
};

/** The worker as one minified script for `worker_threads` and for browsers. */
export async function bundleWorker() {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [worker],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    platform: "neutral",
    target: [...targets.node, ...targets.browser],
    metafile: true,
    logLevel: "silent",
  });
  return { text: result.outputFiles[0].text, inputs: Object.keys(result.metafile.inputs) };
}

const compiling = new Map();

/** Compiles one target of asconfig.json unless it is up to date, and gives the path of its binary. */
export function compile(target) {
  if (!compiling.has(target)) compiling.set(target, compileTarget(target));
  return compiling.get(target);
}

async function compileTarget(target) {
  const folder = join(root, "build/wasm");
  const output = join(folder, `${target}.wasm`);
  const stamp = join(folder, `.${target}`);
  const hash = hashOf(wasmInputs);
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return output;
  console.log(`Compiling ${target}.wasm`);
  // In a folder of its own and then moved, so that nobody reads half a file.
  const draft = join(folder, `${target}-${process.pid}`);
  mkdirSync(draft, { recursive: true });
  try {
    await asc(["--target", target, "--outFile", join(draft, `${target}.wasm`)]);
    if (target === "simd") {
      writeFileSync(
        join(folder, "kernels.d.ts"),
        kernelTypes(readFileSync(join(draft, "simd.d.ts"), "utf8")),
      );
    }
    renameSync(join(draft, `${target}.wasm`), output);
    writeFileSync(stamp, hash);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return output;
}

function asc(args) {
  const compiler = join(root, "node_modules/assemblyscript/bin/asc.js");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [compiler, ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`asc ${args[1]} failed\n${output.trim()}`));
    });
  });
}

/** Turns the declarations asc writes for the module's exports into an interface with one method per kernel. */
function kernelTypes(declarations) {
  const methods = declarations
    .split("\n")
    .slice(1, declarations.split("\n").indexOf("}"))
    .filter((line, i, lines) => !/const memory/.test(line) && !/const memory/.test(lines[i + 1] ?? ""))
    .map((line) => line.replace("export function ", ""));
  return `/** The exports of the compiled kernels; generated from assembly/index.ts. */
export interface Kernels {
${methods.join("\n")}
}
export type KernelName = keyof Kernels;
`;
}
