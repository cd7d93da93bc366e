// Which way of computing a convolution is the fastest, by counting.

import type { Channels, Window } from "./contraction.js";
import { LANES, lanesOf, type View } from "./layout.js";
import type { StepWriter, Value } from "./op.js";

/**
 * How a convolution is computed: as it is defined; or by Winograd's way, 3x3 windows in tiles of 4x4 or 2x2 outputs, 5x5
 * windows in tiles of 2x2.
 */
export type ConvAlgorithm = "direct" | "winograd4" | "winograd2" | "winograd2of5";

/** The window and the outputs of a tile, of one dimension; cycles to transform the weights between two channels. */
const TILES = {
  winograd4: { window: 3, outputs: 4, weightCycles: 65 },
  winograd2: { window: 3, outputs: 2, weightCycles: 40 },
  winograd2of5: { window: 5, outputs: 2, weightCycles: 90 },
} as const;
/** Winograd's ways. */
export const TILED_WAYS = Object.keys(TILES) as (keyof typeof TILES)[];
/** Cycles to pack the weight of a tap. */
const PACK_CYCLES = 1;

/** Bytes of weights that come from memory, or from a cache that all cores share, in a cycle. */
const BYTES_PER_CYCLE = 5;
/** With fewer channels there is little to gain, and sums in the order of the definition are easier to follow. */
const FEWEST_CHANNELS = 16;
/** Rows with which the microkernel reaches its full speed. */
const FULL_ROWS = 4;

/** About how many cycles it takes on one core, for `n` images, and weights that change between runs or do not. */
function cycles(
  algorithm: ConvAlgorithm,
  n: number,
  out: View,
  { outs, ins }: Channels,
  window: number,
  trained: boolean,
  share: number,
): number {
  const tile = algorithm === "direct" ? undefined : TILES[algorithm];
  const m = tile?.outputs ?? 1;
  const tiles = n * Math.ceil(out.h / m) * Math.ceil(out.w / m);
  const points = tile ? (m + window - 1) ** 2 : share * window ** 2;
  const [k, c] = [Math.ceil(outs / LANES) * LANES, Math.ceil(ins / LANES) * LANES];
  const products = (points * c * k * Math.max(tiles, FULL_ROWS)) / 8;
  const reading = (4 * points * c * k) / BYTES_PER_CYCLE;
  const transforms = tile ? points * tiles * (c + k) : 0;
  const weights = trained ? (tile?.weightCycles ?? PACK_CYCLES * window ** 2) * c * k : 0;
  return Math.max(products, reading) + transforms + weights;
}

/** The ways in which a convolution can be computed. */
function waysOf(out: View, x: View, channels: Channels, window: Window): ConvAlgorithm[] {
  const { kh, kw, sh, sw, dh, dw } = window;
  const steady = sh === 1 && sw === 1 && dh === 1 && dw === 1;
  const whole = channels.groupOuts === channels.outs && lanesOf(x) === LANES && lanesOf(out) === LANES;
  const tiled = TILED_WAYS.filter(
    (way) => steady && whole && kh === TILES[way].window && kw === TILES[way].window,
  );
  return ["direct", ...tiled];
}

/**
 * The way in which a convolution is computed: the fastest, unless the plan says otherwise. `share`: of the windows' taps, those
 * that do not fall on zeros around the image, which the direct way leaves out.
 */
export function chooseConv(
  plan: StepWriter,
  out: View,
  x: View,
  weight: Value,
  channels: Channels,
  window: Window,
  share = 1,
): ConvAlgorithm {
  const ways = waysOf(out, x, channels, window);
  if (plan.convolution) return ways.includes(plan.convolution) ? plan.convolution : "direct";
  if (Math.min(channels.ins, channels.outs) < FEWEST_CHANNELS) return "direct";
  const trained = plan.changes(weight);
  // A prediction has the same bits in a batch of any size.
  const n = trained ? out.n : 1;
  const seen = trained ? share : 1;
  const cost = new Map(ways.map((way) => [way, cycles(way, n, out, channels, window.kh, trained, seen)]));
  return ways.reduce((best, way) => (cost.get(way)! < cost.get(best)! ? way : best));
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
  if (!waysOf(dy, x, channels, window).includes("winograd4")) return false;
  if (plan.convolution) return plan.convolution !== "direct";
  const tiles = dy.n * Math.ceil(dy.h / 4) * Math.ceil(dy.w / 4);
  const k = Math.ceil(channels.outs / LANES) * LANES;
  const c = Math.ceil(channels.ins / LANES) * LANES;
  const inTiles = 36 * tiles * ((c * k) / 8 + c + k) + UNPACKING * c * k;
  return inTiles < (9 * c * k * dy.n * dy.h * dy.w) / 8;
}
