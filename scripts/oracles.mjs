// Programs that tests compare with and that nothing else needs, such as ONNX Runtime: test/oracles/package.json lists them.
import { installPrograms } from "./programs.mjs";

/** Installs them into build/oracles, unless they are there. Where that fails it says so, and their tests skip. */
export async function installOracles() {
  if (await installPrograms("test/oracles", "build/oracles", "what tests compare with")) return;
  console.log("npm ci failed: the tests that compare with ONNX Runtime will be skipped.");
}
