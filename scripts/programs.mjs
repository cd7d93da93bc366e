// Programs that only tests or only the bench compare with. They are large, so they are installed when one is about to run.
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

const patienceMs = 5 * 60_000;

/** Installs what the manifest in the folder `from` lists into the folder `to`, unless it is there. Whether that went well. */
export async function installPrograms(from, to, what) {
  const folder = join(root, to);
  const stamp = join(folder, ".stamp");
  const manifest = ["package.json", "package-lock.json"];
  const lock = hashOf(manifest.map((file) => `${from}/${file}`));
  const installed = () => existsSync(stamp) && readFileSync(stamp, "utf8") === lock;
  if (installed()) return true;
  return exclusively(() => {
    if (installed()) return true;
    console.log(`Installing ${what}: npm ci in ${to}`);
    rmSync(stamp, { force: true });
    mkdirSync(folder, { recursive: true });
    for (const file of manifest) copyFileSync(join(root, from, file), join(folder, file));
    const npm = process.env.npm_execpath;
    const args = [
      "ci",
      "--ignore-scripts",
      // Among the programs is a node, which must not come before the one that runs.
      "--no-bin-links",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ];
    const options = { cwd: folder, stdio: ["ignore", "ignore", "inherit"], timeout: patienceMs };
    try {
      if (npm?.endsWith("js")) execFileSync(process.execPath, [npm, ...args], options);
      else execFileSync("npm", args, { ...options, shell: process.platform === "win32" });
    } catch {
      return false;
    }
    removeOtherPlatforms(folder);
    writeFileSync(stamp, lock);
    return true;
  });
}

/** onnxruntime-node carries all platforms in one package, four fifths of it for nothing. */
function removeOtherPlatforms(folder) {
  const binaries = join(folder, "node_modules/onnxruntime-node/bin");
  for (const version of readdirSync(binaries)) {
    for (const platform of readdirSync(join(binaries, version)))
      if (platform !== process.platform) rmSync(join(binaries, version, platform), { recursive: true });
  }
}
