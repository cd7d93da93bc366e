import { check, checkCount, checkIs, checkNoMore, show } from "../errors.js";
import type { PaddingMode } from "../ops/pad.js";
import { reshape } from "../ops/reshape.js";
import { formatShape, sizeOf } from "../tensor.js";
import type { Layer } from "./layer.js";
import { checkMode, type Padding, padded, sidesOf } from "./padding.js";

/** All dimensions but the batch in one, in c, h, w order (torch.nn.Flatten). */
export function flatten(...none: []): Layer {
  checkNoMore("flatten", none);
  return {
    type: "Flatten",
    apply: (scope, x) =>
      x.shape.length === 2 ? x : scope.op(reshape, [x], { shape: [x.shape[0]!, sizeOf(x.shape.slice(1))] }),
  };
}

/** The same elements in another shape: [c, h, w] or [features], without the batch (torch.nn.Unflatten and view). */
export function unflatten(shape: readonly number[]): Layer {
  checkIs(Array.isArray(shape), "unflatten: the shape", shape, "an array, [c, h, w] or [features]");
  for (const size of shape) checkCount("unflatten: a size", size);
  return {
    type: "Unflatten",
    apply: (scope, x) => scope.op(reshape, [x], { shape: [x.shape[0]!, ...shape] }),
  };
}

/** Padding as a layer of its own (torch.nn.ZeroPad2d, ReflectionPad2d, ReplicationPad2d, CircularPad2d, and symmetric). */
export function pad(padding: Exclude<Padding, "same" | "valid">, mode: PaddingMode = "zeros"): Layer {
  checkMode("pad", mode);
  check(
    typeof padding !== "string",
    () => `pad: ${show(padding)} has no meaning without a window; give numbers.`,
  );
  return {
    type: "Pad",
    apply(scope, x) {
      check(
        x.shape.length === 3 || x.shape.length === 4,
        () => `pad: the input has shape ${formatShape(x.shape)}, but it must be [n, c, h, w] or [n, c, l].`,
      );
      const one: [number, number] = [1, 1];
      return padded(
        scope.graph,
        x,
        sidesOf("pad", padding, x, { kernel: one, stride: one, dilation: one }),
        mode,
      );
    },
  };
}
