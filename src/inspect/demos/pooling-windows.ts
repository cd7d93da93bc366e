import { check, checkOptions, show } from "../../errors.js";
import { avgPool2d, globalAvgPool2d, maxPool2d } from "../../functional/windows.js";
import { pair, type Size2 } from "../../ops/shape.js";
import type { Tensor } from "../../tensor.js";
import type { Box, Figure, PicturePanel } from "../figure/figure.js";
import { formatNumber } from "../numbers.js";
import { extent, matrixPanel, sized } from "./panels.js";
import { type GrayPicture, grayOf } from "./picture.js";

export type PoolingKind = "max" | "average" | "global";

export interface PoolingWindows {
  /** The outputs by kind: [oh, ow] of max and average, [1, 1] of the global average. */
  readonly pooled: Readonly<Partial<Record<PoolingKind, Tensor>>>;
  /** Where the windows lie in the picture, row by row. */
  readonly windows: readonly Box[];
  readonly figure: Figure;
}

export interface PoolingWindowsOptions {
  /** Step of the window. Default: its size. */
  readonly stride?: Size2;
  /** One kind of pooling. Default: all three. */
  readonly kind?: PoolingKind;
}

const KINDS: readonly PoolingKind[] = ["max", "average", "global"];

/** Windows that are drawn: with more the picture would be all lines. */
const DRAWN = 64;

/** Max pooling, average pooling and the global average of a picture side by side, with the windows drawn on it. */
export function poolingWindows(
  picture: GrayPicture,
  size: Size2,
  options: PoolingWindowsOptions = {},
): PoolingWindows {
  const what = "poolingWindows";
  checkOptions(what, options, ["stride", "kind"]);
  const { stride = size, kind } = options;
  check(
    kind === undefined || KINDS.includes(kind),
    () => `${what}: kind is ${show(kind)}; it must be ${KINDS.map((name) => show(name)).join(" or ")}.`,
  );
  const x = grayOf(what, picture);
  const [kh, kw] = pair(`${what}: the window`, size, 1);
  const [sh, sw] = pair(`${what}: stride`, stride, 1);
  const maxima = maxPool2d(x, size, { stride });
  const pooled = {
    max: maxima,
    average: avgPool2d(x, size, { stride }),
    global: globalAvgPool2d(x),
  };
  const [oh = 0, ow = 0] = maxima.shape;
  const windows = Array.from({ length: oh * ow }, (_, i) => ({
    x: (i % ow) * sw,
    y: Math.floor(i / ow) * sh,
    width: kw,
    height: kh,
  }));

  const kinds = kind ? [kind] : KINDS;
  const windowed = kinds.some((one) => one !== "global");
  const [least, most] = extent([0, ...x.data]);
  const reach = Math.max(-least, most);
  const range: readonly [number, number] = least < 0 ? [-reach, reach] : [0, most];
  const map = least < 0 ? "signed" : "gray";
  const panelOf: Readonly<Record<PoolingKind, () => PicturePanel>> = {
    max: () =>
      matrixPanel(`Max: ${sized(pooled.max)}`, pooled.max, {
        map,
        range,
        caption:
          "The largest number of each window: whether something is there, wherever in the window it is.",
      }),
    average: () =>
      matrixPanel(`Average: ${sized(pooled.average)}`, pooled.average, {
        map,
        range,
        caption: "The mean of each window: a blurred and smaller picture.",
      }),
    global: () =>
      matrixPanel("Global average: 1 × 1", pooled.global, {
        map,
        range,
        caption: `The mean of the whole channel, ${formatNumber(pooled.global.data[0]!)}: one number, for a picture of any size.`,
      }),
  };
  const drawn = windows.length <= DRAWN ? windows : windows.slice(0, Math.min(ow, DRAWN));
  const overlap = sh < kh || sw < kw;
  const windowsText =
    `${oh} × ${ow} windows of ${kh} × ${kw}, every ${sh === sw ? sh : `${sh} × ${sw}`} pixel${sh * sw === 1 ? "" : "s"}` +
    `${overlap ? ": they overlap" : ""}.`;
  return {
    pooled: Object.fromEntries(kinds.map((one) => [one, pooled[one]])),
    windows,
    figure: {
      title: "Pooling: one number for each window",
      text: "Pooling looks at each channel through windows and keeps one number of each. Nothing is learned.",
      columns: 2,
      panels: [
        matrixPanel(`The picture, ${sized(x)}`, x, {
          map,
          range,
          ...(windowed && {
            boxes: drawn,
            caption: windowsText + (drawn.length < windows.length ? " Drawn: the first row of them." : ""),
          }),
        }),
        ...kinds.map((one) => panelOf[one]()),
      ],
    },
  };
}
