// How dense numbers are copied from one place to another: see assembly/kernels/rearrange.ts.

import { after, type Place } from "./layout.js";
import { float, type StepWriter } from "./op.js";

/** An axis as the kernel walks along it: byte offsets of start + i step, or from a table. */
export interface Walk {
  readonly count: number;
  readonly start: number;
  readonly step: number;
  readonly table: readonly number[] | null;
}

/** Joins neighbours that are one even walk. */
function merged(walks: readonly Walk[]): Walk[] {
  const result: Walk[] = [];
  for (const walk of walks) {
    const outer = result.at(-1);
    if (outer && !outer.table && !walk.table && outer.step === walk.count * walk.step) {
      const count = outer.count * walk.count;
      result.splice(-1, 1, { count, start: outer.start + walk.start, step: walk.step, table: null });
    } else result.push(walk);
  }
  return result;
}

/** From so many numbers on, a line is worth a unit of work of its own, or a cut into several. */
const LONG = 64;
const CUT = 4096;
const PIECES = 16;

/** A long line by itself leaves nothing to share: cuts it. */
function cut(walks: readonly Walk[]): Walk[] {
  const last = walks.at(-1)!;
  const lines = walks.slice(0, -1).reduce((product, { count }) => product * count, 1);
  const pieces = [PIECES, 8, 5, 3, 2].find((divisor) => last.count % divisor === 0);
  if (last.table || last.count < CUT || lines >= PIECES || !pieces) return [...walks];
  const count = last.count / pieces;
  return [
    ...walks.slice(0, -1),
    { ...last, count: pieces, step: last.step * count },
    { ...last, count, start: 0 },
  ];
}

/** Whether the axis before the last is the one whose numbers are next to each other in the input. */
function isTransposed(walks: readonly Walk[]): boolean {
  const [lines, last] = walks.slice(-2);
  return !!last && !lines!.table && lines!.step === 4 && !last.table && last.step !== 4;
}

/** An axis as two, so that the inner one, at most {@link LONG}, is a unit of work. */
function inTiles(walk: Walk): Walk[] {
  let inner = Math.min(walk.count, LONG);
  while (walk.count % inner !== 0) inner--;
  if (inner < 8) return [walk];
  return [
    { ...walk, count: walk.count / inner, step: walk.step * inner },
    { ...walk, count: inner, start: 0 },
  ];
}

/** Appends the kernel call that walks along the axes of the output. */
export function writeWalks(
  plan: StepWriter,
  out: Place,
  x: Place,
  given: readonly Walk[],
  fill: number,
): void {
  const still: Walk = { count: 1, start: 0, step: 0, table: null };
  // Axes of one place are but an offset.
  const single = (walk: Walk): boolean => walk.count === 1 && !walk.table;
  const offset = given.filter(single).reduce((sum, { start }) => sum + start, 0);
  const walks = merged(given.filter((walk) => !single(walk)));
  if (walks.length === 0) walks.push(still);
  const cutWalks = cut(walks);
  if (isTransposed(cutWalks)) cutWalks.splice(-2, 1, ...inTiles(cutWalks.at(-2)!));
  else if (cutWalks.length === 1 || cutWalks.at(-1)!.count >= LONG) cutWalks.splice(-1, 0, still);

  const table: number[] = [];
  let bytes = 4;
  const words: number[] = [];
  for (const { count, start, step, table: places } of [...cutWalks].reverse()) {
    words.unshift(count, bytes, places ? table.length : -1, start, step);
    if (places) table.push(...places);
    bytes *= count;
  }
  const inner = cutWalks.slice(-2).reduce((product, { count }) => product * count, 1);
  plan.step(
    "rearrange",
    cutWalks.slice(0, -2).reduce((product, { count }) => product * count, 1),
    [
      ...[out, after(x, offset), table.length > 0 ? plan.table(Int32Array.from(table)) : 0],
      plan.constants([float(fill), cutWalks.length, ...words]),
    ],
    8 + inner,
  );
}

/** Appends the kernel call that copies `count` floats. */
export function writeCopy(plan: StepWriter, out: Place, x: Place, count: number): void {
  writeWalks(plan, out, x, [{ count, start: 0, step: 4, table: null }], 0);
}

/** Appends the kernel call that copies rows of `count` floats, one after the other in x, `stride` floats apart in out. */
export function writeCopies(
  plan: StepWriter,
  out: Place,
  stride: number,
  x: Place,
  count: number,
  rows: number,
): void {
  if (rows === 1) {
    writeCopy(plan, out, x, count);
    return;
  }
  const still = [1, 0, -1, 0, 0];
  const line = [count, 4, -1, 0, 4];
  const row = [rows, stride * 4, -1, 0, count * 4];
  // Short rows are one unit together.
  const axes = count < LONG ? [row, line] : [row, still, line];
  const units = count < LONG ? 1 : rows;
  const constants = plan.constants([float(0), axes.length, ...axes.flat()]);
  plan.step("rearrange", units, [out, x, 0, constants], 8 + (count * rows) / units);
}
