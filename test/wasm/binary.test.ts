import debug from "wasm:debug";
import relaxed from "wasm:relaxed";
import simd from "wasm:simd";
import { withSharedMemory } from "../../src/wasm/binary.js";
import { hasRelaxedSimd, hasSharedMemory, hasSimd } from "../../src/wasm/features.js";
import { assert, suite } from "../harness/suite.js";
import { importsOf, SECTION, sectionsOf } from "./sections.js";

const test = suite("binaries");

const builds: Record<string, Uint8Array<ArrayBuffer>> = { simd, relaxed, debug };
/** Those that this engine can compile. */
const usable = Object.entries(builds).filter(([name]) => name !== "relaxed" || hasRelaxedSimd());

for (const [name, binary] of Object.entries(builds)) {
  test(`${name} imports its memory and nothing else`, () => {
    const imports = importsOf(binary);
    assert.equal(
      imports.map(({ module, name, kind }) => [module, name, kind]),
      [["env", "memory", 2]],
    );
    assert.equal(imports[0]!.limits, [1, 65536]);
  });

  test(`${name} has no data, no globals and no start function, so that threads can share its memory`, () => {
    const sections = sectionsOf(binary);
    assert.ok(sections.has(SECTION.type), "the sections were not read");
    for (const section of ["data", "global", "start"] as const) {
      assert.not(sections.has(SECTION[section]), `there is a ${section} section`);
    }
  });

  test(`${name} with shared memory differs in one flag`, () => {
    const shared = withSharedMemory(binary);
    const changed = [...shared.keys()].filter((i) => shared[i] !== binary[i]);
    assert.is(shared.length, binary.length);
    assert.is(changed.length, 1);
    assert.is(importsOf(binary)[0]!.flags, 1);
    assert.is(importsOf(shared)[0]!.flags, 3);
    assert.equal(withSharedMemory(shared), shared, "doing it twice does no more");
  });
}

test("the kernels are the same in every build, and each ends in a range", () => {
  const exports = usable.map(([, binary]) => WebAssembly.Module.exports(new WebAssembly.Module(binary)));
  for (const other of exports.slice(1)) assert.equal(other, exports[0]);
  const functions = exports[0]!.filter(({ kind }) => kind === "function");
  const others = exports[0]!.filter(({ kind }) => kind !== "function");
  assert.ok(functions.length > 10);
  assert.equal(others, [{ name: "memory", kind: "memory" }]);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(simd), { env: { memory } });
  for (const { name } of functions) {
    const kernel = instance.exports[name] as (...args: number[]) => unknown;
    assert.ok(kernel.length >= 3, `${name} takes ${kernel.length} arguments`);
  }
});

test("shared and plain memory are each refused by the other's binary", () => {
  for (const [name, binary] of usable) {
    const instantiate = (bytes: Uint8Array<ArrayBuffer>, shared: boolean) =>
      new WebAssembly.Instance(new WebAssembly.Module(bytes), {
        env: { memory: new WebAssembly.Memory({ initial: 1, maximum: 65536, shared }) },
      });
    instantiate(binary, false);
    assert.throws(() => instantiate(withSharedMemory(binary), false), /shared/, name);
    if (!hasSharedMemory()) continue;
    instantiate(withSharedMemory(binary), true);
    assert.throws(() => instantiate(binary, true), /shared/, name);
  }
});

test("bytes without an import section stay as they are", () => {
  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  assert.equal(withSharedMemory(empty), empty);
});

test("the probes say what this engine compiles", () => {
  assert.is(hasSimd(), true);
  assert.is(WebAssembly.validate(simd), true);
  assert.is(hasRelaxedSimd(), WebAssembly.validate(relaxed));
  if (globalThis.process) assert.is(hasSharedMemory(), true);
  else assert.is(hasSharedMemory(), globalThis.crossOriginIsolated);
});

test.run();
