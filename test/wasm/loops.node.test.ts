import relaxed from "wasm:relaxed";
import simd from "wasm:simd";
import { hasRelaxedSimd } from "../../src/wasm/features.js";
import { loopsOf } from "../harness/disassembly.js";
import { assert, skip, suite } from "../harness/suite.js";

const test = suite("compiled kernels");

/** Files whose inner loops are most of the work of every network. */
const HOT = /^(contract|contract-vector|winograd|winograd-(grad-weight|ways|weights))\//;
/** Loops with fewer multiplications run only now and then. */
const MULTIPLICATIONS = 4;

test("no sum of a contraction leaves its register before it is done", () => {
  if (process.arch !== "x64") skip("looks at the instructions of x64 processors");
  const target = hasRelaxedSimd() ? "relaxed" : "simd";
  const hot = loopsOf(target, process.execArgv).filter(
    ({ name, multiplications }) => HOT.test(name) && multiplications >= MULTIPLICATIONS,
  );
  const tiles = new Set(hot.map(({ name }) => name));
  for (const rows of [1, 2, 3, 4]) assert.ok(tiles.has(`contract/tile${rows}`), `tile${rows} was not found`);
  assert.equal(
    hot.filter(({ spills }) => spills > 0),
    [],
  );
});

test("the binaries import the memory and nothing else", () => {
  for (const bytes of [simd, ...(hasRelaxedSimd() ? [relaxed] : [])]) {
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(bytes)));
    assert.equal(imports, [{ module: "env", name: "memory", kind: "memory" }]);
  }
});

test.run();
