// Which way of computing a convolution is the fastest, by counting.

import type { Channels, Window } from "./contraction.js";
import { LANES, lanesOf, type View } from "./layout.js";
import type { StepWriter, Value } from "./op.js";

/** How a convolution is computed: as it is defined, or in tiles of 4x4 or 2x2 outputs by Winograd's way. */
export type ConvAlgorithm = "direct" | "winograd4" | "winograd2";

/** Bytes of weights that come from memory, or from a cache that all cores share, in a cycle. */
const BYTES_PER_CYCLE = 5;
/** With fewer channels there is little to gain, and sums in the order of the definition are easier to follow. */
const FEWEST_CHANNELS = 16;
/** Cycles to pack or transform the weights between two channels. */
const WEIGHT_CYCLES = { 1: 10, 2: 40, 4: 65 } as const;
/** Rows with which the microkernel reaches its full speed. */
const FULL_ROWS = 4;

/** About how many cycles it takes on one core, for outputs, channels and weights that change between runs or do not. */
function cycles(out: View, { outs, ins }: Channels, m: 1 | 2 | 4, trained: boolean): number {
  const tiles = out.n * Math.ceil(out.h / m) * Math.ceil(out.w / m);
  const points = m === 1 ? 9 : (m + 2) ** 2;
  const [k, c] = [Math.ceil(outs / LANES) * LANES, Math.ceil(ins / LANES) * LANES];
  const products = (points * c * k * Math.max(tiles, FULL_ROWS)) / 8;
  const reading = (4 * points * c * k) / BYTES_PER_CYCLE;
  const transforms = m === 1 ? 0 : points * tiles * (c + k);
  const weights = trained ? WEIGHT_CYCLES[m] * c * k : 0;
  return Math.max(products, reading) + transforms + weights;
}

/** The way in which a convolution is computed: the fastest, unless the plan says otherwise. */
export function chooseConv(
  plan: StepWriter,
  out: View,
  x: View,
  weight: Value,
  channels: Channels,
  { kh, kw, sh, sw, dh, dw }: Window,
): ConvAlgorithm {
  const steady = sh === 1 && sw === 1 && dh === 1 && dw === 1;
  const whole = channels.groupOuts === channels.outs && lanesOf(x) === LANES && lanesOf(out) === LANES;
  if (kh !== 3 || kw !== 3 || !steady || !whole) return "direct";
  if (plan.convolution) return plan.convolution;
  if (Math.min(channels.ins, channels.outs) < FEWEST_CHANNELS) return "direct";
  const trained = plan.changes(weight);
  const costs = {
    direct: cycles(out, channels, 1, trained),
    winograd4: cycles(out, channels, 4, trained),
    winograd2: cycles(out, channels, 2, trained),
  };
  return (Object.keys(costs) as ConvAlgorithm[]).reduce((best, way) =>
    costs[way] < costs[best] ? way : best,
  );
}
