import { producer } from "../../graph/graph.js";
import type { LayerRecord } from "../../layers/layer.js";
import { concat } from "../../ops/concat.js";
import { type Node, sizes4, type Value } from "../../ops/op.js";
import { sameShape } from "../../ops/shape.js";
import { type Shape, sizeOf } from "../../tensor.js";
import { joinOf, type Kind, kindOf, linesOf, MOVES, opName } from "./words.js";

/** What becomes one block of a picture: a tensor, and what makes it. */
export interface Unit {
  readonly kind: Kind;
  /** The layer to name when it is chosen; empty for what belongs to the network itself, and for inputs. */
  readonly name: string;
  /** All layers that it stands for. */
  readonly layers: string[];
  /** What makes it, line by line, and what is done to it in its place, as "BN" and "ReLU". */
  readonly lines: string[];
  readonly after: string[];
  /** "+", "×" or "concat" where it brings values together. */
  readonly join: string | undefined;
  /** Of the tensor, batch included. */
  shape: Shape;
  readonly inputs: Unit[];
  /** A composite layer that is shown as one block. */
  readonly module: LayerRecord | undefined;
  /** So many of them, one after the other. */
  times: number;
  /** Only training computes it. */
  readonly training: boolean;
}

/** A graph, or the part of one that a layer has inside. */
export interface Part {
  readonly nodes: readonly Node[];
  readonly records: readonly LayerRecord[];
  /** Where values enter, by what they are called. */
  readonly inputs: ReadonlyMap<Value, string>;
  /** Nodes that prediction runs. */
  readonly needed: ReadonlySet<Node>;
}

interface Growing extends Unit {
  readonly nodes: Node[];
}

/** Whether a name is that of the layer, or of one inside it. */
export const isWithin = (name: string, layer: string): boolean =>
  name === layer || name.startsWith(`${layer}.`);

/**
 * The units of a part in the order in which they are computed. Layers in `closed` are units as a whole. What does not
 * change the shape joins the unit before it. Constants are left out.
 */
export function unitsOf({ nodes, records, inputs, needed }: Part, closed: ReadonlySet<string>): Unit[] {
  const units: Growing[] = [];
  const makers = new Map<Value, Growing>();
  for (const [value, called] of inputs) {
    const unit = inputUnit(value, called);
    units.push(unit);
    makers.set(value, unit);
  }
  const byName = new Map<string, LayerRecord[]>();
  for (const record of records) byName.set(record.name, [...(byName.get(record.name) ?? []), record]);
  /** The outermost closed layer around a node, or the one that it belongs to if it is no composite. */
  const ownerOf = (node: Node): string | undefined => {
    const path = node.name.split(".");
    for (let i = 1; i <= path.length; i++) {
      const name = path.slice(0, i).join(".");
      if (closed.has(name)) return name;
    }
    return byName.get(node.name)?.some(({ composite }) => !composite) ? node.name : undefined;
  };

  let last: { owner: string; unit: Growing } | undefined;
  for (const node of nodes) {
    if (!node.inputs.some((value) => value && makers.has(value))) continue;
    const owner = ownerOf(node);
    let unit: Growing;
    if (owner !== undefined && last?.owner === owner) unit = last.unit;
    else {
      const candidates = byName.get(owner ?? "") ?? [];
      const module = owner !== undefined && closed.has(owner) ? candidates[0] : undefined;
      const kind: Kind = module ? "module" : "other";
      unit = {
        ...{ kind, name: owner ?? "", layers: [], lines: [], after: [], join: undefined },
        ...{ shape: node.outputs[0]!.shape, inputs: [], module, times: 1 },
        ...{ training: !needed.has(node), nodes: [] },
      };
      units.push(unit);
    }
    const uses = owner === undefined ? [] : byName.get(owner)!;
    // A layer that is used again, right away, is another unit.
    const isOver = uses.length > 1 && uses.some(({ output }) => node.outputs.includes(output));
    last = owner === undefined || isOver ? undefined : { owner, unit };
    unit.nodes.push(node);
    for (const value of node.inputs) {
      const maker = value && makers.get(value);
      if (maker && maker !== unit && !unit.inputs.includes(maker)) unit.inputs.push(maker);
    }
    for (const output of node.outputs) makers.set(output, unit);
    unit.shape = node.outputs[0]!.shape;
  }

  const finished = units.map((unit) =>
    unit.kind === "input" ? unit : described(unit, byName, (value) => makers.has(value)),
  );
  const now = new Map<Unit, Growing>(units.map((unit, i) => [unit, finished[i]!]));
  for (const unit of finished) redirect(unit, now);
  for (const { name, output } of records) {
    const maker = makers.get(output);
    const owner =
      finished.find((unit) => unit.module && isWithin(name, unit.name)) ?? (maker && now.get(maker));
    if (owner && !owner.layers.includes(name)) owner.layers.push(name);
  }
  return merged(chained(finished));
}

