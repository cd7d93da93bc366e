import { type Node, sizes4, type Value } from "../ops/op.js";
import { sizeOf } from "../tensor.js";
import { elementsShown, linksOf, type Reads, type ReadsAlong, readsAlong, readsOf } from "./reads.js";

/** A byte for each place, 1 for those that a unit depends on. */
type Plane = Uint8Array;

/**
 * What a unit depends on of a value: of an activation the pixels of each channel, null for none, and of a dense value its
 * numbers as one plane. Channels of which the same is seen share one plane, so that each is worked on once.
 */
type Seen = (Plane | null)[];

/** Rows and columns, from the first up to, not including, the last. */
export interface PixelWindow {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/**
 * The pixels of an input that a unit of a value is computed from, row by row, 1 for each that is, in whichever channel:
 * found by walking back through the graph, with all holes that strides and dilation leave, and what padding shows again.
 * @param channel of the value; undefined is all of them
 */
export function seenBy(
  nodes: readonly Node[],
  input: Value,
  value: Value,
  [y, x]: readonly [number, number],
  channel: number | undefined,
): Uint8Array {
  const leads = dependents(nodes, input);
  const [, c, h, w] = sizes4(value.shape);
  const unit = new Uint8Array(h * w);
  unit[y * w + x] = 1;
  const units: Seen = Array.from({ length: c }, (_, k) => (k === (channel ?? k) ? unit : null));
  const seen = new Map([[value, value.form === "dense" ? [toElements(units, value)] : units]]);
  for (const node of [...nodes].reverse()) {
    for (const output of node.outputs) {
      const marks = seen.get(output);
      if (!marks) continue;
      seen.delete(output);
      for (const [index, from] of node.inputs.entries()) {
        if (!from || !leads.has(from)) continue;
        const marked = back(node, index, from, output, marks);
        const other = seen.get(from);
        seen.set(from, other ? merged(marked, other) : marked);
      }
    }
  }
  const found = seen.get(input) ?? [];
  const planes = input.form === "dense" && found[0] ? toPlanes(found[0], input) : found;
  return union(planes) ?? new Uint8Array(pixelsOf(input));
}

/** The smallest window that holds all marked pixels; null without any. */
export function hull(seen: Uint8Array, width: number): PixelWindow | null {
  let [top, left, bottom, right] = [Number.POSITIVE_INFINITY, width, 0, 0];
  for (let i = 0; i < seen.length; i++) {
    if (!seen[i]) continue;
    const [y, x] = [Math.floor(i / width), i % width];
    top = Math.min(top, y);
    bottom = y + 1;
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
  }
  return bottom > 0 ? { top, left, bottom, right } : null;
}

/** The values that depend on an input, itself included. */
function dependents(nodes: readonly Node[], input: Value): Set<Value> {
  const found = new Set([input]);
  for (const { inputs, outputs } of nodes) {
    if (inputs.some((value) => value && found.has(value))) for (const output of outputs) found.add(output);
  }
  return found;
}

/** What the marked places of a node's output see of one of its inputs. */
function back(node: Node, index: number, from: Value, output: Value, marks: Seen): Seen {
  const dense = from.form === "dense";
  const shown = elementsShown(node, index);
  if (shown) {
    const elements = output.form === "dense" ? marks[0]! : toElements(marks, output);
    const found = new Uint8Array(sizeOf(from.shape));
    for (let i = 0; i < elements.length; i++) {
      const element = elements[i] ? shown(i) : -1;
      if (element >= 0) found[element] = 1;
    }
    return dense ? [found] : toPlanes(found, from);
  }
  const along = dense ? readsAlong(node, index) : null;
  if (along) return [throughAxis(marks[0]!, along, sizeOf(from.shape))];
  if (!dense && output.form === "blocked") return backByChannels(node, index, from, output, marks);
  if (dense && !node.op.sight && sizeOf(from.shape) === sizeOf(output.shape)) return marks;
  const all = new Uint8Array(dense ? sizeOf(from.shape) : pixelsOf(from));
  all.fill(marks.some((plane) => plane?.includes(1)) ? 1 : 0);
  return Array(dense ? 1 : sizes4(from.shape)[1]).fill(all);
}

function backByChannels(node: Node, index: number, from: Value, output: Value, marks: Seen): Seen {
  const [, c, h, w] = sizes4(from.shape);
  const [rows, columns] = [readsOf(node, from, output, 0), readsOf(node, from, output, 1)];
  const done = new Map<Plane, Plane>();
  const result: Seen = Array(c).fill(null);
  for (const { outs, ins } of linksOf(node, index, from, output)) {
    const plane = union(marks.slice(...outs));
    if (!plane) continue;
    const seen = done.get(plane) ?? through(plane, rows, columns, h, w);
    done.set(plane, seen);
    for (let channel = ins[0]; channel < ins[1]; channel++) {
      const other = result[channel];
      result[channel] = other && other !== seen ? union([other, seen]) : seen;
    }
  }
  return result;
}

/** The numbers that the marked ones read along an axis. */
function throughAxis(marks: Plane, { n, inner, reads }: ReadsAlong, size: number): Plane {
  const seen = new Uint8Array(size);
  for (let i = 0; i < marks.length; i++) {
    if (!marks[i]) continue;
    const outer = Math.floor(i / (reads.length * inner));
    for (const place of reads[Math.floor(i / inner) % reads.length]!)
      seen[(outer * n + place) * inner + (i % inner)] = 1;
  }
  return seen;
}

/** The pixels of h x w that the marked ones read, rows first, then columns. */
function through(marks: Plane, rows: Reads | "all", columns: Reads | "all", h: number, w: number): Plane {
  const seen = new Uint8Array(h * w);
  if (rows === "all" || columns === "all") return seen.fill(marks.includes(1) ? 1 : 0);
  const ow = columns.length;
  const between = new Uint8Array(h * ow);
  for (const [i, places] of rows.entries()) {
    const row = marks.subarray(i * ow, (i + 1) * ow);
    if (!row.includes(1)) continue;
    for (const y of places) for (let j = 0; j < ow; j++) between[y * ow + j]! |= row[j]!;
  }
  for (let y = 0; y < h; y++) {
    const row = between.subarray(y * ow, (y + 1) * ow);
    if (!row.includes(1)) continue;
    for (const [j, places] of columns.entries()) if (row[j]) for (const x of places) seen[y * w + x] = 1;
  }
  return seen;
}

/** All that is marked in one of the planes; null without any. */
function union(planes: Seen): Plane | null {
  const distinct = [...new Set(planes)].filter((plane) => plane !== null);
  if (distinct.length < 2) return distinct[0] ?? null;
  const all = distinct[0]!.slice();
  for (const plane of distinct.slice(1)) for (let i = 0; i < all.length; i++) all[i]! |= plane[i]!;
  return all;
}

/** The same channel by channel. */
function merged(a: Seen, b: Seen): Seen {
  const done = new Map<Plane | null, Map<Plane | null, Plane | null>>();
  return a.map((plane, channel) => {
    const other = b[channel]!;
    const known = done.get(plane) ?? new Map<Plane | null, Plane | null>();
    done.set(plane, known);
    if (!known.has(other)) known.set(other, union([plane, other]));
    return known.get(other)!;
  });
}

/** The numbers of a value, in n, c, h, w order. */
function toElements(planes: Seen, value: Value): Plane {
  const area = pixelsOf(value);
  const size = sizeOf(value.shape);
  const elements = new Uint8Array(size);
  for (let i = 0; i < size / area; i++) {
    const plane = planes[i % planes.length];
    if (plane) elements.set(plane, i * area);
  }
  return elements;
}

/** Its channels. */
function toPlanes(elements: Plane, value: Value): Seen {
  const [n, c] = sizes4(value.shape);
  const area = elements.length / (n * c);
  const image = (i: number, k: number): Plane =>
    elements.subarray((i * c + k) * area, (i * c + k + 1) * area);
  return Array.from({ length: c }, (_, k) => union(Array.from({ length: n }, (_, i) => image(i, k))));
}

function pixelsOf({ shape }: Value): number {
  const [, , h, w] = sizes4(shape);
  return h * w;
}
