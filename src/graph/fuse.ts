import type { Node, Value } from "../ops/op.js";

/** Nodes, and which of them each value is computed by or absorbed into. */
export interface Fused {
  readonly nodes: readonly Node[];
  readonly makers: ReadonlyMap<Value, Node>;
}

/**
 * The same computation by fewer nodes: each takes over from its only reader what it can do as well (see Op.absorb). Values
 * in `kept` are computed in any case.
 */
export function fuse(nodes: readonly Node[], kept: ReadonlySet<Value>): Fused {
  const readers = new Map<Value, number>();
  for (const { inputs } of nodes) {
    for (const input of inputs) if (input) readers.set(input, (readers.get(input) ?? 0) + 1);
  }
  const fused: (Node | null)[] = [];
  /** Where the node that computes a value stands. */
  const places = new Map<Value, number>();
  /** The node that does the work of `next` too, and the place of the one it replaces. */
  const absorbed = (next: Node): { node: Node; place: number } | null => {
    const operands = next.inputs.map((input, index) => ({
      index,
      place: input ? places.get(input) : undefined,
    }));
    // What is computed last first: of two convolutions that are added up, the later one adds the earlier one.
    for (const { index, place = -1 } of operands.sort((a, b) => (b.place ?? -1) - (a.place ?? -1))) {
      const input = next.inputs[index];
      const maker = fused[place];
      if (!input || !maker || readers.get(input) !== 1 || kept.has(input)) continue;
      const node = maker.op.absorb?.(maker, next, index);
      if (node) return { node, place };
    }
    return null;
  };
  for (const next of nodes) {
    const found = absorbed(next);
    if (found) {
      fused[found.place] = null;
      for (const [value, place] of places) if (place === found.place) places.set(value, fused.length);
    }
    for (const output of next.outputs) places.set(output, fused.length);
    fused.push(found?.node ?? next);
  }
  return {
    nodes: fused.filter((node) => node !== null),
    makers: new Map([...places].map(([value, place]) => [value, fused[place]!])),
  };
}
