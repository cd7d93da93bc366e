import { neededNodes } from "../graph/graph.js";
import { Plan } from "../graph/plan.js";
import type { LayerRecord } from "../layers/layer.js";
import type { Model, Trace } from "../layers/model.js";
import type { Node } from "../ops/op.js";
import type { Size2 } from "../ops/shape.js";
import { type Shape, sizeOf } from "../tensor.js";
import { formatBytes, formatCount } from "./numbers.js";
import { NOTHING, type ReceptiveField, receptiveFields } from "./receptive-field.js";
import { textTable } from "./text-table.js";

/** A layer in a summary. What layers inside it do is counted there, so that sums over all rows are those of the model. */
export interface LayerSummary {
  /** Path of names, as in torch's state_dict: "features.0". Taps take the same names. */
  readonly name: string;
  readonly type: string;
  /** Shape of its output, without the batch. */
  readonly output: Shape;
  /** Trained values. */
  readonly parameters: number;
  /** Multiply-adds for one input. */
  readonly macs: number;
  /** Of several inputs, in the first that the layer depends on. */
  readonly receptiveField: ReceptiveField;
}

/** What a model is made of and what it costs. */
export interface Summary {
  /** Trained values. */
  readonly parameters: number;
  /** Multiply-adds for one input. */
  readonly macs: number;
  /** Bytes that the values between the layers take while one input is predicted; those that are not needed at the same time share a place. */
  readonly activationBytes: number;
  readonly layers: readonly LayerSummary[];
}

/** Layer by layer: output shape, parameters, multiply-adds, receptive field. Nothing is computed. */
export function summary(model: Model): Summary {
  const hasBatch = model.ports[0]?.batch !== false;
  const trace = model.trace(hasBatch ? [1, ...model.inputShape] : {}, false);
  const inputs = trace.graph.values.filter(({ origin }) => origin === "input");
  const fields = receptiveFields(trace.graph.nodes, inputs);
  const rows = rowsOf(trace, model.network.type);
  const names = new Set(rows.map(({ name }) => name));

  const parameters = new Map<string, number>();
  for (const parameter of model.parameters()) {
    // In an imported network the names of weights are not those of layers; but then one layer uses them.
    const owner = ownerOf(parameter.name, names) || userOf(trace, parameter.name, names);
    parameters.set(owner, (parameters.get(owner) ?? 0) + sizeOf(parameter.shape));
  }
  const macs = new Map<string, number>();
  // Auxiliary classifiers are there, but only training computes them.
  for (const node of neededNodes(trace.graph, [...trace.outputs.values()])) {
    const owner = names.has(node.name) ? node.name : "";
    macs.set(owner, (macs.get(owner) ?? 0) + macsOf(node));
  }

  const layers = rows
    // A layer made of others stands for itself only if it does something of its own, as a residual adds.
    .filter(({ name, composite }) => !composite || parameters.has(name) || macs.has(name))
    .map(({ name, type, output }) => ({
      name,
      type,
      output: hasBatch ? output.shape.slice(1) : output.shape,
      parameters: parameters.get(name) ?? 0,
      macs: macs.get(name) ?? 0,
      receptiveField: fields.get(output) ?? NOTHING,
    }));
  const total = (of: (layer: LayerSummary) => number): number =>
    layers.reduce((sum, layer) => sum + of(layer), 0);
  return {
    parameters: total((layer) => layer.parameters),
    macs: total((layer) => layer.macs),
    activationBytes: activationBytes(model, trace),
    layers,
  };
}

/** The layers, each after those inside it, and last the network itself, under no name. */
function rowsOf({ records, input, output }: Trace, type: string): LayerRecord[] {
  const rows: LayerRecord[] = [];
  const open: LayerRecord[] = [];
  for (const record of records) {
    while (open.length > 0 && !record.name.startsWith(`${open.at(-1)!.name}.`)) rows.push(open.pop()!);
    if (record.composite) open.push(record);
    else rows.push(record);
  }
  rows.push(...open.reverse());
  return [...rows, { name: "", type, input, output, composite: records.length > 0 }];
}

/** The innermost layer that a weight's name is under. */
function ownerOf(name: string, layers: ReadonlySet<string>): string {
  let owner = name;
  while (owner !== "" && !layers.has(owner)) owner = owner.slice(0, Math.max(0, owner.lastIndexOf(".")));
  return owner;
}

/** The first layer that computes with a weight. */
function userOf({ graph, weights }: Trace, name: string, layers: ReadonlySet<string>): string {
  const weight = weights.get(name);
  const user = graph.nodes.find(({ inputs }) => weight && inputs.includes(weight));
  return user && layers.has(user.name) ? user.name : "";
}

function macsOf(node: Node): number {
  return node.op.macs?.(node) ?? 0;
}

function activationBytes(model: Model, { graph, outputs, bound }: Trace): number {
  const plan = new Plan(model.runtime, graph, { outputs, bound }, "The summary");
  try {
    return plan.arenaBytes;
  } finally {
    plan.dispose();
  }
}

/** A summary as a table of at most 100 columns. */
export function formatSummary({ layers, parameters, macs, activationBytes }: Summary): string {
  const table = textTable(
    [
      { title: "Layer", shrinks: true },
      { title: "Type", shrinks: true },
      { title: "Output" },
      { title: "Parameters", right: true },
      { title: "Multiply-adds", right: true },
      { title: "Sees", right: true },
      { title: "Every", right: true },
    ],
    layers.map((layer) => [
      layer.name || "(network)",
      layer.type,
      layer.output.join(" × "),
      layer.parameters === 0 ? "" : formatCount(layer.parameters),
      layer.macs === 0 ? "" : formatCount(layer.macs),
      formatSize(layer.receptiveField.size),
      formatSize(layer.receptiveField.stride),
    ]),
    100,
  );
  return `${table}
Parameters     ${formatCount(parameters)}, ${formatBytes(parameters * 4)}
Multiply-adds  ${formatCount(macs)} for one input
Activations    ${formatBytes(activationBytes)} for one input
Sees, every    size and step of the receptive field in pixels of the input`;
}

/** Nothing where both are 0. */
function formatSize(size: Size2): string {
  const [h, w] = typeof size === "number" ? [size, size] : size;
  return h === 0 && w === 0 ? "" : `${h} × ${w}`;
}
