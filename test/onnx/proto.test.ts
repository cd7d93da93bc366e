import { readModel, readTensor, text } from "../../src/onnx/proto/read.js";
import { dtypeOf, type HostTensor, readNumbers, tensorProto } from "../../src/onnx/proto/tensor.js";
import { AttributeType, DataType } from "../../src/onnx/proto/types.js";
import { encode, writeModel, writeTensor } from "../../src/onnx/proto/write.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";

const test = suite("ONNX messages");

test("a model is read as it was written", () => {
  const model = {
    irVersion: 8,
    opsetImport: [
      { domain: "", version: 17 },
      { domain: "ai.onnx.ml", version: 2 },
    ],
    producerName: "Prüfung",
    metadataProps: [{ key: "a", value: "b".repeat(300) }],
    graph: {
      name: "g",
      node: [
        {
          input: ["x", "", "w"],
          output: ["y"],
          opType: "Conv",
          attribute: [
            { name: "pads", type: AttributeType.INTS, ints: [0, -1, 2 ** 40, -(2 ** 40)] },
            { name: "alpha", type: AttributeType.FLOAT, f: 0.25 },
            { name: "scales", type: AttributeType.FLOATS, floats: Float32Array.of(1, -2.5) },
            { name: "mode", type: AttributeType.STRING, s: encode("SAME_UPPER") },
          ],
        },
      ],
      input: [
        {
          name: "x",
          type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: "n" }, { dimValue: 3 }, {}] } } },
        },
      ],
    },
  };
  const read = readModel(writeModel(model));
  assert.is(read.irVersion, 8);
  assert.is(read.producerName, "Prüfung");
  assert.equal(read.opsetImport[1], { domain: "ai.onnx.ml", version: 2 });
  assert.is(read.metadataProps[0]!.value!.length, 300);
  const [node] = read.graph!.node;
  assert.equal(node!.input, ["x", "", "w"]);
  const [pads, alpha, scales, mode] = node!.attribute;
  assert.equal(pads!.ints, [0, -1, 2 ** 40, -(2 ** 40)]);
  assert.is(alpha!.f, 0.25);
  assert.equal([...scales!.floats!], [1, -2.5]);
  assert.is(text(mode!.s!), "SAME_UPPER");
  assert.equal(read.graph!.input[0]!.type!.tensorType!.shape!.dim, [{ dimParam: "n" }, { dimValue: 3 }, {}]);
  throwsMessage(() => writeModel({ opset: 7 } as never), /ModelProto has no field "opset"/);
});

const tensors: HostTensor[] = [
  { dtype: "float32", shape: [2, 2], data: Float32Array.of(0, -1.5, Number.POSITIVE_INFINITY, 3e38) },
  { dtype: "float64", shape: [2], data: Float64Array.of(1e300, -0) },
  { dtype: "int8", shape: [2], data: Int8Array.of(-128, 127) },
  { dtype: "int16", shape: [2], data: Int16Array.of(-32768, 32767) },
  { dtype: "int32", shape: [2], data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) },
  { dtype: "int64", shape: [3], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n) },
  { dtype: "uint8", shape: [2], data: Uint8Array.of(0, 255) },
  { dtype: "uint16", shape: [2], data: Uint16Array.of(0, 65535) },
  { dtype: "uint32", shape: [2], data: Uint32Array.of(0, 2 ** 32 - 1) },
  { dtype: "uint64", shape: [2], data: BigUint64Array.of(1n, 2n ** 64n - 1n) },
  { dtype: "bool", shape: [2], data: Uint8Array.of(0, 1) },
  { dtype: "float32", shape: [], data: Float32Array.of(7) },
  { dtype: "int64", shape: [0, 3], data: new BigInt64Array() },
];

test("numbers of every type are exact, as bytes and as lists", () => {
  for (const tensor of tensors) {
    const proto = tensorProto("t", tensor);
    assert.equal(readNumbers("t", readTensor(writeTensor(proto))), tensor, tensor.dtype);
    const { rawData: _raw, ...rest } = proto;
    const { data, dtype } = tensor;
    const listed =
      dtype === "float32"
        ? { floatData: data as Float32Array }
        : dtype === "float64"
          ? { doubleData: data as Float64Array }
          : dtype === "int64"
            ? { int64Data: data as BigInt64Array }
            : dtype.startsWith("uint") && /32|64/.test(dtype)
              ? { uint64Data: BigUint64Array.from(data as Uint32Array, BigInt) }
              : { int32Data: Int32Array.from(data as Int8Array) };
    assert.equal(readNumbers("t", readTensor(writeTensor({ ...rest, ...listed }))), tensor, dtype);
  }
  const halves = { dims: [2], dataType: DataType.FLOAT16, int32Data: Int32Array.of(0x3e00, 0xc000) };
  assert.equal([...readNumbers("t", readTensor(writeTensor(halves))).data], [1.5, -2]);
  const brains = { dims: [2], dataType: DataType.BFLOAT16, rawData: Uint8Array.of(0xc0, 0x3f, 0x00, 0xc0) };
  assert.equal([...readNumbers("t", readTensor(writeTensor(brains))).data], [1.5, -2]);
});

test("lists that are not packed are read too", () => {
  // dims: 2, then 1; data type 7; int64 data 5 and -1, each by itself.
  const minusOne = [0x38, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
  const bytes = Uint8Array.of(0x08, 2, 0x0a, 1, 1, 0x10, 7, 0x38, 5, ...minusOne);
  const tensor = readNumbers("t", readTensor(bytes));
  assert.equal(tensor, { dtype: "int64", shape: [2, 1], data: BigInt64Array.of(5n, -1n) });
});

test("bytes that are no message are an error that tells where", () => {
  const wrong = (bytes: number[], pattern: RegExp) =>
    throwsMessage(() => readModel(Uint8Array.from(bytes), "a.onnx"), pattern);
  wrong(
    [0x3a],
    /^a\.onnx is not an ONNX file, or is damaged: at byte 1, it ends in the middle of a number\.$/,
  );
  wrong([0x3a, 5, 0x0a], /5 bytes are announced where 1 are left/);
  wrong([0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], /-1 bytes are announced/);
  wrong(Array<number>(12).fill(0xff), /takes more than 10 bytes/);
  wrong([0x93, 0x01], /encoded in a way \(3\) that protobuf does not have/);
  wrong([0x0a, 0], /irVersion is encoded as 2, not as 0/);
  wrong([0x02, 0], /has the number 0/);
  // A graph in an attribute of a node of a graph in ..., two hundred deep.
  let nested: number[] = [];
  for (let i = 200; i >= 0; i--) {
    const { length } = nested;
    const tag = i === 0 ? 0x3a : [0x0a, 0x2a, 0x32][(i - 1) % 3]!;
    nested = [tag, (length & 127) | 128, length >> 7, ...nested];
  }
  wrong(nested, /more than 100 deep/);
  throwsMessage(
    () => dtypeOf("The input", 8),
    /The input has elements of the type STRING, which is not supported/,
  );
  throwsMessage(() => dtypeOf("The input", 99), /type number 99/);
});

test.run();
