// Convolutions by fewer multiplications: see assembly/kernels/winograd.ts.

import { TILED_WAYS, type TiledWay, type Tiles, tilesOf } from "./algorithm.js";
import { type Convolution, constantsOf, type Panels, packing, panelsOf, type Window } from "./contraction.js";
import { bounds, NO_EPILOGUE } from "./epilogue.js";
import { LANES, type Place, type View } from "./layout.js";
import { float, type StepWriter } from "./op.js";

export const PIXEL_BYTES = 4 * LANES;
/** Tiles that a thread takes on together: as many as have their transformed inputs in a core's cache, within bounds. */
const GROUP_BYTES = 512 * 1024;
const FEWEST_TILES = 12;
const MOST_TILES = 24;
/** More where the weights, which each group reads once, are too large for a cache that the cores share. */
const LARGE_BYTES = 12 * 2 ** 20;
const LARGE_GROUP = 64;
/** A group of fewer tiles, which the microkernel takes at once, gains nothing by reading from two streams. */
const HALVES_GROUP = 7;
/** With so many groups a thread transforms the inputs of its own. Those of fewer are transformed beforehand, by all threads. */
const MANY_GROUPS = 8;
/** What the sums of a run of panels may take of a core's cache. */
const SUM_BYTES = 128 * 1024;
/** Units of work that there should be at least, and what their number should be a multiple of: two or four threads then have as many. */
const UNITS = 8;
export const EVEN = 4;
/** Between the inputs transformed for one point and the next: a power of two between them makes them compete for cache lines. */
export const GAP_BYTES = 128;
/** Two tiles for the passes of the transforms: WORK_BYTES of the kernel. */
const WORK_BYTES = 2 * 36 * PIXEL_BYTES;
/** 5x5 and 6x5 times 8 doubles, for the passes over weights. */
const WEIGHT_FLOATS = 55 * 2 * LANES;
/** Numbers of the transforms: see Tiling there. */
export const NUMBERS = [0.25, 0.5, 2, 2.5, Math.SQRT2].map(float);

/** Tiles of a group. */
const tilesOfGroup = (tileBytes: number): number =>
  Math.min(MOST_TILES, Math.max(FEWEST_TILES, Math.floor(GROUP_BYTES / tileBytes)));

/** The first multiple from a number on. */
export const multipleOf = (factor: number, from: number): number => factor * Math.ceil(from / factor);

/** Panels of a run, at most so many, such that groups and runs make enough units, and as many for each thread. */
function evenRun(groups: number, panels: number, most: number): number {
  let runs = Math.max(1, Math.ceil(panels / Math.max(1, Math.floor(most))), Math.ceil(UNITS / groups));
  while ((groups * runs) % EVEN !== 0) runs++;
  const run = Math.max(1, Math.floor(panels / runs));
  return run > 2 ? run - (run % 2) : run;
}

/** The same with rows and columns exchanged, of a window of a single row: the kernel knows only those of a column. */
function onItsSide(conv: Convolution): Convolution {
  const { window, order, epilogue } = conv;
  const { kh, kw, sh, sw, dh, dw } = window;
  const turned = (view: View): View => ({ ...view, h: view.w, w: view.h, row: view.pixel, pixel: view.row });
  const sign = order.rotated ? -1 : 1;
  return {
    ...conv,
    out: turned(conv.out),
    x: turned(conv.x),
    window: { kh: kw, kw: kh, sh: sw, sw: sh, dh: dw, dw: dh },
    order: { ...order, taps: { base: order.rotated ? kw - 1 : 0, sy: sign, sx: sign } },
    epilogue: { ...epilogue, residual: epilogue.residual && turned(epilogue.residual) },
  };
}

/** The first words of Tiling there: how an output falls into tiles. */
function tilingOf(way: TiledWay, { h, w, points, parts }: Tiles, { kh, kw, sh, sw }: Window, out: View) {
  const [down, across] = [Math.ceil(out.h / h), Math.ceil(out.w / w)];
  const tiles = out.n * down * across;
  // Of a row's or a column's runs of taps, the last may go over the window.
  const inputs = way === "winograd3of4" ? [h + 4 * parts - 1, 1] : [(h - 1) * sh + kh, (w - 1) * sw + kw];
  const words = [
    down,
    across,
    tiles,
    TILED_WAYS.indexOf(way),
    h,
    w,
    ...inputs,
    h * sh,
    w * sw,
    points,
    parts,
  ];
  return { tiles, words };
}

