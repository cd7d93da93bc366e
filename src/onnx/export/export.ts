import { check, checkCount, checkIs, checkOptions, FeatureMapError } from "../../errors.js";
import { neededNodes } from "../../graph/graph.js";
import type { Feeds, Model, Port, Trace } from "../../layers/model.js";
import type { Value } from "../../ops/op.js";
import { formatShape, type Shape, Tensor } from "../../tensor.js";
import { fileBytes, type OnnxPort, OPSETS } from "./file.js";
import { RULES } from "./rules.js";
import { FIX_BATCH, Writer } from "./writer.js";

/** How a model becomes a file. */
export interface ExportOptions {
  /** Version of ONNX's operators, 13 to 21. Default 17. */
  opset?: number;
  /** Batch size that the file is fixed to. Default: any. */
  batch?: number;
  /** Values of the inputs that decide shapes, where a model has such: they become part of the file. */
  contents?: Feeds;
  /** Further entries of the file's metadata. */
  metadata?: Readonly<Record<string, string>>;
}

const DEFAULT_OPSET = 17;
/** Two batch sizes: what differs between the traces follows the batch. */
const PROBES = [2, 3] as const;

/**
 * The model as an ONNX file, for ONNX Runtime and everything else that reads the format. It computes what `predict`
 * does. Weights keep torch's names, nodes are named after layers, and the metadata has the names of the classes, as JSON
 * under "classes".
 */
export function exportOnnx(model: Model, options: ExportOptions = {}): Uint8Array {
  checkIs(
    typeof model?.trace === "function",
    "exportOnnx: the first argument",
    model,
    "a model, as build gives it",
  );
  checkOptions("exportOnnx", options, ["opset", "batch", "contents", "metadata"]);
  const { opset = DEFAULT_OPSET, batch, contents = {}, metadata = {} } = options;
  checkCount("exportOnnx: opset", opset, OPSETS.min, OPSETS.max);
  if (batch !== undefined) checkCount("exportOnnx: batch", batch);
  const areTexts = Object.values(Object(metadata)).every((value) => typeof value === "string");
  checkIs(areTexts, "exportOnnx: metadata", metadata, "an object of texts");
  checkContents(model, contents);
  checkBatch(model, batch);

  const [first, second] = batch === undefined ? PROBES : [batch, batch];
  const trace = traced(model, first, contents);
  const other = first === second ? trace : traced(model, second, contents);
  checkAlike(trace, other);
  const varies = ({ id, shape }: Value, dimension: number): boolean =>
    other.graph.values[id]!.shape[dimension] !== shape[dimension];

  const inputs = model.ports.filter(({ content }) => !content);
  const free = first === second ? undefined : inputs.find((port) => port.batch === true);
  const out = new Writer({
    opset,
    varies,
    batch: free ? { input: free.name, size: first } : null,
    // In place: a copy of all weights would be as large as the file.
    read: ({ name }) => model.store.floats(model.store.entries.get(name)!),
  });
  const fed = new Map(inputs.map(({ name }) => [name, inputValue(trace, name)]));
  for (const [name, value] of fed) out.bind(value, name);
  for (const node of neededNodes(trace.graph, [...trace.outputs.values()])) {
    const rule = RULES[node.op.name];
    check(
      rule,
      () =>
        `exportOnnx: layer "${node.name}" uses the operation ${node.op.name}, which has no form in ONNX yet.`,
    );
    out.enter(node.name);
    out.bind(node.outputs[0]!, rule(out, node));
  }
  const sizes = (name: string, value: Value): OnnxPort["sizes"] =>
    value.shape.map((size, i) => (!varies(value, i) ? size : size === first ? "batch" : `${name}_${i}`));
  return fileBytes({
    opset,
    name: model.network.type,
    description: `${model.network.type}: ${formatShape(model.inputShape)} to ${formatShape(model.outputShape)}`,
    metadata: {
      ...(model.classes.length > 0 && { classes: JSON.stringify(model.classes) }),
      ...metadata,
    },
    ...out.finish([...fed.keys()], trace.outputs),
    inputs: inputs.map(({ name }) => ({ name, sizes: sizes(name, fed.get(name)!) })),
    outputs: [...trace.outputs].map(([name, value]) => ({ name, sizes: sizes(name, value) })),
  });
}

/** The shape of an input for a batch of n. */
function shapeFor({ shape, batch }: Port, n: number): Shape {
  return batch === true ? [n, ...shape.slice(1)] : shape;
}

function inputValue({ graph }: Trace, name: string): Value {
  return graph.values.find((value) => value.origin === "input" && value.name === name)!;
}

function traced(model: Model, n: number, contents: Feeds): Trace {
  const shapes = model.ports.map((port) => [port.name, contents[port.name] ?? shapeFor(port, n)] as const);
  try {
    return model.trace(Object.fromEntries(shapes), false);
  } catch (error) {
    if (!(error instanceof FeatureMapError) || !PROBES.some((probe) => probe === n)) throw error;
    throw new FeatureMapError(
      `exportOnnx: the network does not take a batch of ${n}. ${FIX_BATCH} ${error.message}`,
      { cause: error },
    );
  }
}

/** Throws unless the model can be fixed to that batch size. */
function checkBatch({ ports }: Model, batch: number | undefined): void {
  if (batch === undefined || ports.some((port) => port.batch === true)) return;
  const fixed = ports.find((port) => typeof port.batch === "number");
  check(
    fixed?.batch === batch,
    () =>
      `exportOnnx: batch is ${batch}, but ` +
      (fixed ? `the model takes batches of ${fixed.batch} only.` : "the model has no batch.") +
      " Leave it out.",
  );
}

function checkContents(model: Model, contents: Feeds): void {
  for (const { name, content } of model.ports) {
    check(
      !content || contents[name] instanceof Tensor,
      () =>
        `exportOnnx: the values of the input "${name}" decide shapes, so they must be part of the file. Give them: ` +
        `exportOnnx(model, { contents: { "${name}": tensor([...]) } }).`,
    );
  }
  const names = model.ports.filter(({ content }) => content).map(({ name }) => name);
  const stranger = Object.keys(contents).find((name) => !names.includes(name));
  check(
    stranger === undefined,
    () =>
      `exportOnnx: contents has "${stranger}", which is no input whose values decide shapes. ` +
      `Those are: ${names.join(", ") || "none"}.`,
  );
}

/** Throws unless the network is the same for both batch sizes, apart from shapes. */
function checkAlike(first: Trace, second: Trace): void {
  const [a, b] = [first, second].map(({ graph, outputs }) => neededNodes(graph, [...outputs.values()]));
  const differs = a!.find(({ op, attrs }, i) => {
    const node = b![i];
    return op.name !== node?.op.name || !sameNumbers(attrs, node.attrs);
  });
  check(
    differs === undefined && a!.length === b!.length,
    () =>
      `exportOnnx: ${differs ? `layer "${differs.name}"` : "the network"} computes something else for another batch ` +
      `size. ${FIX_BATCH}`,
  );
}

/** Attributes that may follow the batch: the rules ask the shapes of values instead. */
const SHAPES = ["shape", "axes", "factor"];

function sameNumbers(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return a === b;
  const [left, right] = [a, b].map((one) => Object.entries(one).filter(([key]) => !SHAPES.includes(key)));
  return left!.length === right!.length && left!.every(([, value], i) => sameNumbers(value, right![i]![1]));
}
