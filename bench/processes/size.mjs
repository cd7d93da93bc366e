// Bytes that a page loads: bundled by esbuild from what is published, minified, compressed. Prints JSON.
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** An application that uses the whole of the entry points. */
async function bundle(entries) {
  const contents = entries.map((entry, i) => `export * as entry${i} from "featuremap${entry}";`).join("\n");
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    tsconfigRaw: {},
  });
  return outputFiles[0].contents;
}

const all = ["", "/train", "/functional", "/data", "/weights", "/zoo", "/image", "/onnx", "/inspect"];
const files = [
  [
    "build/featuremap.min.js: index, train, functional, data, weights",
    readFileSync("build/featuremap.min.js"),
  ],
  [
    "build/featuremap.all.min.js: zoo, image, onnx and inspect too",
    readFileSync("build/featuremap.all.min.js"),
  ],
  ["index alone, in an application's bundle", await bundle([""])],
  ["index and zoo", await bundle(["", "/zoo"])],
  ["all entries", await bundle(all)],
  ["kernels, plain SIMD", readFileSync("build/featuremap.simd.wasm")],
  ["kernels, relaxed SIMD", readFileSync("build/featuremap.relaxed.wasm")],
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

const sizes = files.map(([name, bytes]) => ({ name, bytes: bytes.length, gzipped: gzip(bytes) }));
for (const [name, paths] of Object.entries(peers)) {
  const found = paths.map((path) => `build/peers/${path}`);
  if (!found.every((path) => existsSync(path))) continue;
  const contents = found.map((path) => readFileSync(path));
  const sum = (of) => contents.reduce((total, bytes) => total + of(bytes), 0);
  sizes.push({ name, bytes: sum((bytes) => bytes.length), gzipped: sum(gzip) });
}
console.log(JSON.stringify(sizes));
