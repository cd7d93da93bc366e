// The convolution of an image with interleaved channels by fewer multiplications: see assembly/kernels/winograd-stem.ts.

import { TILED_WAYS, tilesOf } from "./algorithm.js";
import { type Convolution, constantsOf, packing, panelsOf } from "./contraction.js";
import { bounds, NO_EPILOGUE } from "./epilogue.js";
import { LANES, lanesOf } from "./layout.js";
import type { StepWriter } from "./op.js";
import { EVEN, GAP_BYTES, multipleOf, NUMBERS, PIXEL_BYTES } from "./winograd.js";

const POINTS = 6;
/** Rows of outputs, at most, whose inputs a thread transforms at a time: they stay in its core's cache. */
const BAND_ROWS = 8;

/** Appends the convolution of x, which is already padded, in tiles of a row. */
export function writeWinogradStem(plan: StepWriter, conv: Convolution): void {
  const { out, x, weight, channels, window, order, scaling, epilogue } = conv;
  const { kh, sh, sw } = window;
  const m = tilesOf("winogradStem", window)!.w;
  const panels = panelsOf(channels, window, lanesOf(x));
  const floats = sw * channels.ins;
  const pieces = Math.ceil(out.w / m);
  const bands = multipleOf(EVEN, Math.ceil(out.h / BAND_ROWS));
  const band = Math.ceil(out.h / bands);
  // A transformed row, and room for what its last vector writes too much.
  const row = 4 * (pieces * floats + 4);
  const point = ((band - 1) * sh + kh) * row + GAP_BYTES;
  // A row of outputs and its sums; or a piece of a row of inputs. Then the rows of a band.
  const room = 4 * Math.max(pieces * (m + POINTS) * LANES, POINTS * floats + 4);
  const scratch = plan.threadScratch((room + POINTS * point) / 4);
  const way = TILED_WAYS.indexOf(m === 4 ? "winograd4" : "winograd3of4");
  const stem = plan.constants([
    ...[out.h, 1, out.n * out.h, way, 1, pieces * m, 1, 1, sh, 1, POINTS, 1],
    ...[1, 1, 0, point, room],
    ...bounds(epilogue),
    ...NUMBERS,
    ...[band, Math.ceil(out.h / band), row, sw, floats, pieces, m],
  ]);
  const weightFloats = POINTS * kh * floats * panels.count * LANES;
  const key = `winogradStem ${order.out}/${order.in}${order.rotated ? " rotated" : ""} at ${sw}`;
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
    out.n * Math.ceil(out.h / band),
    [out, x, weights, bias ?? 0, residual ?? 0, stem, sums, scratch],
    2 * band * POINTS * kh * floats * pieces * panels.count * LANES,
  );
}
