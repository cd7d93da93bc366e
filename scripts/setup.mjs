// Brings a checkout to the point where it can run: dependencies installed, library built. It needs nothing but Node,
// does only what has not been done, and says in one line each what it does.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const at = (...path) => join(root, ...path);

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`featuremap needs Node 20.19 or later; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Installs the dependencies when they are missing or are not those of package-lock.json. */
export async function install() {
  const stamp = at("node_modules", ".featuremap-lock");
  const lock = hashOf(["package-lock.json"]);
  const installed = () => existsSync(stamp) && readFileSync(stamp, "utf8") === lock;
  if (installed()) return;
  await exclusively(() => {
    if (installed()) return;
    // npm writes its own lock file on every install: a newer one means that someone ran npm by hand.
    const own = at("node_modules", ".package-lock.json");
    const byHand = existsSync(own) && statSync(own).mtimeMs >= statSync(at("package-lock.json")).mtimeMs;
    if (!byHand) runNpmCi();
    writeFileSync(stamp, lock);
  });
}

function runNpmCi() {
  console.log("Installing dependencies: npm ci");
  const npm = process.env.npm_execpath;
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const options = { cwd: root, stdio: ["ignore", "ignore", "inherit"] };
  try {
    if (npm?.endsWith("js")) execFileSync(process.execPath, [npm, ...args], options);
    else execFileSync("npm", args, { ...options, shell: process.platform === "win32" });
  } catch {
    console.error("npm ci failed: see above. Is the npm registry reachable?");
    process.exit(1);
  }
}

/** Installs, then builds when an input changed since the last build. */
export async function setup() {
  await install();
  const stale = () =>
    !existsSync(at("build/.stamp")) || readFileSync(at("build/.stamp"), "utf8") !== buildHash();
  if (!stale()) return;
  const { build } = await import("./build.mjs");
  await exclusively(() => stale() && build()).catch(exitWithBuildError);
}

/** esbuild has printed its own errors already. */
export function exitWithBuildError(error) {
  if (!error.errors) console.error(error.message);
  process.exit(1);
}

/** Everything the library's build depends on. */
const buildInputs = [
  "assembly",
  "src",
  "scripts",
  "package.json",
  "package-lock.json",
  "asconfig.json",
  "tsconfig.json",
];

/** Remembers that the build of these very inputs succeeded. */
export function markBuilt(inputsHash) {
  writeFileSync(at("build/.stamp"), inputsHash);
}

/** The content hash of all build inputs, to be taken before a build and kept after it. */
export function buildHash() {
  return hashOf(buildInputs);
}

/** One hash over the contents of files and folders, given relative to the root; what does not exist is left out. */
export function hashOf(inputs) {
  const hash = createHash("sha1");
  for (const file of inputs.flatMap((input) => filesIn(input))) {
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(at(file)));
  }
  return hash.digest("hex");
}

/** The files of a folder and of those inside it, sorted, relative to the root; a file is itself. */
export function filesIn(path) {
  const full = at(path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)).replaceAll("\\", "/"))
    .sort();
}

/** Runs the task while no other process of this checkout runs one, so that two commands can be started at once. */
export async function exclusively(task) {
  const lock = at("build/.lock");
  const owner = join(lock, "pid");
  mkdirSync(at("build"), { recursive: true });
  for (let told = false; ; ) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      if (!isRunning(owner)) {
        rmSync(lock, { recursive: true, force: true });
        continue;
      }
      if (!told) console.log("Waiting for another build of this checkout to finish");
      told = true;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  const unlock = () => rmSync(lock, { recursive: true, force: true });
  process.once("exit", unlock);
  writeFileSync(owner, String(process.pid));
  try {
    return await task();
  } finally {
    unlock();
    process.off("exit", unlock);
  }
}

function isRunning(pidFile) {
  try {
    process.kill(Number(readFileSync(pidFile, "utf8")), 0);
    return true;
  } catch (error) {
    // The folder is made an instant before the file: give its owner a second to write it.
    if (error.code === "ENOENT")
      return existsSync(join(pidFile, "..")) && Date.now() - statSync(join(pidFile, "..")).mtimeMs < 1000;
    return error.code === "EPERM";
  }
}
