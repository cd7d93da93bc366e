// Which way of computing a convolution is the fastest, by counting.

import type { Channels, Convolution, Window } from "./contraction.js";
import { LANES, lanesOf, type View } from "./layout.js";
import type { StepWriter } from "./op.js";

/**
 * How a convolution is computed: as it is defined; or by Winograd's way, 3x3 windows in tiles of 4x4 or 2x2 outputs, 5x5
 * windows in tiles of 2x2, 3x3 windows at stride 2 in tiles of 2x2, windows of a single row or column in tiles of 3, four taps at
 * a time, large windows at a stride over an image with a few channels in tiles of a row.
 */
export type ConvAlgorithm =
  | "direct"
  | "winograd4"
  | "winograd2"
  | "winograd2of5"
  | "winograd2at2"
  | "winograd3of4"
  | "winogradStem";
export type TiledWay = Exclude<ConvAlgorithm, "direct">;

/** Square windows: taps and stride, outputs and points of a tile in one dimension; cycles to transform a pair of channels' weights. */
const SQUARES = {
  winograd4: [3, 1, 4, 6, 35],
  winograd2: [3, 1, 2, 4, 20],
  winograd2of5: [5, 1, 2, 6, 48],
  winograd2at2: [3, 2, 2, 5, 26],
} as const;
/** Of a row or a column: the outputs of a tile, and the taps of a run. Of more taps a tile outgrows the kernel's memory. */
const LINE = { outputs: 3, taps: 4, points: 6, mostTaps: 32, weightCycles: 10 };

/** Winograd's ways, in the order of the kernel's numbers for them. */
export const TILED_WAYS: readonly TiledWay[] = [
  "winograd4",
  "winograd2",
  "winograd2of5",
  "winograd2at2",
  "winograd3of4",
  "winogradStem",
];

/** How the outputs of a convolution fall into tiles. */
export interface Tiles {
  /** Outputs of a tile, down and across. */
  readonly h: number;
  readonly w: number;
  /** Products for each pair of channels, for each of the runs that the taps fall into. */
  readonly points: number;
  readonly parts: number;
  readonly weightCycles: number;
}

/** The tiles of a way; null for a window that it does not fit. */
export function tilesOf(way: TiledWay, { kh, kw, sh, sw, dh, dw }: Window): Tiles | null {
  if (dh !== 1 || dw !== 1) return null;
  if (way === "winogradStem") {
    const taps = Math.ceil(kw / sw);
    if (sw === 1 || taps < 3 || taps > 4) return null;
    const { points, weightCycles } = LINE;
    return {
      h: 1,
      w: points + 1 - taps,
      points: points * kh,
      parts: sw,
      weightCycles: weightCycles * kh * sw,
    };
  }
  if (way !== "winograd3of4") {
    const [taps, stride, outputs, points, weightCycles] = SQUARES[way];
    const fits = kh === taps && kw === taps && sh === stride && sw === stride;
    return fits ? { h: outputs, w: outputs, points: points ** 2, parts: 1, weightCycles } : null;
  }
  const taps = kh * kw;
  if (Math.min(kh, kw) > 1 || taps < 3 || taps > LINE.mostTaps || sh !== 1 || sw !== 1) return null;
  const { outputs, points, weightCycles } = LINE;
  const parts = Math.ceil(taps / LINE.taps);
  const [h, w] = kh > 1 ? [outputs, 1] : [1, outputs];
  return { h, w, points, parts, weightCycles: weightCycles * parts };
}

/** Cycles to pack the weight of a tap. */
const PACK_CYCLES = 0.6;

/** Bytes of weights that come from memory, or from a cache that all cores share, in a cycle. */
const BYTES_PER_CYCLE = 5;
/** The share of that time which does not pass behind multiplications. */
const READING_SEEN = 0.5;
/** With fewer channels there is little to gain, and sums in the order of the definition are easier to follow. */
const FEWEST_CHANNELS = 16;
/** Rows with which the microkernel reaches its full speed. */
const FULL_ROWS = 4;

/** About how many cycles it takes on one core, for `n` images, and weights that change between runs or do not. */
function cycles(
  tiles: Tiles | null,
  n: number,
  out: View,
  { outs, ins }: Channels,
  { kh, kw }: Window,
  trained: boolean,
  share: number,
): number {
  const { h, w, points, parts, weightCycles } = tiles ?? {
    ...{ h: 1, w: 1, parts: 1 },
    points: share * kh * kw,
    weightCycles: PACK_CYCLES * kh * kw,
  };
  const count = n * Math.ceil(out.h / h) * Math.ceil(out.w / w);
  const [k, c] = [Math.ceil(outs / LANES) * LANES, Math.ceil(ins / LANES) * LANES];
  const products = (points * parts * c * k * Math.max(count, FULL_ROWS)) / 8;
  const reading = (READING_SEEN * 4 * points * parts * c * k) / BYTES_PER_CYCLE;
  const transforms = tiles ? points * count * (parts * c + k) : 0;
  const weights = trained ? weightCycles * c * k : 0;
  return products + reading + transforms + weights;
}

/** The ways in which a convolution can be computed. */
function waysOf(out: View, x: View, channels: Channels, window: Window): Map<ConvAlgorithm, Tiles | null> {
  const whole = channels.groupOuts === channels.outs && lanesOf(out) === LANES;
  const isImage = lanesOf(x) < LANES;
  const ways = new Map<ConvAlgorithm, Tiles | null>([["direct", null]]);
  for (const way of TILED_WAYS) {
    const tiles = tilesOf(way, window);
    if (tiles && whole && isImage === (way === "winogradStem")) ways.set(way, tiles);
  }
  return ways;
}

/**
 * The way in which a convolution is computed: the fastest, unless the plan says otherwise. `share`: of the windows' taps, those
 * that do not fall on zeros around the image, which the direct way leaves out.
 */
export function chooseConv(plan: StepWriter, conv: Convolution, share: number): ConvAlgorithm {
  const { out, x, weight, channels, window } = conv;
  const ways = waysOf(out, x, channels, window);
  if (plan.convolution) return ways.has(plan.convolution) ? plan.convolution : "direct";
  // The few channels of an image are summed up with the taps of a window.
  const fewest = lanesOf(x) < LANES ? channels.outs : Math.min(channels.ins, channels.outs);
  if (fewest < FEWEST_CHANNELS) return "direct";
  const trained = plan.changes(weight);
  // A prediction has the same bits in a batch of any size.
  const n = trained ? out.n : 1;
  const seen = trained ? share : 1;
  const cost = (way: ConvAlgorithm): number =>
    cycles(ways.get(way)!, n, out, channels, window, trained, seen);
  return [...ways.keys()].reduce((best, way) => (cost(way) < cost(best) ? way : best));
}

/** Cycles to bring the sums of one pair of channels to their places. */
const UNPACKING = 60;

/** Whether the gradient of the weights is computed in tiles of 4x4 outputs. */
export function gradWeightInTiles(
  plan: StepWriter,
  dy: View,
  x: View,
  channels: Channels,
  window: Window,
): boolean {
  if (!waysOf(dy, x, channels, window).has("winograd4")) return false;
  if (plan.convolution) return plan.convolution !== "direct";
  const tiles = dy.n * Math.ceil(dy.h / 4) * Math.ceil(dy.w / 4);
  const k = Math.ceil(channels.outs / LANES) * LANES;
  const c = Math.ceil(channels.ins / LANES) * LANES;
  const inTiles = 36 * tiles * ((c * k) / 8 + c + k) + UNPACKING * c * k;
  return inTiles < (9 * c * k * dy.n * dy.h * dy.w) / 8;
}
