import { fromBfloat16, fromFloat16 } from "../../src/weights/index.js";
import { assert, suite } from "../harness/suite.js";

const test = suite("half precision");
const all = Uint16Array.from({ length: 65536 }, (_, i) => i);

test("every float16 has the value that IEEE 754 says", () => {
  const values = fromFloat16(all);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits >> 15 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    let expected = sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
    if (exponent === 0) expected = sign * 2 ** -14 * (fraction / 1024);
    if (exponent === 31) expected = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    assert.ok(
      Object.is(values[bits], expected),
      `0x${bits.toString(16)}: ${values[bits]}, expected ${expected}`,
    );
  }
});

test("every bfloat16 is a float32 without its lower half", () => {
  const values = fromBfloat16(all);
  const view = new DataView(new ArrayBuffer(4));
  for (let bits = 0; bits < 65536; bits++) {
    view.setUint16(0, bits);
    assert.ok(Object.is(values[bits], view.getFloat32(0)), `0x${bits.toString(16)}: ${values[bits]}`);
  }
});

test.run();