/** Appends the convolution of x, which is already padded, in tiles. */
export function writeWinograd(plan: StepWriter, conv: Convolution, algorithm: TiledWay): void {
  if (conv.window.kh === 1) {
    writeWinograd(plan, onItsSide(conv), algorithm);
    return;
  }
  const { out, x, weight, channels, window, order, scaling, epilogue } = conv;
  const tiling = tilesOf(algorithm, window)!;
  const { points, parts } = tiling;
  const panels = panelsOf(channels, window, LANES);
  const c = parts * panels.blocks * LANES;
  const weightBytes = points * c * panels.count * PIXEL_BYTES;

  const { tiles, words } = tilingOf(algorithm, tiling, window, out);
  const most = weightBytes > LARGE_BYTES ? LARGE_GROUP : tilesOfGroup(points * c * 4);
  const fewest = Math.ceil(tiles / most);
  const shared = fewest < MANY_GROUPS;
  const group = Math.ceil(tiles / (shared ? fewest : multipleOf(EVEN, fewest)));
  const groups = Math.ceil(tiles / group);
  const sumBytes = group * points * PIXEL_BYTES;
  const run = shared
    ? evenRun(groups, panels.count, SUM_BYTES / sumBytes)
    : Math.min(panels.count, Math.max(1, Math.floor(SUM_BYTES / sumBytes)));
  const halves = group >= HALVES_GROUP;
  const point = (shared ? tiles : group) * c * 4 + GAP_BYTES;
  const inputs = WORK_BYTES + run * sumBytes;
  const scratch = plan.threadScratch((shared ? inputs : inputs + points * point) / 4);
  const constants = plan.constants([
    ...words,
    ...[group, run, Number(halves), point, inputs],
    ...bounds(epilogue),
    ...NUMBERS,
  ]);

  const key = `${algorithm} ${order.out}/${order.in}${order.rotated ? " rotated" : ""} by ${run}${halves ? " in halves" : ""}`;
  const weights = plan.derived([weight, ...(scaling?.from ?? [])], key, weightBytes / 4, (place) => {
    // And the weights of a block, first as they are, then transformed, as doubles.
    const block = (window.kh * window.kw + 2 * points) * LANES ** 2;
    const room = plan.threadScratch(block + WEIGHT_FLOATS);
    const from = [plan.place(weight), scaling?.place ?? 0, packing(plan, conv, panels)];
    plan.step("winogradWeights", panels.count, [place, ...from, constants, room], 10 * points * c * LANES);
  });
  const v = shared ? plan.scratch((points * point) / 4) : 0;
  if (v) plan.step("winogradInput", tiles, [v, x, constants, scratch], 8 * points * c);
  const sums = constantsOf(
    plan,
    {
      units: [],
      rows: { count: group, c: points * PIXEL_BYTES, a: c * 4, residual: 0 },
      sum: [[c, 4, PIXEL_BYTES]],
    },
    NO_EPILOGUE,
  );
  const { bias, residual } = epilogue;
  plan.step(
    algorithm,
    shared ? groups * Math.ceil(panels.count / run) : groups,
    [out, v, v ? 0 : x, weights, bias ?? 0, residual ?? 0, constants, sums, scratch],
    2 * (shared ? run : panels.count) * group * points * LANES * (c + LANES),
  );
}

/** What the partial gradients of all groups may take. */
const PARTIAL_BYTES = 8 * 2 ** 20;
/** Longer sums over tiles gain nothing. */
const LONGEST_GROUP = 128;

/** The gradient of packed weights, as partial sums one after the other, by tiles of 4x4 outputs. Returns them and their number. */
export function writeWinogradGradWeight(
  plan: StepWriter,
  x: View,
  dy: View,
  panels: Panels,
): { partial: Place; parts: number } {
  const window = { kh: 3, kw: 3, sh: 1, sw: 1, dh: 1, dw: 1 };
  const square = tilesOf("winograd4", window)!;
  const { points } = square;
  const [c, k] = [panels.blocks * LANES, panels.count * LANES];
  const { tiles, words } = tilingOf("winograd4", square, window, dy);
  const gradBytes = panels.count * panels.bytes;

  const most = Math.min(LONGEST_GROUP, Math.floor(GROUP_BYTES / (points * (c + k) * 4)));
  const many = Math.ceil(tiles / Math.max(1, most));
  const shared = many < MANY_GROUPS || many * gradBytes > PARTIAL_BYTES;
  const groups = shared ? 1 : many;
  const group = Math.ceil(tiles / groups);
  const run = shared ? 1 : panels.count;

  const sumPoint = c * PIXEL_BYTES + GAP_BYTES;
  const [point, gradPoint] = [c, k].map((channels) => group * channels * 4 + GAP_BYTES) as [number, number];
  const inputs = WORK_BYTES + points * sumPoint;
  const grads = inputs + points * point;
  const scratch = plan.threadScratch((shared ? inputs : grads + points * gradPoint) / 4);
  const tiling = plan.constants([
    ...words,
    ...[group, run, 0, point, inputs],
    ...bounds(NO_EPILOGUE),
    ...NUMBERS,
    ...[gradPoint, sumPoint, grads],
    ...[1 / 3, Math.SQRT2 / 3].map(float),
  ]);
  const product = constantsOf(
    plan,
    {
      units: [],
      rows: { count: c, c: PIXEL_BYTES, a: 4, residual: 0 },
      sum: [[group, c * 4, k * 4]],
    },
    NO_EPILOGUE,
  );
  const [v, s] = shared ? [point, gradPoint].map((bytes) => plan.scratch((points * bytes) / 4)) : [0, 0];
  if (v && s) {
    plan.step("winogradInput", tiles, [v, x, tiling, scratch], 8 * points * c);
    plan.step("winograd4Grad", tiles, [s, dy, tiling, scratch], 8 * points * k);
  }
  const partial = plan.scratch((groups * gradBytes) / 4);
  plan.step(
    "winograd4GradWeight",
    groups * Math.ceil(panels.count / run),
    [partial, v!, s!, x, dy, tiling, product, scratch],
    2 * run * points * LANES * c * (group + LANES),
  );
  return { partial, parts: groups };
}
