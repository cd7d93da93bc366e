// `npm run check`: formatting, lint, types and the direction of imports. With --write it repairs what it can instead.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { exitWithBuildError, install, root } from "./setup.mjs";

await install();
const bin = (path) => join(root, "node_modules", path);
const write = process.argv.includes("--write");
const steps = write
  ? [["format and lint", bin("@biomejs/biome/bin/biome"), "check", "--write", "."]]
  : [
      ["format and lint", bin("@biomejs/biome/bin/biome"), "check", "--error-on-warnings", "."],
      ["types", bin("typescript/bin/tsc"), "--noEmit"],
      ["layering", join(root, "scripts/test.mjs"), "layering", "--node"],
    ];

if (!write) {
  // The kernels' types come out of their compilation.
  const { compile } = await import("./plugins.mjs");
  await compile("simd").catch(exitWithBuildError);
}

let failed = false;
for (const [name, ...command] of steps) {
  console.log(`\n${name}`);
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: "inherit" });
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
