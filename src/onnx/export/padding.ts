import type { Node, Value } from "../../ops/op.js";
import type { PadAttrs } from "../../ops/pad.js";
import type { Writer } from "./writer.js";

/** Pixels on each side. */
export type Sides = Omit<PadAttrs, "mode">;

export const NO_SIDES: Sides = { top: 0, left: 0, bottom: 0, right: 0 };

/** Numbers for [n, c, h, w], or for [n, c, l] without those along h. */
export function alongPixels(x: Value, ...pairs: readonly (readonly [h: number, w: number])[]): number[] {
  return pairs.flatMap(([h, w]) => (x.shape.length === 3 ? [w] : [h, w]));
}

/** ONNX's names of the modes; symmetric has none, and circular only from opset 19 on. */
const MODES = { reflect: "reflect", replicate: "edge", circular: "wrap", symmetric: null };

/** A value with a number around it. */
export function padWith(out: Writer, x: Value, { top, left, bottom, right }: Sides, fill: number): string {
  const pads = [0, 0, ...alongPixels(x, [top, left]), 0, 0, ...alongPixels(x, [bottom, right])];
  return out.node("Pad", [out.value(x), out.integers(pads), ...(fill === 0 ? [] : [out.floats([fill])])]);
}

export function padding(out: Writer, { inputs, attrs }: Node<PadAttrs>): string {
  const x = inputs[0]!;
  const { top, left, bottom, right } = attrs;
  if (attrs.mode === "zeros") return padWith(out, x, attrs, 0);
  const mode = attrs.mode === "circular" && out.opset < 19 ? null : MODES[attrs.mode];
  if (mode) {
    const pads = [0, 0, ...alongPixels(x, [top, left]), 0, 0, ...alongPixels(x, [bottom, right])];
    return out.node("Pad", [out.value(x), out.integers(pads)], { mode });
  }
  const axes = [
    { axis: x.shape.length - 2, before: top, after: bottom },
    { axis: x.shape.length - 1, before: left, after: right },
  ];
  return axes
    .filter(({ before, after }) => before + after > 0)
    .reduce((result, { axis, before, after }) => {
      const size = x.shape[axis]!;
      const shown = Array.from({ length: before + size + after }, (_, i) => {
        const at = i - before;
        if (at >= 0 && at < size) return at;
        if (attrs.mode === "circular") return at < 0 ? at + size : at - size;
        return at < 0 ? -at - 1 : 2 * size - at - 1;
      });
      return out.node("Gather", [result, out.integers(shown)], { axis });
    }, out.value(x));
}
