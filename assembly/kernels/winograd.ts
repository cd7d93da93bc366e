// Convolutions with fewer multiplications: of m x m outputs at a time, as sums over channels of products of transformed inputs and
// weights, n x n of them (Lavin, Gray, "Fast algorithms for convolutional neural networks", 2015). For n = 6 the points are 0,
// +-1/sqrt 2, +-sqrt 2 and infinity, which err half as much as 0, +-1, +-2. How windows and tiles go together: winograd-ways.ts.

import { clamp, madd } from "../lib/simd";
import { BLOCK_BYTES, laneMask, LANES, View, view } from "../lib/view";
import { Contraction, ROWS, rows } from "./contract";
import { DOWN, Down, FOUR, Four, LINE, Line, TWO, Two, WIDE, Wide } from "./winograd-ways";

// @ts-ignore: decorator
@unmanaged
export class Tiling {
  /** Tiles down and across an image, and of all images. */
  down: i32; across: i32; tiles: i32;
  /** The class of the transforms, by its number: see winograd-ways.ts. */
  way: i32;
  /** Outputs of a tile down and across, its inputs, and inputs from a tile to the next. */
  outH: i32; outW: i32; inH: i32; inW: i32; stepH: i32; stepW: i32;
  /** Products for each pair of channels, and runs of taps that count as channels of their own. */
  points: i32; parts: i32;
  /** Tiles of a group, and panels of 8 output channels of a run: what makes a unit of work. */
  group: i32; run: i32;
  /** Whether weights are read from both halves of a run at a time. */
  halves: i32;
  /** Bytes from the inputs transformed for one point to those for the next. */
  point: i32;
  /** Where they begin in the scratch memory of a thread that transforms them itself: behind the sums of a run. */
  inputs: i32;
  low: f32; high: f32;
  /** 1/4, 1/2, 2, 5/2 and sqrt 2: what is loaded stays in a register, where V8 makes a literal anew at each use. */
  quarter: f32; half: f32; two: f32; most: f32; root: f32;
}

/** Of the first half of a run: of all of it where it is read as one. */
// @ts-ignore: decorator
@inline
export function panelsOfHalf(t: Tiling, panels: i32): i32 {
  return t.halves && panels % 2 == 0 ? panels / 2 : panels;
}

/** A tile of inputs, of rows `row` bytes apart, transformed: points `step` bytes apart. */
function inputTile<F>(q: usize, step: usize, p: usize, row: usize, t: Tiling, between: usize): void {
  const f = changetype<F>(0), n = f.points(), line = n * BLOCK_BYTES;
  const half = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("half"));
  const two = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("two"));
  const most = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("most"));
  const root = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("root"));
  for (let x = 0; x < line; x += 16) f.input(between + x, line, p + x, row, half, two, most, root);
  for (let y = 0; y < n; ++y, q += n * step, between += line) {
    for (let x = 0; x < BLOCK_BYTES; x += 16) f.input(q + x, step, between + x, BLOCK_BYTES, half, two, most, root);
  }
}

/** A tile of a column, for each of the runs of taps, which are `part` bytes apart. */
function lineInput(q: usize, step: usize, p: usize, row: usize, t: Tiling, part: usize): void {
  const half = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("half"));
  const two = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("two"));
  const most = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("most"));
  const root = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("root"));
  for (let i = t.parts; i > 0; --i, q += part, p += changetype<Line>(0).taps() * row) {
    for (let x = 0; x < BLOCK_BYTES; x += 16) changetype<Four>(0).input(q + x, step, p + x, row, half, two, most, root);
  }
}

/** A tile of outputs of a column, or of a row, without the epilogue, [m][8], from the sums of a panel, [6][8]. */
export function columnOutput<F>(q: usize, p: usize, t: Tiling): void {
  const quarter = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("quarter"));
  const half = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("half"));
  const root = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("root"));
  for (let x = 0; x < BLOCK_BYTES; x += 16) {
    changetype<F>(0).output(q + x, BLOCK_BYTES, p + x, BLOCK_BYTES, quarter, half, root);
  }
}

