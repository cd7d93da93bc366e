import relaxed from "wasm:relaxed";
import delta from "wasm:relaxed-from-simd";
import simd from "wasm:simd";
import { applyDelta } from "../../src/wasm/delta.js";
import { assert, suite } from "../harness/suite.js";

const test = suite("delta");

test("the relaxed build comes out of the plain one byte by byte, from little", () => {
  assert.equal(applyDelta(simd, delta), relaxed);
  assert.ok(delta.length < relaxed.length / 3, `${delta.length} bytes`);
});

test("literals, copies from before and behind, and an empty target", () => {
  const base = Uint8Array.from({ length: 300 }, (_, i) => i);
  // 3 literals, 4 bytes from 200, no literals, 2 bytes from 10 (194 back), no literals, 1 byte from 299 (287 on).
  const steps = [3, 7, 8, 9, 4, 0x90, 0x03, 0, 2, 0x83, 0x03, 0, 1, 0xbe, 0x04];
  const expected = [7, 8, 9, 200, 201, 202, 203, 10, 11, 299 - 256];
  assert.equal([...applyDelta(base, Uint8Array.from([10, ...steps]))], expected);
  assert.is(applyDelta(base, Uint8Array.of(0)).length, 0);
});

test.run();
