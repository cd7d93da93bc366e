import type { KernelName } from "../../build/wasm/kernels.js";
import { sizeOf } from "../tensor.js";
import { broadcastView } from "./broadcast.js";
import { type Arg, joinRows, LANES, type Place, type View } from "./layout.js";
import { float, type StepWriter, type Value, type Word } from "./op.js";

/** Appends a kernel that works row by row on views of one shape; the first is the output. */
export function writeRows(
  plan: StepWriter,
  kernel: KernelName,
  views: readonly View[],
  rest: readonly Arg[],
  flops: number,
): void {
  const joined = joinRows(views);
  const [out] = joined as [View];
  plan.step(kernel, out.n * out.blocks * out.h, [...joined, ...rest], out.w * LANES * flops);
}

/** More rows than any value has. */
const MANY_ROWS = 2 ** 30;

/** Pixels of a row as which a dense value is seen. */
const DENSE_ROW = 64;

/**
 * A dense value as views of [n, c, h, w] that a kernel of rows can work on: long rows, then what is left as a single
 * pixel. Kernels write whole blocks of 8 floats: what lies behind the last number becomes zero.
 */
function denseViews(place: Place, size: number): View[] {
  const pixel = LANES * 4;
  const [row, rows] = [DENSE_ROW * pixel, Math.floor(size / (DENSE_ROW * LANES))];
  const rest = size - rows * DENSE_ROW * LANES;
  const blocks = Math.ceil(rest / LANES);
  const views: View[] = [];
  if (rows > 0) {
    const h = rows;
    views.push({
      ...place,
      n: 1,
      c: LANES,
      blocks: 1,
      h,
      w: DENSE_ROW,
      image: 0,
      block: rows * row,
      row,
      pixel,
    });
  }
  if (rest > 0) {
    const offset = place.offset + rows * row;
    views.push({
      ...place,
      offset,
      n: 1,
      c: rest,
      blocks,
      h: 1,
      w: 1,
      image: 0,
      block: pixel,
      row: pixel,
      pixel,
    });
  }
  return views;
}

/**
 * Appends a kernel that works element by element on values of one form; the first is the output. Blocked inputs may be
 * one pixel for each channel, which is repeated.
 */
export function writeElements(
  plan: StepWriter,
  kernel: KernelName,
  values: readonly Value[],
  rest: readonly Arg[],
  flops: number,
): void {
  const [out] = values as [Value];
  if (out.form === "blocked") {
    const views = values.map((value) => broadcastView(plan.view(value), plan.view(out)));
    writeRows(plan, kernel, views, rest, flops);
    return;
  }
  const pieces = values.map((value) => denseViews(plan.place(value), sizeOf(out.shape)));
  pieces[0]!.forEach((piece, i) => {
    const units = piece.n * piece.blocks * piece.h;
    plan.step(kernel, units, [...pieces.map((views) => views[i]!), ...rest], piece.w * LANES * flops);
  });
}

/** A number as an operand beside values of any size: a view whose strides are all 0. */
export function everywhere(plan: StepWriter, value: number): View {
  const place = plan.constants(Array<Word>(LANES).fill(float(value)));
  return { ...place, n: 1, c: LANES, blocks: 1, h: MANY_ROWS, w: 1, image: 0, block: 0, row: 0, pixel: 0 };
}
