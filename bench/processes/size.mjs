// Bytes that a page loads: bundled by esbuild from what is published, minified, compressed. Prints JSON.
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const measured = (name, ...files) => ({
  name,
  bytes: files.reduce((sum, file) => sum + file.length, 0),
  gzipped: files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0),
});

/**
 * An application that uses the whole of the entry points: what it loads at first, which is its own script and what that
 * imports, and what it loads only when it is needed.
 */
async function application(name, entries) {
  const contents = entries.map((entry, i) => `export * as entry${i} from "featuremap${entry}";`).join("\n");
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: process.cwd(), sourcefile: "application.js" },
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    outdir: "application",
    chunkNames: "[name]-[hash]",
    format: "esm",
    platform: "browser",
    target: "es2022",
    tsconfigRaw: {},
  });
  const { outputs } = metafile;
  /** A script and everything that it imports, without what is there already. */
  const withImports = (path, there, found = new Set()) => {
    if (there.has(path) || found.has(path)) return found;
    found.add(path);
    for (const { path: next, kind } of outputs[path].imports) {
      if (kind === "import-statement") withImports(next, there, found);
    }
    return found;
  };
  const contentsOf = (paths) =>
    outputFiles.filter(({ path }) => paths.has(`application/${basename(path)}`)).map((file) => file.contents);
  const script = Object.keys(outputs).find((path) => outputs[path].entryPoint?.endsWith("application.js"));
  const first = withImports(script, new Set());
  const late = Object.keys(outputs).filter((path) => outputs[path].entryPoint && path !== script);
  return [
    measured(name, ...contentsOf(first)),
    ...late.map((path) => {
      const what = basename(path).replace(/(-[A-Z0-9]{8})+\.js$/, "");
      return measured(`${name}: ${what}, when needed`, ...contentsOf(withImports(path, first)));
    }),
  ];
}

const all = ["", "/train", "/functional", "/data", "/weights", "/zoo", "/image", "/onnx", "/inspect"];
const files = [
  measured(
    "build/featuremap.min.js: index, train, functional, data, weights",
    readFileSync("build/featuremap.min.js"),
  ),
  measured(
    "build/featuremap.all.min.js: zoo, image, onnx and inspect too",
    readFileSync("build/featuremap.all.min.js"),
  ),
  ...(await application("index alone, in an application's bundle", [""])),
  (await application("index and zoo", ["", "/zoo"]))[0],
  (await application("all entries", all))[0],
  measured("kernels, plain SIMD", readFileSync("build/featuremap.simd.wasm")),
  measured("kernels, relaxed SIMD", readFileSync("build/featuremap.relaxed.wasm")),
];

/** What a page loads to run a network on each peer: files of build/peers, where they are installed. */
const peers = {
  "onnxruntime-web: wasm": [
    "node_modules/onnxruntime-web/dist/ort.wasm.min.mjs",
    "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.mjs",
    "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
  ],
  "TensorFlow.js: core and wasm backend, whole": [
    "node_modules/.pages/tfjs.mjs",
    "node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
  ],
  "LiteRT.js": [
    "node_modules/.pages/litert.mjs",
    "node_modules/@litertjs/core/wasm/litert_wasm_internal.js",
    "node_modules/@litertjs/core/wasm/litert_wasm_internal.wasm",
  ],
};
for (const [name, paths] of Object.entries(peers)) {
  const found = paths.map((path) => `build/peers/${path}`);
  if (found.every((path) => existsSync(path)))
    files.push(measured(name, ...found.map((path) => readFileSync(path))));
}
console.log(JSON.stringify(files));
