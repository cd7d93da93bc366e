import { check, checkCount, show } from "../errors.js";
import type { GraphWriter, Value } from "../ops/op.js";
import { sizes4 } from "../ops/op.js";
import { PADDING_MODES, type PaddingMode, pad } from "../ops/pad.js";

/** Pixels added on each side. */
export interface Sides {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/**
 * Padding as an option: the same on all sides, [height, width], [top, left, bottom, right] (ONNX's order), the sides by
 * name, "valid" for none, or "same" for an output of ceil(in / stride), the odd pixel going after.
 */
export type Padding = number | readonly number[] | Partial<Sides> | "same" | "valid";

/** What padding "same" needs to know of a window. */
interface Span {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
}

function same(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
): [before: number, after: number] {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + (kernel - 1) * dilation + 1 - size);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** The four sides that an option means for an input. In one dimension only left and right count. */
export function sidesOf(what: string, padding: Padding, x: Value, { kernel, stride, dilation }: Span): Sides {
  const [, , h, w] = sizes4(x.shape);
  const flat = x.shape.length === 3;
  if (padding === "valid") return { top: 0, left: 0, bottom: 0, right: 0 };
  if (padding === "same") {
    const [top, bottom] = flat ? [0, 0] : same(h, kernel[0], stride[0], dilation[0]);
    const [left, right] = same(w, kernel[1], stride[1], dilation[1]);
    return { top, left, bottom, right };
  }
  const sides = explicit(what, padding, flat);
  for (const [side, amount] of Object.entries(sides)) {
    checkCount(`${what}: padding ${side}`, amount, 0);
  }
  return sides;
}

function explicit(what: string, padding: Exclude<Padding, string>, flat: boolean): Sides {
  if (typeof padding === "number") {
    return { top: flat ? 0 : padding, left: padding, bottom: flat ? 0 : padding, right: padding };
  }
  if (Array.isArray(padding)) {
    if (flat && padding.length === 2) return { top: 0, left: padding[0], bottom: 0, right: padding[1] };
    if (!flat && padding.length === 2) {
      return { top: padding[0], left: padding[1], bottom: padding[0], right: padding[1] };
    }
    check(
      padding.length === 4 && !flat,
      () =>
        `${what}: padding ${show(padding)} has ${padding.length} numbers; ` +
        (flat
          ? "one dimension takes [before, after]."
          : "give [height, width] or [top, left, bottom, right]."),
    );
    return { top: padding[0], left: padding[1], bottom: padding[2], right: padding[3] };
  }
  check(
    typeof padding === "object" && padding !== null,
    () =>
      `${what}: padding is ${show(padding)}; give a number, [height, width], four sides, "same" or "valid".`,
  );
  const { top = 0, left = 0, bottom = 0, right = 0, ...others } = padding as Partial<Sides>;
  check(
    Object.keys(others).length === 0,
    () =>
      `${what}: padding has no side "${Object.keys(others)[0]}"; the sides are top, left, bottom and right.`,
  );
  return { top, left, bottom, right };
}

/** Throws unless the mode is one of {@link PADDING_MODES}. */
export function checkMode(what: string, mode: PaddingMode): void {
  check(
    PADDING_MODES.includes(mode),
    () => `${what}: padding mode ${show(mode)} is unknown; use ${PADDING_MODES.join(", ")}.`,
  );
}

/** Adds the padding op, unless there is nothing to pad. */
export function padded(graph: GraphWriter, x: Value, sides: Sides, mode: PaddingMode): Value {
  const none = sides.top + sides.left + sides.bottom + sides.right === 0;
  return none ? x : graph.add(pad, [x], { ...sides, mode });
}
