import { check } from "../../errors.js";
import { tensorProto } from "../proto/tensor.js";
import {
  type AttributeProto,
  AttributeType,
  DataType,
  type Draft,
  type ValueInfoProto,
} from "../proto/types.js";
import { encode, writeModel } from "../proto/write.js";
import type { Attribute, OnnxNode, OnnxTensor } from "./writer.js";

/** The version of the file format that came with each opset: the oldest that may name it. */
const IR_VERSIONS: Readonly<Record<number, number>> = {
  ...{ 13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10 },
};
export const OPSETS = { min: 13, max: 21 };
/** package.json's, which a test compares. */
const VERSION = "0.1.0";
/** protobuf's limit. */
const MAX_BYTES = 2 ** 31 - 1;

/** An input or output: sizes are numbers, or names where they are free. */
export interface OnnxPort {
  readonly name: string;
  readonly sizes: readonly (number | string)[];
}

/** Everything that a file holds. */
export interface OnnxFile {
  readonly opset: number;
  readonly name: string;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** The bytes of the file. */
export function fileBytes(file: OnnxFile): Uint8Array {
  const bytes = file.tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
  check(
    bytes < MAX_BYTES,
    () =>
      `exportOnnx: the weights take ${bytes} bytes, but an ONNX file holds less than 2 GiB. Save them as safetensors ` +
      "with model.save.",
  );
  return writeModel({
    irVersion: IR_VERSIONS[file.opset]!,
    producerName: "featuremap",
    producerVersion: VERSION,
    opsetImport: [{ domain: "", version: file.opset }],
    metadataProps: Object.entries(file.metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: file.name,
      docString: file.description,
      node: file.nodes.map(({ name, type, inputs, outputs, attributes }) => ({
        ...{ name, opType: type, input: inputs, output: outputs },
        attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
      })),
      initializer: file.tensors.map(({ name, dims, data }) =>
        tensorProto(name, { dtype: data instanceof Float32Array ? "float32" : "int64", shape: dims, data }),
      ),
      input: file.inputs.map(portProto),
      output: file.outputs.map(portProto),
    },
  });
}

function portProto({ name, sizes }: OnnxPort): Draft<ValueInfoProto> {
  const dim = sizes.map((size) => (typeof size === "number" ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: DataType.FLOAT, shape: { dim } } } };
}

function attributeProto(name: string, value: Attribute): Draft<AttributeProto> {
  if (typeof value === "number") return { name, type: AttributeType.INT, i: value };
  if (typeof value === "string") return { name, type: AttributeType.STRING, s: encode(value) };
  if ("float" in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: value };
}
