import fc from "fast-check";
import { Tensor, tensor } from "../../src/tensor.js";
import { readSafetensors, writeSafetensors } from "../../src/weights/index.js";
import { survivesDamage } from "../harness/damage.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";

const test = suite("safetensors");

/** A file built by hand from its header and data. */
function build(header: unknown, data: ArrayLike<number> = [], headerBytes?: number | bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes ?? text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

const entry = (dtype: string, shape: number[], begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

test("reads a file built by hand", () => {
  // 1.0 and -2.5 in float32, little-endian.
  const data = [0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0];
  const { tensors, metadata } = readSafetensors(
    build({ __metadata__: { format: "pt" }, "fc.weight": entry("F32", [1, 2], 0, 8) }, data),
  );
  assert.equal([...tensors.keys()], ["fc.weight"]);
  assert.equal(tensors.get("fc.weight")!.shape, [1, 2]);
  assert.equal([...tensors.get("fc.weight")!.data], [1, -2.5]);
  assert.equal(metadata, { format: "pt" });
});

test("reads the header at any alignment and in any order, with spaces after it", () => {
  const header = `{"b":${JSON.stringify(entry("F32", [], 1, 5))},"a":${JSON.stringify(entry("U8", [1], 0, 1))}}   `;
  const file = build(header, [7, 0, 0, 0x80, 0x3f]);
  const shifted = new Uint8Array(file.length + 3);
  shifted.set(file, 3);
  const { tensors } = readSafetensors(shifted.subarray(3));
  assert.equal(
    [...tensors].map(([name, { shape, data }]) => [name, shape, [...data]]),
    [
      ["a", [1], [7]],
      ["b", [], [1]],
    ],
  );
});

test("converts every element type", () => {
  const cases: [string, number[], number][] = [
    ["F16", [0x00, 0xc2], -3],
    ["BF16", [0x40, 0xc0], -3],
    ["F64", [0, 0, 0, 0, 0, 0, 0x08, 0xc0], -3],
    ["BOOL", [1], 1],
    ["U8", [200], 200],
    ["I8", [200], -56],
    ["U16", [1, 2], 513],
    ["I16", [0xff, 0xff], -1],
    ["U32", [0, 0, 0, 1], 2 ** 24],
    ["I32", [0xfe, 0xff, 0xff, 0xff], -2],
    ["U64", [5, 0, 0, 0, 0, 0, 0, 0], 5],
    ["I64", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], -1],
  ];
  for (const [dtype, bytes, expected] of cases) {
    const file = build({ x: entry(dtype, [], 0, bytes.length) }, bytes);
    assert.equal([...readSafetensors(file).tensors.get("x")!.data], [expected], dtype);
  }
});

test("refuses numbers that float32 cannot hold", () => {
  const big = [1, 0, 0, 1];
  throwsMessage(
    () => readSafetensors(build({ n: entry("I32", [1], 0, 4) }, big), "m"),
    /m: tensor "n": the integer 16777217 at element 0/,
  );
  throwsMessage(
    () => readSafetensors(build({ n: entry("I64", [], 0, 8) }, [0, 0, 0, 0, 0, 0, 0, 0x80])),
    /-9223372036854775808/,
  );
  throwsMessage(
    () => readSafetensors(build({ n: entry("F64", [], 0, 8) }, [0, 0, 0, 0, 0, 0, 0xe0, 0x7f])),
    /too large for float32/,
  );
});

test("refuses what breaks the format, with the reason", () => {
  const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => entry("F32", shape, begin, end);
  const bytes = (n: number) => new Uint8Array(n);
  const cases: [Uint8Array, RegExp][] = [
    [bytes(0), /w\.st: 0 bytes are too few/],
    [bytes(7), /7 bytes are too few/],
    [build("{}", [], 3), /header should be 3 bytes long, but only 2 follow/],
    [build("{}", [], 2n ** 63n), /header should be 9223372036854775808 bytes/],
    [build("{"), /not valid JSON/],
    [build(new TextDecoder("latin1").decode(bytes(4))), /not valid JSON/],
    [build("[]"), /must be a JSON object/],
    [build("null"), /must be a JSON object/],
    [build("7"), /must be a JSON object/],
    [build({ a: 1 }), /tensor "a": its header entry must be an object/],
    [
      build({ a: entry("F8_E4M3", [1], 0, 1) }, bytes(1)),
      /unknown dtype "F8_E4M3"\. Convert it to one of F32/,
    ],
    [build({ a: { ...f32(0, 4), dtype: undefined } }, bytes(4)), /unknown dtype undefined/],
    [build({ a: f32(0, 4, [-1]) }, bytes(4)), /the shape \[-1\] must be/],
    [build({ a: f32(0, 4, [1.5]) }, bytes(4)), /the shape \[1\.5\] must be/],
    [build({ a: { dtype: "F32", shape: 1, data_offsets: [0, 4] } }, bytes(4)), /the shape 1 must be/],
    [build({ a: { dtype: "F32", shape: [1] } }, bytes(4)), /data_offsets undefined must be/],
    [build({ a: f32(4, 0, [1]) }, bytes(4)), /data_offsets \[4,0\] must be two whole numbers/],
    [build({ a: { ...f32(0, 4), data_offsets: [0, 4, 8] } }, bytes(8)), /data_offsets \[0,4,8\] must be/],
    [
      build({ a: f32(0, 4, [2]) }, bytes(4)),
      /F32 of shape \[2\] takes 8 bytes, but data_offsets \[0, 4\] hold 4/,
    ],
    [build({ a: f32(0, 4, [2 ** 40, 2 ** 40]) }, bytes(4)), /takes .* bytes/],
    [
      build({ a: f32(0, 8), b: f32(4, 12) }, bytes(12)),
      /tensor "b" begins at byte 4 of the data and overlaps/,
    ],
    [
      build({ a: f32(0, 4), b: f32(8, 12) }, bytes(12)),
      /tensor "b" begins at byte 8 .* leaves a gap .* ends at 4/,
    ],
    [build({ a: f32(4, 8) }, bytes(8)), /tensor "a" begins at byte 4 .* gap/],
    [build({ a: f32(0, 8) }, bytes(7)), /tensor "a" ends at byte 8 of the data, of which there are only 7/],
    [build({ a: f32(0, 4) }, bytes(6)), /2 bytes follow the last tensor/],
    [build({}, bytes(1)), /1 bytes follow the last tensor/],
    [
      build(`{"a":${JSON.stringify(f32(0, 4))},"a":${JSON.stringify(f32(0, 4))}}`, bytes(4)),
      /"a" stands twice/,
    ],
    [
      build(`{"a":${JSON.stringify(f32(0, 4))},"\\u0061":${JSON.stringify(f32(0, 4))}}`, bytes(4)),
      /"a" stands twice/,
    ],
    [
      build('{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}', bytes(4)),
      /"shape" stands twice/,
    ],
    [build({ __metadata__: { n: 1 } }), /the metadata must be an object of texts/],
    [build({ __metadata__: [] }), /the metadata must be an object of texts/],
  ];
  for (const [file, pattern] of cases) throwsMessage(() => readSafetensors(file, "w.st"), pattern);
});

test("refuses a header over 100 MB without parsing it", () => {
  const file = new Uint8Array(8 + 100_000_001);
  new DataView(file.buffer).setBigUint64(0, 100_000_001n, true);
  throwsMessage(() => readSafetensors(file), /a header of 100000001 bytes is over the limit/);
});

test("takes names with quotes, braces and odd characters for what they are", () => {
  const names = ['a"b', "{:}", "\\", "__proto__", "1", "\u2028", "constructor"];
  const file = writeSafetensors(names.map((name, i) => [name, tensor([i])]));
  const { tensors } = readSafetensors(file);
  assert.equal(
    [...tensors].map(([name, { data }]) => [name, data[0]]),
    names.map((name, i) => [name, i]),
  );
});

test("writes the bytes that the format asks for", () => {
  const file = writeSafetensors([["x", tensor([1, -2.5])]], { k: "v" });
  const text = new TextDecoder().decode(file.subarray(8));
  assert.is(new DataView(file.buffer).getBigUint64(0, true) % 8n, 0n);
  assert.match(
    text,
    /^\{"__metadata__":\{"k":"v"\},"x":\{"dtype":"F32","shape":\[2\],"data_offsets":\[0,8\]\}\} *\0\0/,
  );
  assert.equal([...file.subarray(-8)], [0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0]);
});

test("refuses to write a name twice, a reserved name or metadata that is not text", () => {
  const x = tensor([1]);
  throwsMessage(
    () =>
      writeSafetensors([
        ["x", x],
        ["x", x],
      ]),
    /the name "x" is taken/,
  );
  throwsMessage(() => writeSafetensors([["__metadata__", x]]), /the name "__metadata__" is taken/);
  throwsMessage(
    () => writeSafetensors([["x", x]], { n: 1 as unknown as string }),
    /metadata must be an object of texts/,
  );
});

test("reads back what it wrote, in the same order", () => {
  const tensors = fc.uniqueArray(fc.tuple(fc.string(), fc.array(fc.nat(3), { maxLength: 4 }), fc.nat()), {
    selector: ([name]) => name,
    maxLength: 6,
  });
  fc.assert(
    fc.property(tensors, fc.dictionary(fc.string(), fc.string()), (specs, metadata) => {
      const all = specs
        .filter(([name]) => name !== "__metadata__")
        .map(([name, shape, seed]): [string, Tensor] => {
          const size = shape.reduce((product, n) => product * n, 1);
          const data = Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i));
          return [name, new Tensor(data, shape)];
        });
      const file = writeSafetensors(new Map(all), metadata);
      const back = readSafetensors(file);
      assert.equal(Object.entries(back.metadata).sort(), Object.entries(metadata).sort());
      assert.is(back.tensors.size, all.length);
      for (const [name, { shape, data }] of all) {
        assert.equal(back.tensors.get(name)!.shape, shape);
        assert.equal(back.tensors.get(name)!.data, data);
      }
    }),
    { numRuns: 100, seed: 1 },
  );
});

test("a damaged file is read or refused, never anything else", async () => {
  const files = [
    writeSafetensors(
      [
        [
          "conv.weight",
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ],
        ["conv.bias", tensor([5])],
      ],
      { a: "b" },
    ),
    build({ n: entry("I64", [], 0, 8), h: entry("F16", [2], 8, 12) }, new Uint8Array(12)),
  ];
  await survivesDamage(
    files,
    (file) => readSafetensors(file),
    ({ tensors }) => {
      for (const { data } of tensors.values()) assert.ok(data.length <= 20);
    },
    2000,
  );
});

test.run();