/** A tile of outputs without the epilogue, [m][m][8], from the sums of a panel, [n][n][8]. */
function outputTile<F>(q: usize, p: usize, t: Tiling, between: usize): void {
  const f = changetype<F>(0), m = f.size(), line = f.points() * BLOCK_BYTES;
  const quarter = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("quarter"));
  const half = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("half"));
  const root = v128.load32_splat(changetype<usize>(t), offsetof<Tiling>("root"));
  for (let x = 0; x < line; x += 16) f.output(between + x, line, p + x, line, quarter, half, root);
  for (let y = 0; y < m; ++y, q += m * BLOCK_BYTES, between += line) {
    for (let x = 0; x < BLOCK_BYTES; x += 16) f.output(q + x, BLOCK_BYTES, between + x, BLOCK_BYTES, quarter, half, root);
  }
}

/** Scratch memory of the passes: two tiles of 6 x 6 pixels. */
export const WORK_BYTES: i32 = 2 * 36 * BLOCK_BYTES;

/** The address of a pixel of whole blocks. */
// @ts-ignore: decorator
@inline
export function place(v: View, image: i32, block: i32, y: i32, x: i32): usize {
  return v.data + image * v.image + block * v.block + y * v.row + x * v.pixel;
}

/** x's part of a tile into a tile of its own, with zeros where it hangs over. */
export function copyTile(q: usize, p: usize, x: View, high: i32, wide: i32, h: i32, w: i32): void {
  for (let y = 0; y < high; ++y) {
    for (let i = 0; i < wide; ++i, q += BLOCK_BYTES) {
      const inside = y < h && i < w;
      const from = p + y * x.row + i * x.pixel;
      v128.store(q, inside ? v128.load(from) : f32x4.splat(0));
      v128.store(q, inside ? v128.load(from, 16) : f32x4.splat(0), 16);
    }
  }
}

/** Tiles whose inputs are transformed block by block: neighbours in a row of tiles are neighbours in memory. */
const CHUNK: i32 = 8;

/** The inputs of the tiles from `first` on, transformed: [points][tiles][parts][channels]. */
export function transformInputs(v: usize, x: View, t: Tiling, first: i32, count: i32, scratch: usize): void {
  const way = t.way, high = t.inH, wide = t.inW;
  const tile = scratch + WORK_BYTES / 2, channels = x.blocks * BLOCK_BYTES;
  for (let i = 0; i < count; i += CHUNK) {
    for (let b = 0; b < x.blocks; ++b) {
      const row = (first + i) / t.across;
      let image = row / t.down, y = row - image * t.down, left = first + i - row * t.across;
      for (let k = i, last = min(i + CHUNK, count); k < last; ++k) {
        const h = x.h - y * t.stepH, w = x.w - left * t.stepW;
        let from = place(x, image, b, y * t.stepH, left * t.stepW), step = x.row;
        if (h < high || w < wide) {
          copyTile(tile, from, x, high, wide, h, w);
          from = tile;
          step = wide * BLOCK_BYTES;
        }
        const q = v + k * t.parts * channels + b * BLOCK_BYTES;
        if (way == LINE) lineInput(q, t.point, from, step, t, channels);
        else if (way == TWO) inputTile<Two>(q, t.point, from, step, t, scratch);
        else if (way == DOWN) inputTile<Down>(q, t.point, from, step, t, scratch);
        else inputTile<Four>(q, t.point, from, step, t, scratch);
        if (++left == t.across) {
          left = 0;
          if (++y == t.down) {
            y = 0;
            ++image;
          }
        }
      }
    }
  }
}

