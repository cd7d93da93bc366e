import type { Step } from "../graph/builder.js";
import { type Draft, draft, formatSteps } from "../graph/draft.js";
import { roomOf, sizesOf } from "../graph/encode.js";
import { neededNodes } from "../graph/graph.js";
import type { LayerRecord } from "../layers/layer.js";
import type { Model, Outline } from "../layers/model.js";
import type { Storage } from "../ops/layout.js";
import type { Node, Value } from "../ops/op.js";
import { type Shape, sizeOf } from "../tensor.js";
import { algorithmOf } from "./algorithm.js";
import { formulaOf } from "./formula.js";
import { nodesByLayer, outlineOf } from "./layer-nodes.js";
import { NOTHING, type ReceptiveField, receptiveFields } from "./receptive-field.js";
import { formatKernel, type LayerWindow, windowOf } from "./window.js";

/** A layer in a summary. What layers inside it do is counted there, so that sums over all rows are those of the model. */
export interface LayerSummary {
  /** Path of names, as in torch's state_dict: "features.0". Taps take the same names. */
  readonly name: string;
  readonly type: string;
  /** Shapes of what it takes, without the batch. */
  readonly inputs: readonly Shape[];
  /** Shape of its output, without the batch. */
  readonly output: Shape;
  /** Of convolutions and pooling. */
  readonly window?: LayerWindow;
  /** Trained values. */
  readonly parameters: number;
  /** Where that number comes from: "(5 * 5 * 1 + 1) * 6 = 156". */
  readonly formula?: string;
  /** Multiply-adds for one input. */
  readonly macs: number;
  /** Bytes of its output in memory, where channels lie in blocks of 8; 0 for what only training computes. */
  readonly activationBytes: number;
  /** How it is computed: "direct 3×3", "1×1", "depthwise 3×3", "matrix product", ...; "with conv1" of a layer that another one takes over. Empty where nothing is. */
  readonly algorithm: string;
  /** Of several inputs, in the first that the layer depends on. */
  readonly receptiveField: ReceptiveField;
}

/** What a model is made of and what it costs. */
export interface Summary {
  /** Trained values. */
  readonly parameters: number;
  /** Multiply-adds for one input. */
  readonly macs: number;
  /** Bytes of the weights: parameters, and what layers keep besides. */
  readonly weightBytes: number;
  /** Bytes of copies of weights, in the order in which kernels read them. */
  readonly packedBytes: number;
  /**
   * Bytes that the values between the layers take while one input is predicted, of which those that are not needed at the
   * same time share a place, and what a thread works in: each further one needs that again.
   */
  readonly activationBytes: number;
  /** Bytes of the list of steps with its constants, and of input and output as they are handed in and out. */
  readonly tableBytes: number;
  /** Bytes that predicting one input takes, all in all: the sum of those four. */
  readonly peakBytes: number;
  readonly layers: readonly LayerSummary[];
}

/** Layer by layer: shapes, windows, parameters, cost, receptive field. Nothing is computed, and weights are not needed. */
export function summary(model: Model): Summary {
  const outline = outlineOf("summary", model);
  const { graph } = outline;
  const hasBatch = model.ports[0]?.batch !== false;
  const fields = receptiveFields(
    graph.nodes,
    graph.values.filter(({ origin }) => origin === "input"),
  );
  const rows = rowsOf(outline, model.network.type);
  const names = new Set(rows.map(({ name }) => name));
  const plan = draftOf(model, outline);
  const own = nodesByLayer(graph.nodes, names);
  // Auxiliary classifiers are there, but only training computes them.
  const needed = new Set(neededNodes(graph, [...outline.outputs.values()]));
  const steps = stepsByLayer(plan, names);
  const parameters = shapesByLayer(model, outline, names);
  const isComputed = ({ origin }: Value): boolean => typeof origin === "string" || needed.has(origin);
  const withoutBatch = ({ shape }: Value): Shape => (hasBatch ? shape.slice(1) : shape);

  const layers = rows.map(({ name, type, input, output, composite }) => {
    const nodes = own.get(name) ?? [];
    const shapes = parameters.get(name) ?? [];
    const macs = nodes.reduce((sum, node) => sum + (needed.has(node) ? macsOf(node) : 0), 0);
    const window = windowOf(nodes);
    const formula = formulaOf(nodes, shapes);
    return {
      // A layer made of others stands for itself only if it does something of its own, as a residual adds.
      shown: !composite || nodes.some((node) => needed.has(node)) || shapes.length > 0,
      layer: {
        name,
        type,
        inputs: inputsOf(nodes, input).map(withoutBatch),
        output: withoutBatch(output),
        ...(window && { window }),
        parameters: shapes.reduce((sum, shape) => sum + sizeOf(shape), 0),
        ...(formula !== undefined && { formula }),
        macs,
        activationBytes: isComputed(output) ? bytesOf(plan, output) : 0,
        algorithm:
          algorithmOf(steps.get(name) ?? [], window ? formatKernel(window, input.shape.length === 3) : "") ||
          absorberOf(plan, name, output),
        receptiveField: fields.get(output) ?? NOTHING,
      },
    };
  });
  const shown = layers.filter(({ shown }) => shown).map(({ layer }) => layer);
  const total = (of: (layer: LayerSummary) => number): number =>
    shown.reduce((sum, layer) => sum + of(layer), 0);
  return {
    parameters: total((layer) => layer.parameters),
    macs: total((layer) => layer.macs),
    ...memoryOf(model, plan),
    layers: shown,
  };
}