function inputUnit({ shape }: Value, called: string): Growing {
  return {
    ...{ kind: "input", name: "", layers: [], lines: [called], after: [], join: undefined },
    ...{ shape, inputs: [], module: undefined, times: 1, training: false, nodes: [] },
  };
}

/** With words for what it is. */
function described(
  unit: Growing,
  byName: ReadonlyMap<string, readonly LayerRecord[]>,
  counts: (value: Value) => boolean,
): Growing {
  const { nodes, module, name } = unit;
  const made = (byName.get(name) ?? []).find(({ output }) => {
    const node = producer(output);
    return node !== null && nodes.includes(node);
  });
  const shape = made?.output.shape ?? unit.shape;
  if (module) return { ...unit, shape, lines: [moduleName(module)] };
  const join = joinOf(nodes, counts);
  const type = (byName.get(name) ?? [])[0]?.type ?? opName(nodes[0]!.op.name);
  return {
    ...unit,
    shape,
    kind: join ? "join" : kindOf(nodes),
    join,
    lines: join ? [] : linesOf(type, nodes),
  };
}

/** Containers are called by their names, others by their types. */
export function moduleName({ type, name }: LayerRecord): string {
  return type === "Sequential" || type === "Parallel" ? name.split(".").at(-1)! : type;
}

/**
 * Concatenations of all that came before, as in DenseNet (Huang et al., 2017), are the last one with what is new: the same
 * numbers, and far fewer arrows.
 */
function chained(units: readonly Growing[]): readonly Growing[] {
  const concats = units.filter(({ nodes }) => nodes.length === 1 && nodes[0]!.op === concat);
  // From the last to the first, so that all still have what they read themselves.
  for (const [i, { inputs }] of [...concats.entries()].reverse()) {
    const part = concats
      .slice(0, i)
      .findLast(
        (other) =>
          other.inputs.length < inputs.length && other.inputs.every((input, j) => input === inputs[j]),
      );
    if (part) inputs.splice(0, part.inputs.length, part);
  }
  return units;
}

/** Lets a unit read others in place of what it reads. */
export function redirect({ inputs }: Unit, into: ReadonlyMap<Unit, Unit>): void {
  inputs.splice(0, inputs.length, ...inputs.map((input) => into.get(input) ?? input));
}

/** Units that change nothing of the shape joined to those before them. */
function merged(units: readonly Growing[]): Unit[] {
  const readers = new Map<Unit, number>();
  for (const { inputs } of units)
    for (const input of inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  const into = new Map<Unit, Unit>();
  const kept: Unit[] = [];
  for (const unit of units) {
    redirect(unit, into);
    const [before] = unit.inputs;
    const joins = unit.inputs.length === 1 && before!.kind !== "input" && before!.times === 1;
    // What another unit reads too stays visible as it was.
    if (joins && readers.get(before!) === 1 && isLight(unit, before!)) {
      before!.layers.push(...unit.layers);
      if (!isIdle(unit)) before!.after.push(...unit.lines);
      before!.shape = unit.shape;
      into.set(unit, before!);
      readers.set(before!, readers.get(unit) ?? 0);
    } else kept.push(unit);
  }
  return kept;
}

/** It works on each number at its place, or only writes a single pixel as a vector. */
function isLight(unit: Growing, before: Unit): boolean {
  if (unit.module || unit.nodes.some((node) => (node.op.macs?.(node) ?? 0) > 0)) return false;
  const pixels = (shape: Shape): number => sizeOf(shape.slice(2));
  if (!sameShape(unit.shape, before.shape)) {
    const isFlatten = unit.nodes.every(({ op }) => MOVES.has(op.name));
    return isFlatten && pixels(before.shape) === 1 && pixels(unit.shape) === 1;
  }
  return unit.kind === "other" || isIdle(unit);
}

/** Windows of one pixel that move by one: adaptive pooling to the size that there is. A flattened pixel. */
function isIdle({ kind, nodes, shape }: Growing): boolean {
  if (nodes.every(({ op }) => MOVES.has(op.name))) return true;
  const [, , h, w] = sizes4(shape);
  return (
    kind === "pooling" &&
    nodes.every((node) => {
      const [, , ih, iw] = sizes4(node.inputs[0]!.shape);
      return /^adaptive/.test(node.op.name) && ih === h && iw === w;
    })
  );
}
