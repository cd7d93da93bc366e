import fc from "fast-check";
import { Tensor, tensor } from "../../src/tensor.js";
import { readNpy, writeNpy } from "../../src/weights/index.js";
import { survivesDamage } from "../harness/damage.js";
import { fixture } from "../harness/fixture.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";

const test = suite("npy");

const ramp = Array.from({ length: 24 }, (_, i) => i);

/** A file built by hand from the text of its header and its data. */
function build(header: string, data: ArrayLike<number> = [], version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const prefix = version === 1 ? 10 : 12;
  const file = new Uint8Array(prefix + text.length + data.length);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, text.length & 255, text.length >> 8]);
  file.set(text, prefix);
  file.set(data, prefix + text.length);
  return file;
}

test("reads what numpy wrote: types, byte orders, versions, Fortran order", async () => {
  const halves = ramp.map((i) => i - 5.5);
  const negative = ramp.map((i) => 0 - i);
  const odd = ramp.map((i) => i % 2);
  const cases: [string, number[], number[]][] = [
    ["f4", [2, 3, 4], halves],
    ["f8-big", [2, 3, 4], halves],
    ["f2", [2, 3, 4], halves],
    ["i8-fortran", [2, 3, 4], ramp],
    ["i4-fortran-big", [2, 3, 4], negative],
    ["i2-version-2", [2, 3, 4], ramp],
    ["u1-version-3", [2, 3, 4], ramp],
    ["i1", [2, 3, 4], negative],
    ["bool", [2, 3, 4], odd],
    ["scalar", [], [2.5]],
    ["vector", [3], [0, 1, 2]],
    ["empty", [2, 0, 3], []],
  ];
  for (const [name, shape, values] of cases) {
    const { shape: found, data } = readNpy(await fixture(`weights/${name}.npy`));
    assert.equal(found, shape, name);
    assert.equal([...data], values, name);
  }
});

test("writes what numpy writes", async () => {
  const shaped = (shape: number[], values: number[]) => new Tensor(Float32Array.from(values), shape);
  assert.equal(
    writeNpy(
      shaped(
        [2, 3, 4],
        ramp.map((i) => i - 5.5),
      ),
    ),
    await fixture("weights/f4.npy"),
  );
  assert.equal(writeNpy(shaped([3], [0, 1, 2])), await fixture("weights/vector.npy"));
  assert.equal(writeNpy(shaped([], [2.5])), await fixture("weights/scalar.npy"));
  assert.equal(writeNpy(shaped([2, 0, 3], [])), await fixture("weights/empty.npy"));
});

test("reads back what it wrote", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4), { maxLength: 5 }), (shape) => {
      const size = shape.reduce((product, n) => product * n, 1);
      const written = new Tensor(
        Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
        shape,
      );
      const back = readNpy(writeNpy(written));
      assert.equal(back.shape, written.shape);
      assert.equal(back.data, written.data);
    }),
    { numRuns: 50, seed: 1 },
  );
});

test("refuses what breaks the format, with the reason", () => {
  const good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";
  const eight = new Uint8Array(8);
  const file = build(good, eight);
  assert.equal(readNpy(file).shape, [2]);
  const changed = (from: string, to: string) => build(good.replace(from, to), eight);
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /x\.npy: this is not an npy file/],
    [new Uint8Array(50), /this is not an npy file/],
    [build(good, eight, 4), /npy format version 4 is unknown/],
    [file.subarray(0, 9), /truncated after 9 bytes/],
    [file.subarray(0, 30), /header should be 58 bytes long, but only 20 follow/],
    [build(good.padEnd(10_001), eight), /an npy header of 10001 bytes is over the limit/],
    [file.subarray(0, file.length - 1), /'<f4' of shape \[2\] takes 8 bytes, but 7 follow/],
    [build(good, new Uint8Array(9)), /takes 8 bytes, but 9 follow/],
    [changed("<f4", "<c8"), /the element type '<c8' is not supported/],
    [changed("<f4", "|O"), /the element type '\|O' is not supported/],
    [changed("<f4", "|f4"), /the element type '\|f4' is not supported/],
    [changed("<f4", ""), /the element type '' is not supported/],
    [changed("'<f4'", "[('a', '<f4')]"), /is not a dictionary of descr/],
    [changed("False", "0"), /is not a dictionary of descr/],
    [changed("(2,)", "(-2,)"), /is not a dictionary of descr/],
    [changed("(2,)", "2"), /is not a dictionary of descr/],
    [changed("'shape'", "'form'"), /is not a dictionary of descr/],
    [changed("'descr'", "'x': 1, 'descr'"), /is not a dictionary of descr/],
    [changed("}", ""), /is not a dictionary of descr/],
    [build("", eight), /is not a dictionary of descr/],
    [changed("(2,)", "(99999999999, 99999999999)"), /takes .* bytes, but 8 follow/],
  ];
  for (const [bytes, pattern] of cases) throwsMessage(() => readNpy(bytes, "x.npy"), pattern);
  throwsMessage(
    () => readNpy(build(good.replace("<f4", "<i4"), [0, 0, 0, 0, 1, 0, 0, 0x7f])),
    /the integer 2130706433 at element 1/,
  );
});

test("a damaged file is read or refused, never anything else", async () => {
  const files = [
    writeNpy(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    ),
    await fixture("weights/i8-fortran.npy"),
  ];
  await survivesDamage(
    files,
    (file) => readNpy(file),
    ({ data }) => assert.ok(data.length <= 200),
    2000,
  );
});

test.run();
