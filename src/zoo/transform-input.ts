import type { Layer } from "../layers/layer.js";
import { channelScale } from "../ops/channel-scale.js";
import { imagenet } from "./entry.js";

/** Pictures with numbers from -1 to 1, as networks trained with TensorFlow expect them. */
export const HALVES = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;

/**
 * From inputs normalised for torchvision's other networks to numbers from -1 to 1: torchvision's `transform_input`, for
 * weights that come from TensorFlow.
 */
export function transformInput(): Layer {
  const { mean, std } = imagenet.preprocessing;
  return {
    type: "TransformInput",
    apply: (scope, x) =>
      scope.op(channelScale, [x], {
        scale: std.map((s, c) => s / HALVES.std[c]!),
        shift: mean.map((m, c) => (m - HALVES.mean[c]!) / HALVES.std[c]!),
      }),
  };
}
