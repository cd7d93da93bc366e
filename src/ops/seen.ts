// Which taps of a kernel fall on the image, and not on the zeros around it. Of a small image those are few: a 3x3 window sees
// 4 of the pixels of a 2x2 image, whose border would be 5 of 9 multiplications.

import {
  type Convolution,
  contractWindows,
  packed,
  panelsOf,
  type Span,
  type Window,
} from "./contraction.js";
import { inside, lanesOf, type View } from "./layout.js";
import type { StepWriter } from "./op.js";

/** Rows and columns of zeros that the windows see before the image's first. */
export interface Border {
  readonly top: number;
  readonly left: number;
}

/** Neighbouring outputs, along one dimension, that see the same taps. */
interface Run extends Span {
  readonly taps: Span;
}

/** A rectangle of outputs that see the same taps. */
interface Part {
  readonly y: Run;
  readonly x: Run;
}

/** An output in such rectangles, and the share of all taps that they see. */
export interface Parts {
  readonly list: readonly Part[];
  readonly share: number;
}

/** The taps that fall on an image of `size` pixels, for each output. */
function runsOf(
  outputs: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
  size: number,
): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < outputs; i++) {
    const start = i * stride - before;
    const first = Math.min(kernel, Math.max(0, Math.ceil(-start / dilation)));
    const end = Math.min(kernel, Math.floor((size - 1 - start) / dilation) + 1);
    const taps = { first, count: Math.max(0, end - first) };
    const last = runs.at(-1);
    if (last && last.taps.first === taps.first && last.taps.count === taps.count)
      runs[runs.length - 1] = { ...last, count: last.count + 1 };
    else runs.push({ first: i, count: 1, taps });
  }
  return runs;
}

/** Zeros are left out where they are so much of what the windows see. */
const SHARE_OF_ZEROS = 0.15;
/** Rows of this length keep the microkernel busy, and so does a pixel of as many images as the second says. */
const LONG_ROW = 8;
const MANY_IMAGES = 4;
/** The most pixels, down and across, that become a part each. */
const FEW_PIXELS = 2;

/** The share of a kernel's taps that runs of outputs see. */
function shareOf(runs: readonly Run[], kernel: number): number {
  const outputs = runs.reduce((sum, { count }) => sum + count, 0);
  return runs.reduce((sum, { count, taps }) => sum + count * taps.count, 0) / (outputs * kernel);
}

/** Null where they see nearly everything. */
function partsOf(rows: readonly Run[], columns: readonly Run[], { kh, kw }: Window): Parts | null {
  const share = shareOf(rows, kh) * shareOf(columns, kw);
  if (share > 1 - SHARE_OF_ZEROS) return null;
  return { list: rows.flatMap((y) => columns.map((x) => ({ y, x }))), share };
}

/** The runs of rows and of columns of an output. */
function bothRuns(out: View, image: View, { top, left }: Border, window: Window): [Run[], Run[]] {
  const { kh, kw, sh, sw, dh, dw } = window;
  return [runsOf(out.h, kh, sh, dh, top, image.h), runsOf(out.w, kw, sw, dw, left, image.w)];
}

/** Of a small image, pixel by pixel, with the batch in place of a row; null where that would save little. */
export function partsByPixel(out: View, image: View, border: Border, window: Window): Parts | null {
  const few = out.n >= MANY_IMAGES ? FEW_PIXELS : 1;
  if (out.h > few || out.w > few) return null;
  const single = (run: Run): Run[] =>
    Array.from({ length: run.count }, (_, i) => ({ ...run, first: run.first + i, count: 1 }));
  const [rows, columns] = bothRuns(out, image, border, window);
  return partsOf(rows.flatMap(single), columns.flatMap(single), window);
}

/** Of an image with long rows, by runs of rows, which see the zeros beside them; null where that would save little. */
export function partsByRow(out: View, image: View, border: Border, window: Window): Parts | null {
  if (out.w < LONG_ROW) return null;
  const [rows] = bothRuns(out, image, border, window);
  return partsOf(rows, [{ first: 0, count: out.w, taps: { first: 0, count: window.kw } }], window);
}

/** Appends the convolution part by part. x: the image, in memory with as much around it as the parts see. */
export function contractParts(
  plan: StepWriter,
  conv: Convolution,
  { top, left }: Border,
  { list }: Parts,
): void {
  const { out, x, window, epilogue } = conv;
  const { sh, sw, dh, dw } = window;
  const panels = panelsOf(conv.channels, window, lanesOf(x));
  const weights = packed(plan, conv, panels);
  for (const part of list) {
    const cut = (view: View): View => inside(view, part.y.first, part.x.first, part.y.count, part.x.count);
    const row = part.y.first * sh - top + part.y.taps.first * dh;
    const column = part.x.first * sw - left + part.x.taps.first * dw;
    const residual = epilogue.residual && cut(epilogue.residual);
    const taps = { rows: part.y.taps, columns: part.x.taps };
    const from = inside(x, row, column, x.h, x.w);
    contractWindows(plan, cut(out), from, weights, { ...epilogue, residual }, window, panels, taps);
  }
}

/** A tap, and the outputs that see a pixel through it. */
export interface SeenTap {
  readonly ky: number;
  readonly kx: number;
  readonly y: Span;
  readonly x: Span;
}

/** Of a small image, the outputs of each tap; null where all outputs together do nearly as well. */
export function tapsOf(out: View, image: View, border: Border, window: Window): SeenTap[] | null {
  if (out.h > FEW_PIXELS || out.w > FEW_PIXELS) return null;
  const [rows, columns] = bothRuns(out, image, border, window);
  if (!partsOf(rows, columns, window)) return null;
  const seeing = (runs: readonly Run[], tap: number): Span => {
    const those = runs.filter(({ taps }) => tap >= taps.first && tap < taps.first + taps.count);
    return { first: those[0]?.first ?? 0, count: those.reduce((sum, { count }) => sum + count, 0) };
  };
  return Array.from({ length: window.kh * window.kw }, (_, tap) => {
    const [ky, kx] = [Math.floor(tap / window.kw), tap % window.kw];
    return { ky, kx, y: seeing(rows, ky), x: seeing(columns, kx) };
  });
}
