// Bytes that a page loads: bundled by esbuild from what is published, minified, compressed. Prints JSON.
import { readFileSync } from "node:fs";
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
console.log(
  JSON.stringify(files.map(([name, bytes]) => ({ name, bytes: bytes.length, gzipped: gzip(bytes) }))),
);
