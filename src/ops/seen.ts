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
export interface Part {
  readonly y: Run;
  readonly x: Run;
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

/** How much of the windows the parts of an output see. */
export function shareOf(parts: readonly Part[], out: View, { kh, kw }: Window): number {
  const seen = parts.reduce((sum, { y, x }) => sum + y.count * y.taps.count * x.count * x.taps.count, 0);
  return seen / (out.h * out.w * kh * kw);
}

/** Parts, unless they see nearly everything. */
function worthwhile(parts: readonly Part[], out: View, window: Window): readonly Part[] | null {
  return shareOf(parts, out, window) < 1 - SHARE_OF_ZEROS ? parts : null;
}

/** Of a small image, pixel by pixel, with the batch in place of a row; null where that would save little. */
export function partsByPixel(out: View, image: View, border: Border, window: Window): readonly Part[] | null {
  const { kh, kw, sh, sw, dh, dw } = window;
  const few = out.n >= MANY_IMAGES ? FEW_PIXELS : 1;
  if (out.h > few || out.w > few) return null;
  const single = (run: Run): Run[] =>
    Array.from({ length: run.count }, (_, i) => ({ ...run, first: run.first + i, count: 1 }));
  const rows = runsOf(out.h, kh, sh, dh, border.top, image.h).flatMap(single);
  const columns = runsOf(out.w, kw, sw, dw, border.left, image.w).flatMap(single);
  const parts = rows.flatMap((y) => columns.map((x) => ({ y, x })));
  return worthwhile(parts, out, window);
}

/** Of an image with long rows, by runs of rows, which see the zeros beside them; null where that would save little. */
export function partsByRow(out: View, image: View, border: Border, window: Window): readonly Part[] | null {
  const { kh, kw, sh, dh } = window;
  if (out.w < LONG_ROW) return null;
  const x = { first: 0, count: out.w, taps: { first: 0, count: kw } };
  const parts = runsOf(out.h, kh, sh, dh, border.top, image.h).map((y) => ({ y, x }));
  return worthwhile(parts, out, window);
}

/** Appends the convolution part by part. x: the image, in memory with as much around it as the parts see. */
export function contractParts(
  plan: StepWriter,
  conv: Convolution,
  { top, left }: Border,
  parts: readonly Part[],
): void {
  const { out, x, window, epilogue } = conv;
  const { sh, sw, dh, dw } = window;
  const panels = panelsOf(conv.channels, window, lanesOf(x));
  const weights = packed(plan, conv, panels);
  for (const part of parts) {
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
export function tapsOf(out: View, image: View, border: Border, window: Window): readonly SeenTap[] | null {
  const { kh, kw, sh, sw, dh, dw } = window;
  if (out.h > FEW_PIXELS || out.w > FEW_PIXELS) return null;
  const outputs = (tap: number, stride: number, before: number, size: number, most: number): Span => {
    const first = Math.max(0, Math.ceil((before - tap) / stride));
    const end = Math.min(most, Math.floor((size - 1 + before - tap) / stride) + 1);
    return { first, count: Math.max(0, end - first) };
  };
  const taps: SeenTap[] = [];
  for (let ky = 0; ky < kh; ky++) {
    const y = outputs(ky * dh, sh, border.top, image.h, out.h);
    for (let kx = 0; kx < kw; kx++)
      taps.push({ ky, kx, y, x: outputs(kx * dw, sw, border.left, image.w, out.w) });
  }
  const seen = taps.reduce((sum, { y, x }) => sum + y.count * x.count, 0);
  return seen < (1 - SHARE_OF_ZEROS) * out.h * out.w * kh * kw ? taps : null;
}