/** Writes a tile of outputs, as far as it does not hang over. */
export function finish(
  o: View, tile: usize, bias: usize, residual: usize, t: Tiling, i: i32, panel: i32,
): void {
  const row = i / t.across, image = row / t.down;
  const y = (row - image * t.down) * t.outH, x = (i - row * t.across) * t.outW;
  const h = min(t.outH, o.h - y), w = min(t.outW, o.w - x) * BLOCK_BYTES;
  const lanes = o.c - panel * LANES, mask0 = laneMask(lanes, 0), mask1 = laneMask(lanes, 4);
  const low = f32x4.splat(t.low), high = f32x4.splat(t.high);
  let bias0 = f32x4.splat(0), bias1 = bias0;
  if (bias) {
    bias0 = v128.load(bias + panel * BLOCK_BYTES);
    bias1 = v128.load(bias + panel * BLOCK_BYTES, 16);
  }
  let q = place(o, image, panel, y, x), r: usize = 0, rRow = 0;
  if (residual) {
    const v = view(residual);
    r = place(v, image, panel, y, x);
    rRow = v.row;
  }
  for (let y = 0; y < h; ++y, q += o.row, r += rRow, tile += t.outW * BLOCK_BYTES) {
    for (let x = 0; x < w; x += BLOCK_BYTES) {
      let s0 = f32x4.add(v128.load(tile + x), bias0), s1 = f32x4.add(v128.load(tile + x, 16), bias1);
      if (residual) {
        s0 = f32x4.add(s0, v128.load(r + x));
        s1 = f32x4.add(s1, v128.load(r + x, 16));
      }
      v128.store(q + x, v128.and(clamp(s0, low, high), mask0));
      v128.store(q + x, v128.and(clamp(s1, low, high), mask1), 16);
    }
  }
}

/**
 * The sums over channels of two tiles by two panels, whose weights at b and `far` are two streams from memory: a core reads more
 * at a time from two.
 */
function pair(c: usize, cm: usize, cFar: usize, a: usize, am: usize, b: usize, far: usize, channels: i32): void {
  let c00 = f32x4.splat(0), c01 = c00, c02 = c00, c03 = c00, c10 = c00, c11 = c00, c12 = c00, c13 = c00;
  for (let i = channels; i > 0; --i) {
    const w0 = v128.load(b), w1 = v128.load(b, 16), w2 = v128.load(far), w3 = v128.load(far, 16);
    let x = v128.load32_splat(a);
    c00 = madd(c00, x, w0);
    c01 = madd(c01, x, w1);
    c02 = madd(c02, x, w2);
    c03 = madd(c03, x, w3);
    x = v128.load32_splat(a + am);
    c10 = madd(c10, x, w0);
    c11 = madd(c11, x, w1);
    c12 = madd(c12, x, w2);
    c13 = madd(c13, x, w3);
    a += 4;
    b += BLOCK_BYTES;
    far += BLOCK_BYTES;
  }
  const q = c + cFar;
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c + cm, c10);
  v128.store(c + cm, c11, 16);
  v128.store(q, c02);
  v128.store(q, c03, 16);
  v128.store(q + cm, c12);
  v128.store(q + cm, c13, 16);
}

/**
 * out = clamp(the sums + bias + residual, low, high). v: the transformed inputs, and units are groups of tiles x runs of panels,
 * the last fastest; or 0 where x, from which each group's are made, is given instead, and units are groups. `product`: the loops
 * of a sum over channels.
 */