/** The steps that predict one input, a line each: kernel, units of work, arguments, layer. First those that run once. */
export function formatPlan(model: Model): string {
  return formatSteps(draftOf(model, outlineOf("formatPlan", model)).builder);
}

/** The steps of a prediction, drafted with weights that have no place. */
function draftOf({ planning }: Model, { graph, outputs, weights }: Outline): Draft {
  const bound = new Map<Value, Storage>();
  for (const [name, value] of weights) bound.set(value, { name, bytes: value.elements * 4, address: 0 });
  return draft(graph, { ...planning, outputs, bound });
}

/** What a model and its plan for one input take. */
function memoryOf({ store }: Model, { builder }: Draft) {
  const sizes = sizesOf(builder);
  const weightBytes = store.bytes;
  const activationBytes = sizes.arena + sizes.thread;
  const packedBytes = [...builder.copies.values()].reduce(
    (sum, { storage }) => sum + (builder.lasting.has(storage) ? roomOf(storage) : 0),
    0,
  );
  const tableBytes = sizes.constants + sizes.views + sizes.tables + sizes.lasting - packedBytes;
  const peakBytes = weightBytes + packedBytes + activationBytes + tableBytes;
  return { weightBytes, packedBytes, activationBytes, tableBytes, peakBytes };
}

/** What computes a layer's output along with its own. */
function absorberOf({ makers }: Draft, name: string, output: Value): string {
  const maker = makers.get(output)?.name;
  return maker === undefined || maker === name ? "" : `with ${maker}`;
}

/** Bytes of a value as it lies in memory; 0 for one that stays in registers. */
function bytesOf({ builder }: Draft, value: Value): number {
  if (value.form === "dense") return value.elements * 4;
  const view = builder.views.get(value);
  return view ? view.n * view.blocks * view.h * view.w * view.pixel : 0;
}

/** Values that nodes take from others; that of the layer where it has no nodes. */
function inputsOf(nodes: readonly Node[], input: Value): Value[] {
  const inside = new Set(nodes.flatMap(({ outputs }) => outputs));
  const taken = new Set<Value>();
  for (const value of nodes.flatMap(({ inputs }) => inputs)) {
    const isWeight = value?.origin === "parameter" || value?.origin === "buffer";
    if (value && !isWeight && !inside.has(value)) taken.add(value);
  }
  return taken.size === 0 ? [input] : [...taken];
}

function stepsByLayer({ builder }: Draft, names: ReadonlySet<string>): Map<string, Step[]> {
  const steps = new Map<string, Step[]>();
  // Steps of no layer bring the inputs in and the outputs out.
  for (const step of builder.steps.filter(({ layer }) => layer !== "")) {
    const name = names.has(step.layer) ? step.layer : "";
    steps.set(name, [...(steps.get(name) ?? []), step]);
  }
  return steps;
}

/** Shapes of the parameters that count as a layer's. */
function shapesByLayer(model: Model, outline: Outline, names: ReadonlySet<string>): Map<string, Shape[]> {
  const shapes = new Map<string, Shape[]>();
  for (const { name, shape } of model.parameters()) {
    // In an imported network the names of weights are not those of layers; but then one layer uses them.
    const owner = ownerOf(name, names) || userOf(outline, name, names);
    shapes.set(owner, [...(shapes.get(owner) ?? []), shape]);
  }
  return shapes;
}

/** The layers, each after those inside it, and last the network itself, under no name. */
function rowsOf({ records, input, output }: Outline, type: string): LayerRecord[] {
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
function userOf({ graph, weights }: Outline, name: string, layers: ReadonlySet<string>): string {
  const weight = weights.get(name);
  const user = graph.nodes.find(({ inputs }) => weight && inputs.includes(weight));
  return user && layers.has(user.name) ? user.name : "";
}

function macsOf(node: Node): number {
  return node.op.macs?.(node) ?? 0;
}
