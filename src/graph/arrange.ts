import { contiguous, LANES, type Storage, type View, viewBytes } from "../ops/layout.js";
import { type Node, sizes4, type Value } from "../ops/op.js";

/** Channels up to which an image is kept with its channels interleaved, rather than padded to a block of 8. */
const INTERLEAVED_CHANNELS = 4;

/**
 * Where every blocked value of the nodes lies, in strides: its own storage, or a part of another value's, so that
 * padding and concatenation need no copies.
 */
export function arrange(nodes: readonly Node[], extra: readonly Value[]): Map<Value, View> {
  const readers = new Map<Value, { node: Node; index: number }[]>();
  const values = new Set<Value>(extra);
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
