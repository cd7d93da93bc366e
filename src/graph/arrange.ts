import { contiguous, LANES, type Storage, type View, viewBytes } from "../ops/layout.js";
import { type Node, sizes4, type Value } from "../ops/op.js";
import { sameShape } from "../ops/shape.js";

/** Channels up to which an image is kept with its channels interleaved, rather than padded to a block of 8. */
const INTERLEAVED_CHANNELS = 4;

/**
 * Where every blocked value of the nodes lies, in strides: its own storage, or a part of another value's, so that
 * padding and concatenation need no copies, and what works element by element writes over what nobody else reads.
 * `kept`: values that are written or read from outside.
 */
export function arrange(nodes: readonly Node[], kept: readonly Value[]): Map<Value, View> {
  const readers = new Map<Value, { node: Node; index: number }[]>();
  const values = new Set<Value>(kept);
  for (const node of nodes) {
    node.inputs.forEach((value, index) => {
      if (!value) return;
      values.add(value);
      const list = readers.get(value) ?? [];
      list.push({ node, index });
      readers.set(value, list);
    });
    for (const output of node.outputs) values.add(output);
  }

  /** Whether every reader can take the value with its channels interleaved. */
  const interleavable = (value: Value): boolean =>
    (readers.get(value) ?? []).every(
      ({ node, index }) =>
        node.op.readsInterleaved?.(node, index) ||
        (node.op.transparent === true && interleavable(node.outputs[0]!)),
    );

  const lanes = new Map<Value, number>();
  const markInterleaved = (value: Value, channels: number): void => {
    lanes.set(value, channels);
    for (const { node } of readers.get(value) ?? []) {
      if (node.op.transparent) markInterleaved(node.outputs[0]!, channels);
    }
  };
  for (const value of values) {
    if (value.origin !== "input" || value.form !== "blocked") continue;
    const channels = sizes4(value.shape)[1];
    if (channels <= INTERLEAVED_CHANNELS && readers.has(value) && interleavable(value)) {
      markInterleaved(value, channels);
    }
  }

  const outside = new Set(kept);
  /** Whether anyone but a single reader would notice if the value were written over, or a part of it that is one too. */
  const shared = (value: Value): boolean => {
    const { origin } = value;
    const parts = typeof origin === "object" && origin.op.embed ? origin.inputs : [];
    return (
      outside.has(value) ||
      readers.get(value)?.length !== 1 ||
      parts.some((part) => part !== null && shared(part))
    );
  };
  /** Nodes that write over one of their inputs. */
  const overwriting = new Set<Node>();
  /** The value that is written over this one, if any is. */
  const successor = (value: Value): Value | null => {
    if (shared(value)) return null;
    const { node } = readers.get(value)![0]!;
    const output = node.outputs[0]!;
    if (!node.op.elementwise || overwriting.has(node) || !sameShape(value.shape, output.shape)) return null;
    overwriting.add(node);
    return output;
  };

  const views = new Map<Value, View>();
  const viewOf = (value: Value): View => {
    const known = views.get(value);
    if (known) return known;
    let view: View | null = null;
    for (const { node, index } of readers.get(value) ?? []) {
      if (!node.op.embed || node.inputs.indexOf(value) !== index) continue;
      view = node.op.embed(node, index, viewOf(node.outputs[0]!));
      if (view) break;
    }
    const next = view ? null : successor(value);
    if (next) view = viewOf(next);
    if (!view) {
      const [n, c, h, w] = sizes4(value.shape);
      const pixelLanes = lanes.get(value) ?? LANES;
      const storage: Storage = { name: value.name, bytes: viewBytes(n, c, h, w, pixelLanes) };
      view = contiguous(storage, n, c, h, w, pixelLanes);
    }
    views.set(value, view);
    return view;
  };
  for (const value of values) if (value.form === "blocked") viewOf(value);
  return views;
}
