// Debian's Chromium and a static server for it.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { delimiter, extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";
import { isolation } from "./isolation.mjs";
import { root } from "./setup.mjs";

/** Starts headless Chromium with a profile of its own. */
export function launch() {
  return chromium.launch({
    executablePath: findChromium() ?? installChromium(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

/** Whether {@link launch} finds Chromium, or can install it. */
export function hasChromium() {
  return findChromium() !== undefined || canInstall();
}

const canInstall = () => process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");

function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin"];
  const places = [
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ];
  return places.find((path) => existsSync(path));
}

function installChromium() {
  const remedy =
    "Install it, or set CHROMIUM to the path of its executable; `npm test -- --node` runs without it.";
  if (!canInstall()) {
    console.error(`Chromium was not found. ${remedy}`);
    process.exit(1);
  }
  console.log("Installing Chromium: apt-get install chromium");
  const options = {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
  try {
    execFileSync("apt-get", ["update", "-q"], options);
    execFileSync("apt-get", ["install", "-y", "-q", "--no-install-recommends", "chromium"], options);
  } catch {
    console.error(`apt-get could not install Chromium: see above. ${remedy}`);
    process.exit(1);
  }
  return findChromium();
}

const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".png": "image/png",
  ".jpg": "image/jpeg",
};

/** Serves /build and /test/fixtures, and at / a page that runs the test bundle of the folder. */
export async function serve(folder, isolated) {
  const page = `<!doctype html><meta charset="utf-8"><title>featuremap</title><link rel="icon" href="data:,">
<script type="module" src="/${folder}/browser.mjs"></script>`;
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const file = join(root, path);
    const known =
      path === "/" || ((path.startsWith("/build/") || path.startsWith("/test/fixtures/")) && isFile(file));
    const breaks = known && breakingOff(request, file);
    if (breaks) return breaks(response);
    response.writeHead(known ? 200 : 404, {
      "Content-Type": path === "/" ? types[".html"] : (types[extname(path)] ?? "application/octet-stream"),
      "Cache-Control": "no-store",
      ...(isolated ? isolation : {}),
    });
    response.end(!known ? "not found" : path === "/" ? page : readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** With ?break=N in the address, the connection breaks after N bytes; parts of the file are sent whole. */
function breakingOff(request, file) {
  const bytes = Number(new URL(request.url, "http://localhost").searchParams.get("break"));
  if (!bytes) return undefined;
  const whole = readFileSync(file);
  const first = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  return (response) => {
    response.writeHead(first > 0 ? 206 : 200, {
      ETag: '"1"',
      "Content-Length": whole.length - first,
      ...(first > 0 && { "Content-Range": `bytes ${first}-${whole.length - 1}/${whole.length}` }),
    });
    if (first > 0) response.end(whole.subarray(first));
    else response.write(whole.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
  };
}

function isFile(path) {
  return existsSync(path) && statSync(path).isFile();
}
