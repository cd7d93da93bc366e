// A transposed convolution with a stride without the zeros between spread pixels. Output pixels whose places leave the same
// rest under the stride see the same taps of the kernel, each of them an input pixel: per rest it is a plain convolution of
// the input with every stride-th tap.

import { type Convolution, contractWindows, packed, panelsOf, type Window } from "./contraction.js";
import { inside, type View } from "./layout.js";
import type { StepWriter } from "./op.js";
import { writePad } from "./pad.js";

/** What the outputs with one rest have in common along one dimension. */
interface Phase {
  /** The first tap of the kernel, and how many there are from it on, every stride-th. */
  readonly tap: number;
  readonly taps: number;
  /** The first of the outputs, and how many there are. */
  readonly first: number;
  readonly count: number;
  /** Where in the input the window of the first output begins. */
  readonly start: number;
}

function phasesOf(kernel: number, stride: number, cut: number, outputs: number): Phase[] {
  const phases: Phase[] = [];
  for (let tap = 0; tap < stride; tap++) {
    const first = (((tap - cut) % stride) + stride) % stride;
    const count = Math.ceil((outputs - first) / stride);
    const taps = Math.max(0, Math.ceil((kernel - tap) / stride));
    // Output y sees input (y + cut - tap) / stride through the first tap, and the ones before it through the others.
    const start = (first + cut - tap) / stride - Math.max(0, taps - 1);
    if (count > 0) phases.push({ tap, taps, first, count, start });
  }
  return phases;
}

/** The most phases for which it is worth it: each packs weights of its own. */
const MOST_PHASES = 64;

/** Whether {@link contractPhases} can take it. */
export function hasPhases({ sh, sw, dh, dw }: Window): boolean {
  return (sh > 1 || sw > 1) && sh * sw <= MOST_PHASES && dh === 1 && dw === 1;
}

/** The input with as many zeros around it as the windows of the phases need; itself where they need none. */
function padded(plan: StepWriter, x: View, c: number, rows: readonly Phase[], columns: readonly Phase[]) {
  const before = (phases: readonly Phase[]): number => Math.max(0, ...phases.map(({ start }) => -start));
  const behind = (phases: readonly Phase[], size: number): number =>
    Math.max(0, ...phases.map(({ start, count, taps }) => start + count - 1 + Math.max(1, taps) - size));
  const [top, left] = [before(rows), before(columns)];
  const [bottom, right] = [behind(rows, x.h), behind(columns, x.w)];
  if (top + left + bottom + right === 0) return { source: x, top, left };
  const source = plan.scratchView(x.n, c, x.h + top + bottom, x.w + left + right);
  writePad(plan, source, x, { top, left, mode: "zeros" });
  return { source, top, left };
}

/**
 * Appends the transposed convolution of x by phases. channels, order: as of the gradient of the convolution, whose window
 * it is. `cut`: rows and columns of the full result before those of `out`.
 */
export function contractPhases(
  plan: StepWriter,
  conv: Convolution,
  cut: { readonly top: number; readonly left: number },
): void {
  const { out, x, weight, channels, order, epilogue } = conv;
  const { kh, kw, sh, sw } = conv.window;
  const rows = phasesOf(kh, sh, cut.top, out.h);
  const columns = phasesOf(kw, sw, cut.left, out.w);
  const { source, top, left } = padded(plan, x, channels.ins, rows, columns);
  /** The place in the kernel of a phase's last tap, which meets the first of its inputs. */
  const last = ({ tap, taps }: Phase, stride: number, kernel: number): number => {
    const place = tap + (taps - 1) * stride;
    return order.rotated ? place : kernel - 1 - place;
  };
  const sign = order.rotated ? -1 : 1;
  for (const row of rows) {
    for (const column of columns) {
      const window = { kh: row.taps, kw: column.taps, sh: 1, sw: 1, dh: 1, dw: 1 };
      const panels = panelsOf(channels, window, 8);
      const phase = (view: View): View => ({
        ...inside(view, row.first, column.first, row.count, column.count),
        row: view.row * sh,
        pixel: view.pixel * sw,
      });
      const height = row.count + Math.max(1, row.taps) - 1;
      const width = column.count + Math.max(1, column.taps) - 1;
      const from = inside(source, row.start + top, column.start + left, height, width);
      const base = last(row, sh, kh) * kw + last(column, sw, kw);
      const taps = { base, sy: sign * sh * kw, sx: sign * sw };
      // Where no tap falls, only the epilogue is left, and there is nothing to pack.
      const none = row.taps * column.taps === 0;
      const weights = none
        ? plan.place(weight)
        : packed(plan, { ...conv, window, order: { ...order, taps } }, panels);
      const residual = epilogue.residual && phase(epilogue.residual);
      contractWindows(plan, phase(out), from, weights, { ...epilogue, residual }, window, panels);
    }
  }
}
