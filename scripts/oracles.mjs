// Programs that tests compare with and that nothing else needs, such as ONNX Runtime: test/oracles/package.json lists
// them. They are large, so they are installed only when a test that asks for them is about to run.
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { exclusively, hashOf, root } from "./setup.mjs";

const folder = join(root, "build/oracles");
const patienceMs = 5 * 60_000;

/** Installs them into build/oracles, unless they are there. Where that fails it says so, and their tests skip. */
export async function installOracles() {
  const stamp = join(folder, ".stamp");
  const lock = hashOf(["test/oracles"]);
  const installed = () => existsSync(stamp) && readFileSync(stamp, "utf8") === lock;
  if (installed()) return;
  await exclusively(() => {
    if (installed()) return;
    console.log("Installing what tests compare with: npm ci in build/oracles");
    rmSync(stamp, { force: true });
    mkdirSync(folder, { recursive: true });
    for (const file of ["package.json", "package-lock.json"])
      copyFileSync(join(root, "test/oracles", file), join(folder, file));
    const npm = process.env.npm_execpath;
    const args = [
      "ci",
      "--ignore-scripts",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ];
    const options = { cwd: folder, stdio: ["ignore", "ignore", "inherit"], timeout: patienceMs };
    try {
      if (npm?.endsWith("js")) execFileSync(process.execPath, [npm, ...args], options);
      else execFileSync("npm", args, { ...options, shell: process.platform === "win32" });
      removeOtherPlatforms();
      writeFileSync(stamp, lock);
    } catch {
      console.log("npm ci failed: the tests that compare with ONNX Runtime will be skipped.");
    }
  });
}

/** onnxruntime-node carries all platforms in one package, four fifths of it for nothing. */
function removeOtherPlatforms() {
  const binaries = join(folder, "node_modules/onnxruntime-node/bin");
  for (const version of readdirSync(binaries)) {
    for (const platform of readdirSync(join(binaries, version)))
      if (platform !== process.platform) rmSync(join(binaries, version, platform), { recursive: true });
  }
}
