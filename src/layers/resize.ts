import { check, checkCount, checkFlags, checkIs, checkNumber, checkOptions } from "../errors.js";
import { depthToSpace, spaceToDepth } from "../ops/depth-to-space.js";
import { type GraphWriter, sizes4, type Value } from "../ops/op.js";
import { resized2d, type Taps } from "../ops/resample.js";
import { pair, type Size2 } from "../ops/shape.js";
import { formatShape } from "../tensor.js";
import type { Layer } from "./layer.js";
import { composed } from "./simple.js";

/** Options of {@link upsample}: size or scale, one of them. */
export interface UpsampleOptions {
  /** [height, width] of the output. */
  size?: Size2;
  /** How many times as high and wide the output is. */
  scale?: number | readonly [number, number];
  /** Each output pixel shows the nearest pixel, or a mean of its four neighbours. Default "nearest". */
  mode?: "nearest" | "bilinear";
  /** The corners' pixels lie on the corners, rather than half a pixel inside. Default false. */
  alignCorners?: boolean;
}

/** The taps of `count` pixels that show the nearest of `size` ones; `step` input pixels lie between neighbours. */
function nearest(size: number, count: number, step: number): Taps {
  // In single precision, as torch does, so that the same pixel is the nearest.
  const place = (i: number): number => Math.floor(Math.fround(i * Math.fround(step)));
  return Array.from({ length: count }, (_, i) => [{ index: Math.min(place(i), size - 1), weight: 1 }]);
}

/** The taps of `count` pixels between `size` ones. */
function linear(size: number, count: number, step: number, alignCorners: boolean): Taps {
  return Array.from({ length: count }, (_, i) => {
    const even = count > 1 ? (i * (size - 1)) / (count - 1) : 0;
    const place = alignCorners ? even : Math.max(0, (i + 0.5) * step - 0.5);
    const index = Math.min(Math.floor(place), size - 1);
    const weight = place - index;
    return index === size - 1 || weight === 0
      ? [{ index, weight: 1 }]
      : [
          { index, weight: 1 - weight },
          { index: index + 1, weight },
        ];
  });
}

/** Checks the options and returns what adds the resizing to a graph. */
export function upsampling(options: UpsampleOptions): (graph: GraphWriter, x: Value) => Value {
  checkOptions("upsample", options, ["size", "scale", "mode", "alignCorners"]);
  const { size, scale, mode = "nearest", alignCorners = false } = options;
  check(
    (size === undefined) !== (scale === undefined),
    "upsample: give either size, as in { size: [64, 64] }, or scale, as in { scale: 2 }.",
  );
  checkIs(mode === "nearest" || mode === "bilinear", "upsample: mode", mode, '"nearest" or "bilinear"');
  checkFlags("upsample", { alignCorners });
  check(
    !alignCorners || mode === "bilinear",
    'upsample: alignCorners has a meaning only with mode "bilinear". Leave it out.',
  );
  const sizes = size === undefined ? null : pair("upsample: size", size, 1);
  const scales = typeof scale === "number" ? [scale, scale] : scale;
  for (const factor of scales ?? []) checkNumber("upsample: scale", factor, { above: 0 });
  checkIs(scales === undefined || scales.length === 2, "upsample: scale", scale, "a number, or two");
  const taps = (axis: 0 | 1, from: number): Taps | null => {
    const count = sizes ? sizes[axis] : Math.floor(from * scales![axis]!);
    check(count >= 1, () => `upsample: a scale of ${scales![axis]} leaves nothing of ${from} pixels.`);
    const step = sizes ? from / count : 1 / scales![axis]!;
    if (count === from && step === 1) return null;
    return mode === "nearest" ? nearest(from, count, step) : linear(from, count, step, alignCorners);
  };
  return (graph, x) => {
    check(
      x.shape.length === 4,
      () => `upsample: the input has shape ${formatShape(x.shape)}, but it must be [n, c, h, w].`,
    );
    const [, , h, w] = sizes4(x.shape);
    return resized2d(graph, x, taps(0, h), taps(1, w));
  };
}

/** [n, c, h, w] with more, or fewer, pixels in between (torch.nn.Upsample, nn.functional.interpolate). */
export function upsample(options: UpsampleOptions, ...none: []): Layer {
  return composed("Upsample", upsampling(options), none);
}

/** Channels become pixels: [n, c factor², h, w] to [n, c, h factor, w factor] (torch.nn.PixelShuffle; Shi et al., 2016). */
export function pixelShuffle(factor: number, ...none: []): Layer {
  checkCount("pixelShuffle: the factor", factor);
  return composed("PixelShuffle", (graph, x) => depthToSpace(graph, x, factor, "CRD"), none);
}

/** Pixels become channels: the inverse of {@link pixelShuffle} (torch.nn.PixelUnshuffle). */
export function pixelUnshuffle(factor: number, ...none: []): Layer {
  checkCount("pixelUnshuffle: the factor", factor);
  return composed("PixelUnshuffle", (graph, x) => spaceToDepth(graph, x, factor, "CRD"), none);
}
