import { checkOptions } from "../../errors.js";
import type { Input } from "../../functional/call.js";
import { conv2d, pad } from "../../functional/windows.js";
import type { Padding } from "../../layers/padding.js";
import type { PaddingMode } from "../../ops/pad.js";
import { pair, type Size2 } from "../../ops/shape.js";
import { Tensor } from "../../tensor.js";
import type { Box, Figure } from "../figure/figure.js";
import { formatNumber } from "../numbers.js";
import { extent, largestDifference, matrixPanel, sized } from "./panels.js";
import { type GrayPicture, grayOf, kernelOf } from "./picture.js";

/** A strided convolution, and the dense one of which it is a part. */
export interface StrideAsSubsampling {
  /** Stride 1, [h, w]. */
  readonly dense: Tensor;
  /** With the stride, [oh, ow]. */
  readonly strided: Tensor;
  /** Every so many rows and columns of `dense`, [oh, ow]. */
  readonly subsampled: Tensor;
  /** Largest distance between `strided` and `subsampled`. */
  readonly largestDifference: number;
  /** The output sizes with the numbers put in: `floor((8 - 3 + 0 + 2) / 2) = 3`. */
  readonly formulas: { readonly height: string; readonly width: string };
  readonly figure: Figure;
}

export interface StrideOptions {
  /** Pixels around the picture. Default 0. */
  readonly padding?: Exclude<Padding, string>;
  /** What the padding shows. Default "zeros". */
  readonly paddingMode?: PaddingMode;
}

/** Pixels up to which those that are kept are marked one by one. */
const MARKED = 300;

/** A stride throws pixels away: strided convolution is the dense one, of which every so many rows and columns are kept. */
export function strideAsSubsampling(
  picture: GrayPicture,
  kernel: Input,
  stride: Size2,
  options: StrideOptions = {},
): StrideAsSubsampling {
  const what = "strideAsSubsampling";
  checkOptions(what, options, ["padding", "paddingMode"]);
  const { padding = 0, paddingMode = "zeros" } = options;
  const x = grayOf(what, picture);
  const w = kernelOf(what, kernel);
  const [sh, sw] = pair(`${what}: stride`, stride, 1);
  const padded = pad(x, padding, paddingMode);
  const dense = conv2d(padded, w);
  const strided = conv2d(padded, w, { stride: [sh, sw] });
  const subsampled = every(dense, sh, sw);
  const difference = largestDifference(strided.data, subsampled.data);

  const formula = (axis: 0 | 1, s: number): string => {
    const [size, k] = [x.shape[axis]!, w.shape[axis]!];
    const p = padded.shape[axis]! - size;
    return `floor((${size} - ${k} + ${p} + ${s}) / ${s}) = ${strided.shape[axis]}`;
  };
  const formulas = { height: formula(0, sh), width: formula(1, sw) };
  const [least, most] = extent([0, ...dense.data]);
  const reach = Math.max(-least, most);
  const range = least < 0 ? ([-reach, reach] as const) : ([0, most] as const);
  const map = least < 0 ? "signed" : "gray";
  const kept = strided.size <= MARKED ? boxes(strided, sh, sw) : undefined;
  return {
    dense,
    strided,
    subsampled,
    largestDifference: difference,
    formulas,
    figure: {
      title: `A stride of ${sh === sw ? sh : `${sh} × ${sw}`} keeps one of ${sh * sw} pixels`,
      text:
        "Moving the window by the stride gives the same numbers as moving it by one pixel and keeping every so many rows and columns. " +
        "The others are not even computed.",
      columns: 3,
      panels: [
        matrixPanel(`The picture, ${sized(x)}`, x),
        matrixPanel(`The kernel, ${sized(w)}`, w, { map: "signed" }),
        matrixPanel(`Stride 1: ${sized(dense)}`, dense, {
          map,
          range,
          ...(kept && { boxes: kept, caption: "In boxes: what the stride keeps." }),
        }),
        matrixPanel(`Kept of stride 1: ${sized(subsampled)}`, subsampled, { map, range }),
        matrixPanel(`Convolved with the stride: ${sized(strided)}`, strided, {
          map,
          range,
          caption: `Largest difference from what was kept: ${formatNumber(difference)}.`,
        }),
        {
          kind: "table",
          title: "Output size: floor((in − k + p + s) / s)",
          caption: "in: size of the picture, k: of the kernel, p: padding on both sides together, s: stride.",
          columns: ["", "out"],
          rows: Object.entries(formulas).map(([axis, numbers]) => [axis, numbers.replaceAll("-", "−")]),
        },
      ],
    },
  };
}

/** Every so many rows and columns, from the first on. */
function every(matrix: Tensor, rows: number, columns: number): Tensor {
  const [h = 0, w = 0] = matrix.shape;
  const [oh, ow] = [Math.ceil(h / rows), Math.ceil(w / columns)];
  const kept = Float32Array.from(
    { length: oh * ow },
    (_, i) => matrix.data[Math.floor(i / ow) * rows * w + (i % ow) * columns]!,
  );
  return new Tensor(kept, [oh, ow]);
}

function boxes({ shape: [oh = 0, ow = 0] }: Tensor, sh: number, sw: number): Box[] {
  return Array.from({ length: oh * ow }, (_, i) => ({
    x: (i % ow) * sw,
    y: Math.floor(i / ow) * sh,
    width: 1,
    height: 1,
  }));
}
