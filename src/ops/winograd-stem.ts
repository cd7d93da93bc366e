// The convolution of an image with interleaved channels by fewer multiplications: see assembly/kernels/winograd-stem.ts.

import { TILED_WAYS, tilesOf } from "./algorithm.js";
import { type Convolution, constantsOf, packing, panelsOf } from "./contraction.js";
import { bounds, NO_EPILOGUE } from "./epilogue.js";
import { LANES, lanesOf } from "./layout.js";
import type { StepWriter } from "./op.js";
import { GAP_BYTES, NUMBERS, PIXEL_BYTES } from "./winograd.js";

const POINTS = 6;

/** Appends the convolution of x, which is already padded, in tiles of a row. */
export function writeWinogradStem(plan: StepWriter, conv: Convolution): void {
  const { out, x, weight, channels, window, order, scaling, epilogue } = conv;
  const { kh, sh, sw } = window;
  const m = tilesOf("winogradStem", window)!.w;
  const panels = panelsOf(channels, window, lanesOf(x));
  const floats = sw * channels.ins;
  const pieces = Math.ceil(out.w / m);
  const rows = (out.h - 1) * sh + kh;
  // A transformed row, and room for what its last vector writes too much.
  const row = 4 * (pieces * floats + 4);
  const point = out.n * rows * row + GAP_BYTES;
  const way = TILED_WAYS.indexOf(m === 4 ? "winograd4" : "winograd3of4");
  const stem = plan.constants([
    ...[out.h, 1, out.n * out.h, way, 1, pieces * m, 1, 1, sh, 1, POINTS, 1],
    ...[1, 1, 0, point, 0],
    ...bounds(epilogue),
    ...NUMBERS,
    ...[rows, row, sw, floats, pieces, m],
  ]);
  const weightFloats = POINTS * kh * floats * panels.count * LANES;
  const key = `winogradStem ${order.out}/${order.in}${order.rotated ? " rotated" : ""}`;
  const weights = plan.derived([weight, ...(scaling?.from ?? [])], key, weightFloats, (place) => {
    const from = [plan.place(weight), scaling?.place ?? 0, packing(plan, conv, panels)];
    // A panel, four of its taps and their transform, as doubles.
    const room = plan.threadScratch(panels.bytes / 4 + (4 + POINTS) * 2 * LANES);
    plan.step(
      "winogradStemWeights",
      panels.count,
      [place, ...from, stem, room],
      10 * POINTS * kh * floats * LANES,
    );
  });
  // A row of outputs and its sums; or a piece of a row of inputs.
  const room = Math.max(pieces * (m + POINTS) * LANES, POINTS * floats + 4);
  const scratch = plan.threadScratch(room);
  const v = plan.scratch((POINTS * point) / 4);
  plan.step("winogradStemInput", out.n * rows, [v, x, stem, scratch], 8 * POINTS * pieces * floats);
  const sums = constantsOf(
    plan,
    {
      units: [],
      rows: { count: pieces, c: POINTS * PIXEL_BYTES, a: floats * 4, residual: 0 },
      sum: [
        [kh, row, floats * PIXEL_BYTES],
        [floats, 4, PIXEL_BYTES],
      ],
    },
    NO_EPILOGUE,
  );
  const { bias, residual } = epilogue;
  plan.step(
    "winogradStem",
    out.n * out.h,
    [out, v, weights, bias ?? 0, residual ?? 0, stem, sums, scratch],
    2 * POINTS * kh * floats * pieces * panels.count * LANES,
  );
}