function multiply(
  out: usize, v: usize, x: usize, weights: usize, bias: usize, residual: usize, tiling: usize, product: usize,
  scratch: usize, begin: i32, end: i32,
): void {
  const o = view(out), t = changetype<Tiling>(tiling), g = changetype<Contraction>(product);
  const way = t.way, points = t.points, channels = g.n3 << 2;
  const panelBytes = channels * LANES, sumBytes = t.group * points * BLOCK_BYTES;
  const runs = (o.blocks + t.run - 1) / t.run;
  const tile = scratch + WORK_BYTES / 2, sums = scratch + WORK_BYTES;
  if (x) {
    begin *= runs;
    end *= runs;
  }
  for (let unit = begin; unit < end; ++unit) {
    const group = unit / runs, panel = (unit - group * runs) * t.run, panels = min(t.run, o.blocks - panel);
    const first = group * t.group, count = min(t.group, t.tiles - first);
    let a = v + first * channels;
    if (x) {
      a = scratch + t.inputs;
      if (panel == 0) transformInputs(a, view(x), t, first, count, scratch);
    }
    const half = panelsOfHalf(t, panels), pairs = panels - half, paired = pairs > 0 && count > 1 ? 2 : 0;
    let b = weights + panel * points * panelBytes, far = b + half * points * panelBytes, c = sums;
    for (let e = 0; e < points; ++e, a += t.point, c += BLOCK_BYTES) {
      if (paired) {
        for (let i = 0, q = c; i < pairs; ++i, q += sumBytes) {
          pair(q, g.cm, half * sumBytes, a, g.am, b + i * panelBytes, far + i * panelBytes, g.n3);
        }
      }
      // As many tiles as the microkernel takes at once go through all panels: their weights are one long stream from memory.
      for (let left = count - paired, turns = (left + ROWS - 1) / ROWS; turns > 0; --turns) {
        const some = (left + turns - 1) / turns, from = count - left, p = a + from * g.am;
        let q = c + from * g.cm;
        for (let i = 0; i < half; ++i, q += sumBytes) rows(some, q, p, b + i * panelBytes, 0, 0, g.w, g);
        for (let i = 0; i < pairs; ++i, q += sumBytes) rows(some, q, p, far + i * panelBytes, 0, 0, g.w, g);
        left -= some;
      }
      b += half * panelBytes;
      far += half * panelBytes;
    }
    for (let i = 0; i < panels; ++i) {
      for (let k = 0, p = sums + i * sumBytes; k < count; ++k, p += points * BLOCK_BYTES) {
        if (way == FOUR) outputTile<Four>(tile, p, t, scratch);
        else if (way == TWO) outputTile<Two>(tile, p, t, scratch);
        else if (way == WIDE) outputTile<Wide>(tile, p, t, scratch);
        else if (way == DOWN) outputTile<Down>(tile, p, t, scratch);
        else columnOutput<Line>(tile, p, t);
        finish(o, tile, bias, residual, t, first + k, panel + i);
      }
    }
  }
}

/** Units are tiles. */
export function winogradInput(v: usize, x: usize, tiling: usize, scratch: usize, begin: i32, end: i32): void {
  const from = view(x), t = changetype<Tiling>(tiling);
  transformInputs(v + begin * t.parts * from.blocks * BLOCK_BYTES, from, t, begin, end - begin, scratch);
}

// One kernel under the name of each way, by which a plan says what it does.

export function winograd4(
  out: usize, v: usize, x: usize, weights: usize, bias: usize, residual: usize, tiling: usize, product: usize, scratch: usize,
  begin: i32, end: i32,
): void {
  multiply(out, v, x, weights, bias, residual, tiling, product, scratch, begin, end);
}

export function winograd2(
  out: usize, v: usize, x: usize, weights: usize, bias: usize, residual: usize, tiling: usize, product: usize, scratch: usize,
  begin: i32, end: i32,
): void {
  multiply(out, v, x, weights, bias, residual, tiling, product, scratch, begin, end);
}

export function winograd2of5(
  out: usize, v: usize, x: usize, weights: usize, bias: usize, residual: usize, tiling: usize, product: usize, scratch: usize,
  begin: i32, end: i32,
): void {
  multiply(out, v, x, weights, bias, residual, tiling, product, scratch, begin, end);
}

export function winograd2at2(
  out: usize, v: usize, x: usize, weights: usize, bias: usize, residual: usize, tiling: usize, product: usize, scratch: usize,
  begin: i32, end: i32,
): void {
  multiply(out, v, x, weights, bias, residual, tiling, product, scratch, begin, end);
}

export function winograd3of4(
  out: usize, v: usize, x: usize, weights: usize, bias: usize, residual: usize, tiling: usize, product: usize, scratch: usize,
  begin: i32, end: i32,
): void {
  multiply(out, v, x, weights, bias, residual, tiling, product, scratch, begin, end);
}
