import { neededNodes } from "../../graph/graph.js";
import type { LayerRecord } from "../../layers/layer.js";
import { type Outline, UNUSED } from "../../layers/trace.js";
import type { Value } from "../../ops/op.js";
import { isWithin, moduleName, type Part, redirect, type Unit, unitsOf } from "./units.js";

/** What a picture shows: the network, and below it what its modules have inside. */
export interface Scene {
  readonly units: readonly Unit[];
  readonly insets: readonly Inset[];
}

export interface Inset {
  /** The module that is shown, one of those that are made alike. */
  readonly record: LayerRecord;
  readonly name: string;
  /** How many modules are made so, with any numbers of channels. */
  readonly alike: number;
  readonly units: readonly Unit[];
}

/** More units than this in a module say nothing any more beside the network. */
const MOST_INSIDE = 24;
const MOST_INSETS = 8;

/**
 * The network at a depth: layers whose names have more parts than that are shown as one block. "auto" shows all layers
 * where they are at most `most`, otherwise modules with branches inside as one block each, and equal ones once.
 */
export function sceneOf(outline: Outline, depth: number | "auto", most: number): Scene {
  const whole = wholeOf(outline);
  const composites = whole.records.filter(({ composite }) => composite);
  const closed =
    depth === "auto"
      ? unitsOf(whole, new Set()).length <= most
        ? []
        : modulesOf(whole, composites)
      : composites.filter(({ name }) => name.split(".").length === depth);
  const insides = new Map<string, Unit[]>();
  for (const record of closed) {
    const units = unitsOf(insideOf(whole, record), new Set());
    // With a single block inside, that block says more.
    if (units.filter(({ kind }) => kind !== "input").length > 1) insides.set(record.name, units);
  }
  const units = unitsOf(whole, new Set(insides.keys()));
  const insets = insetsOf(units, insides);
  return { units: depth === "auto" ? withoutRepeats(units, insides) : units, insets };
}

function wholeOf({ graph, records, outputs }: Outline): Part {
  const fed = graph.values.filter(({ origin, name }) => origin === "input" && name !== UNUSED);
  const inputs = new Map(fed.map((value) => [value, fed.length === 1 ? "input" : value.name]));
  return { nodes: graph.nodes, records, inputs, needed: new Set(neededNodes(graph, [...outputs.values()])) };
}

/** What a layer has inside, from what it takes on. */
function insideOf(whole: Part, { name, input }: LayerRecord): Part {
  const nodes = whole.nodes.filter((node) => isWithin(node.name, name));
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const taken = nodes
    .flatMap(({ inputs }) => inputs)
    .filter((value): value is Value => {
      const isWeight = value?.origin === "parameter" || value?.origin === "buffer";
      return value !== null && !isWeight && !made.has(value);
    });
  return {
    ...whole,
    nodes,
    records: whole.records.filter((record) => record.name !== name && isWithin(record.name, name)),
    inputs: new Map([input, ...taken].map((value) => [value, ""])),
  };
}

/** The outermost layers of a kind that branches inside. */
function modulesOf(whole: Part, composites: readonly LayerRecord[]): LayerRecord[] {
  const branching = new Set<string>();
  for (const record of composites) {
    const inner = new Set(
      composites
        .filter(({ name }) => name !== record.name && isWithin(name, record.name))
        .map(({ name }) => name),
    );
    if (!isChain(unitsOf(insideOf(whole, record), inner))) branching.add(record.type);
  }
  const modules = composites.filter(({ type }) => branching.has(type));
  return modules.filter(
    ({ name }) => !modules.some((outer) => outer.name !== name && isWithin(name, outer.name)),
  );
}

const isChain = (units: readonly Unit[]): boolean =>
  units.every(
    ({ inputs }, i) => inputs.length === (i === 0 ? 0 : 1) && (i === 0 || inputs[0] === units[i - 1]),
  );

/** How units hang together, as text: the same for those made alike; with `shapes`, for equal ones. */
function structureOf(units: readonly Unit[], shapes: boolean): string {
  return units
    .map(({ lines, after, join, shape, inputs }) =>
      [...lines, ...after, join, inputs.map((input) => units.indexOf(input)), shapes && shape].join(";"),
    )
    .join("|");
}

function insetsOf(units: readonly Unit[], insides: ReadonlyMap<string, Unit[]>): Inset[] {
  const insets = new Map<string, Inset>();
  for (const { module } of units) {
    const inside = module && insides.get(module.name);
    if (!inside || inside.length > MOST_INSIDE) continue;
    const key = structureOf(inside, false);
    const known = insets.get(key);
    const fresh = { record: module, name: moduleName(module), alike: 0, units: inside };
    insets.set(key, { ...(known ?? fresh), alike: (known?.alike ?? 0) + 1 });
  }
  return [...insets.values()].slice(0, MOST_INSETS);
}

/** Equal modules one after the other become one that is there several times. */
function withoutRepeats(units: readonly Unit[], insides: ReadonlyMap<string, Unit[]>): Unit[] {
  const readers = new Map<Unit, number>();
  for (const { inputs } of units)
    for (const input of inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  const key = ({ module }: Unit): string | undefined =>
    module && insides.has(module.name) ? structureOf(insides.get(module.name)!, true) : undefined;
  const into = new Map<Unit, Unit>();
  const kept: Unit[] = [];
  for (const unit of units) {
    const [before] = unit.inputs;
    const own = key(unit);
    const repeats =
      own !== undefined && unit.inputs.length === 1 && readers.get(before!) === 1 && key(before!) === own;
    redirect(unit, into);
    if (!repeats) kept.push(unit);
    else {
      const first = into.get(before!) ?? before!;
      first.times++;
      first.layers.push(...unit.layers);
      into.set(unit, first);
    }
  }
  return kept;
}
