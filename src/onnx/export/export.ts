import { check, checkCount, checkIs, checkOptions } from "../../errors.js";
import { neededNodes } from "../../graph/graph.js";
import type { Model, Trace } from "../../layers/model.js";
import type { Value } from "../../ops/op.js";
import { formatShape } from "../../tensor.js";
import { tensorProto } from "../proto/tensor.js";
import {
  type AttributeProto,
  AttributeType,
  DataType,
  type Draft,
  type ValueInfoProto,
} from "../proto/types.js";
import { encode, writeModel } from "../proto/write.js";
import { RULES } from "./rules.js";
import { type Attribute, Writer } from "./writer.js";

/** How a model becomes a file. */
export interface ExportOptions {
  /** Version of ONNX's operators, 13 to 21. Default 17. */
  opset?: number;
  /** Batch size that the file is fixed to. Default: any. */
  batch?: number;
}

/** The version of the file format that came with each opset: the oldest that may name it. */
const IR_VERSIONS: Readonly<Record<number, number>> = {
  ...{ 13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10 },
};
const DEFAULT_OPSET = 17;
/** protobuf's limit. */
const MAX_BYTES = 2 ** 31 - 1;
/** Two batch sizes: what differs between the traces follows the batch. */
const PROBES = [2, 3] as const;

/**
 * The model as an ONNX file, for ONNX Runtime and everything else that reads the format. It computes what `predict` does.
 * Weights keep torch's names, nodes are named after layers; the names of classes are in its metadata, as JSON under
 * "classes".
 */
export function exportOnnx(model: Model, options: ExportOptions = {}): Uint8Array {
  checkIs(
    typeof model?.trace === "function",
    "exportOnnx: the first argument",
    model,
    "a model, as build gives it",
  );
  checkOptions("exportOnnx", options, ["opset", "batch"]);
  const { opset = DEFAULT_OPSET, batch } = options;
  checkCount("exportOnnx: opset", opset, 13, 21);
  if (batch !== undefined) checkCount("exportOnnx: batch", batch);
  const [trace, other] = (batch === undefined ? PROBES : [batch, batch]).map((n) =>
    model.trace([n, ...model.inputShape], false),
  ) as [Trace, Trace];
  checkAlike(trace, other);

  const out = new Writer({
    opset,
    read: (value) => model.store.read(model.store.entries.get(value.name)!).data,
    varies: ({ id, shape }, dimension) => other.graph.values[id]!.shape[dimension] !== shape[dimension],
  });
  const inputs = new Map([["input", trace.input]]);
  const outputs = new Map([["output", trace.output]]);
  for (const [name, value] of inputs) out.bind(value, name);
  for (const node of neededNodes(trace.graph, [...outputs.values()])) {
    const rule = RULES[node.op.name];
    check(
      rule,
      () =>
        `exportOnnx: layer "${node.name}" uses the operation ${node.op.name}, which has no form in ONNX yet.`,
    );
    out.enter(node.name);
    out.bind(node.outputs[0]!, rule(out, node));
  }
  const { nodes, tensors } = out.finish([...inputs.keys()], outputs);
  const bytes = tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
  check(
    bytes < MAX_BYTES,
    () =>
      `exportOnnx: the weights take ${bytes} bytes, but an ONNX file holds less than 2 GiB. Save them as safetensors.`,
  );

  const ports = (values: ReadonlyMap<string, Value>): Draft<ValueInfoProto>[] =>
    [...values].map(([name, value]) => ({
      name,
      type: {
        tensorType: {
          elemType: DataType.FLOAT,
          shape: {
            dim: value.shape.map((size, i) =>
              out.size(value, i) < 0
                ? { dimParam: size === PROBES[0] ? "batch" : `${name}_${i}` }
                : { dimValue: size },
            ),
          },
        },
      },
    }));
  return writeModel({
    irVersion: IR_VERSIONS[opset]!,
    producerName: "featuremap",
    opsetImport: [{ domain: "", version: opset }],
    metadataProps: model.classes.length > 0 ? [{ key: "classes", value: JSON.stringify(model.classes) }] : [],
    graph: {
      name: model.network.type,
      docString: `${model.network.type}, ${formatShape(model.inputShape)} to ${formatShape(model.outputShape)}`,
      node: nodes.map(({ name, type, inputs: input, outputs: output, attributes }) => ({
        ...{ name, opType: type, input, output },
        attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
      })),
      initializer: tensors.map(({ name, dims, data }) =>
        tensorProto(name, { dtype: data instanceof Float32Array ? "float32" : "int64", shape: dims, data }),
      ),
      input: ports(inputs),
      output: ports(outputs),
    },
  });
}

/** Throws unless the network is the same for both batch sizes. */
function checkAlike({ graph: a }: Trace, { graph: b }: Trace): void {
  const alike =
    a.nodes.length === b.nodes.length && a.nodes.every(({ op }, i) => op.name === b.nodes[i]!.op.name);
  check(
    alike,
    "exportOnnx: the network is made of other operations for another batch size. Give the one it shall have: " +
      "exportOnnx(model, { batch: 1 }).",
  );
}

function attributeProto(name: string, value: Attribute): Draft<AttributeProto> {
  if (typeof value === "number") return { name, type: AttributeType.INT, i: value };
  if (typeof value === "string") return { name, type: AttributeType.STRING, s: encode(value) };
  if ("float" in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: value };
}
