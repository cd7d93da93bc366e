import relaxed from "wasm:relaxed";
import simd from "wasm:simd";
import { instantiateSync } from "@assemblyscript/loader";
import { hasRelaxedSimd } from "../../src/wasm/features.js";
import { kernelsOf } from "../../src/wasm/steps.js";
import { assert, suite } from "../harness/suite.js";

const test = suite("AssemblyScript's loader");

test("takes the binaries on a memory of its own, with the same kernels", () => {
  for (const bytes of [simd, ...(hasRelaxedSimd() ? [relaxed] : [])]) {
    const module = new WebAssembly.Module(new Uint8Array(bytes));
    const memory = (): WebAssembly.Memory => new WebAssembly.Memory({ initial: 1, maximum: 65536 });
    const { instance } = instantiateSync(module, { env: { memory: memory() } });
    const own = new WebAssembly.Instance(module, { env: { memory: memory() } });
    const names = (of: WebAssembly.Instance): string[] => kernelsOf(of).map(([name]) => name);
    assert.equal(names(instance), names(own));
    assert.ok(names(instance).includes("contract"));
  }
});

test.run();
