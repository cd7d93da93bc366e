import { check } from "../../errors.js";
import { convTranspose2d } from "../../ops/conv-transpose2d.js";
import { conv2d } from "../../ops/conv2d.js";
import { toBlocked } from "../../ops/dense.js";
import { sizes4, type Value } from "../../ops/op.js";
import { pad } from "../../ops/pad.js";
import { paddedDense } from "../../ops/rearrange.js";
import { type Call, type Item, live } from "../item.js";
import { checkLength } from "./moves.js";
import type { Operators } from "./operator.js";
import {
  AUTO_PADS,
  checkGroups,
  checkImages,
  explicitPads,
  type Pads,
  padsOf,
  shared,
  WINDOW_ATTRIBUTES,
  windowOf,
} from "./window.js";

/** x with `fill` around it, or less of it where pads are negative. */
export function paddedBy(call: Call, x: Value, pads: Pads, fill = 0): Value {
  const { top, left, bottom, right } = pads;
  const sides = [top, left, bottom, right];
  if (sides.every((side) => side === 0)) return x;
  if (fill === 0 && sides.every((side) => side >= 0)) {
    return call.graph.add(pad, [x], { ...pads, mode: "zeros" });
  }
  const rank = x.shape.length;
  const [before, after] =
    rank === 3
      ? [[left], [right]]
      : [
          [top, left],
          [bottom, right],
        ];
  const [, , h, w] = sizes4(x.shape);
  for (const length of [h + top + bottom, w + left + right]) checkLength(length);
  const cropped = paddedDense(call.graph, x, [0, 0, ...before!, 0, 0, ...after!], "constant", fill);
  return toBlocked(call.graph, cropped);
}

/** Inputs: x [n, c, h, w] or [n, c, l], w [k, c / groups, kh, kw], b [k] or absent. */
function conv(call: Call): Item {
  const { node } = call;
  checkImages(call.shape(0));
  const x = call.blocked(0);
  const w = call.dense(1);
  const dimensions = x.shape.length - 2;
  check(
    w.shape.length === x.shape.length,
    () => `the weight has the shape [${w.shape}], but the input [${x.shape}].`,
  );
  const groups = node.int("group", 1);
  checkGroups(groups);
  const window = windowOf(node, dimensions, w.shape.slice(2));
  const [, , h, width] = sizes4(x.shape);
  const padded = paddedBy(call, x, padsOf(node, [h, width], window, dimensions));
  const { sh, sw, dh, dw } = window;
  return live(call.graph.add(conv2d, [padded, w, call.denseOr(2)], { sh, sw, dh, dw, groups, flip: false }));
}

/**
 * Padding of a transposed convolution, taken off its output, and rows or columns added after it: from `output_shape`
 * or automatic padding along one axis.
 */
function along(
  call: Call,
  size: number,
  [kernel, stride, dilation, extra]: readonly number[],
  wanted: number | undefined,
  [before, after]: readonly [number, number],
): { before: number; after: number; extra: number } {
  const auto = call.node.word("auto_pad", AUTO_PADS, "NOTSET");
  const full = stride! * (size - 1) + (kernel! - 1) * dilation! + 1 + extra!;
  const target = wanted ?? (auto === "SAME_UPPER" || auto === "SAME_LOWER" ? size * stride! : undefined);
  if (target !== undefined) {
    const total = full - target;
    const [first, last] = shared(Math.max(0, total), auto === "SAME_UPPER" ? "SAME_UPPER" : "SAME_LOWER");
    return { before: first, after: last, extra: extra! + Math.max(0, -total) };
  }
  if (auto === "VALID") return { before: 0, after: 0, extra: extra! };
  return { before, after, extra: extra! };
}

/** Inputs: x [n, c, h, w] or [n, c, l], w [c, k / groups, kh, kw], b [k] or absent. */
function convTranspose(call: Call): Item {
  const { node } = call;
  checkImages(call.shape(0));
  const x = call.blocked(0);
  const w = call.dense(1);
  const dimensions = x.shape.length - 2;
  const groups = node.int("group", 1);
  checkGroups(groups);
  const window = windowOf(node, dimensions, w.shape.slice(2));
  const { kh, kw, sh, sw, dh, dw } = window;
  const more = node.ints("output_padding") ?? Array<number>(dimensions).fill(0);
  const shape = node.ints("output_shape")?.slice(-dimensions);
  const pads = explicitPads(node, dimensions);
  const [, , h, width] = sizes4(x.shape);
  const rows =
    dimensions === 1
      ? { before: 0, after: 0, extra: 0 }
      : along(call, h, [kh, sh, dh, more[0]!], shape?.[0], [pads.top, pads.bottom]);
  const columns = along(call, width, [kw, sw, dw, more.at(-1)!], shape?.at(-1), [pads.left, pads.right]);
  // Negative padding adds zeros where nothing arrives.
  const positive = (side: number): number => Math.max(0, side);
  const y = convTranspose2d(call.graph, x, w, null, {
    ...{ sh, sw, dh, dw, groups },
    top: positive(rows.before),
    bottom: positive(rows.after),
    left: positive(columns.before),
    right: positive(columns.after),
    addH: rows.extra,
    addW: columns.extra,
  });
  const around = paddedBy(call, y, {
    top: positive(-rows.before),
    bottom: positive(-rows.after),
    left: positive(-columns.before),
    right: positive(-columns.after),
  });
  const bias = call.denseOr(2);
  return live(bias ? call.scope.add(around, bias) : around);
}

export const convolutions: Operators = {
  Conv: { attributes: [...WINDOW_ATTRIBUTES, "group"], parameters: [1, 2], run: conv },
  ConvTranspose: {
    attributes: [...WINDOW_ATTRIBUTES, "group", "output_padding", "output_shape"],
    parameters: [1, 2],
    run: convTranspose,
  },
};
