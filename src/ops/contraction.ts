// How convolutions, linear layers and their gradients become calls of the one contraction kernel.

import type { Scaling } from "./absorb.js";
import { bounds, type Epilogue, NO_EPILOGUE } from "./epilogue.js";
import { after, dataOf, LANES, type Place, type View } from "./layout.js";
import type { StepWriter, Value } from "./op.js";

const VECTOR_BYTES = 4 * LANES;

/** Loops of assembly/kernels/contract.ts: units of work and what to sum over, with byte strides of result, a and b. */
export interface Contraction {
  /** [count, stride of c, of a, of b, of the residual], outermost first; up to four. The bias moves along the second. */
  readonly units: readonly (readonly [count: number, c: number, a: number, b: number, residual?: number])[];
  readonly rows: Rows;
  /** The second loop over units comes fastest, not the last. */
  readonly inTurn?: boolean;
  /** [count, stride of a, of b], outermost first; up to four. */
  readonly sum: readonly (readonly [count: number, a: number, b: number])[];
}

/** Rows of 8 results in a unit of a contraction, and the strides of c, a and the residual between them. */
export interface Rows {
  readonly count: number;
  readonly c: number;
  readonly a: number;
  readonly residual: number;
  /** Rows of the units along the last loop together, if the last of them has fewer than the others. */
  readonly total?: number;
  /** What is skipped after every w-th of those rows. */
  readonly wrap?: { readonly w: number; readonly c: number; readonly a: number; readonly residual: number };
}

/** In place of a width: rows never end. */
const ENDLESS = { w: 2 ** 31 - 1, c: 0, a: 0, residual: 0 };

/** Appends the kernel call for a contraction. `bias`: 8 floats for each step along the second unit loop, or null. */
function contract(
  plan: StepWriter,
  out: Place,
  a: Place,
  b: Place,
  epilogue: Epilogue,
  loops: Contraction,
): void {
  const { bias, residual } = epilogue;
  const count = (table: readonly (readonly unknown[])[]): number =>
    table.reduce((x, [y]) => x * (y as number), 1);
  plan.step(
    "contract",
    count(loops.units),
    [out, a, b, bias ?? 0, residual ? dataOf(residual) : 0, constantsOf(plan, loops, epilogue)],
    2 * LANES * loops.rows.count * count(loops.sum),
  );
}

/** Loops and what becomes of the sums, as constants of a kernel. */
export function constantsOf(plan: StepWriter, loops: Contraction, epilogue: Epilogue): Place {
  const units: (readonly (number | undefined)[])[] = [...loops.units];
  // The last loop stays the fourth: a unit along it may have fewer rows.
  while (units.length < 4) units.splice(units.length - 1, 0, [1, 0, 0, 0, 0]);
  // Outer loops of one round are left out: each costs a few instructions for every round of those around it.
  const counted = loops.sum.filter(([rounds], i) => rounds !== 1 || i === loops.sum.length - 1);
  const sum = [...Array(4 - counted.length).fill([1, 0, 0]), ...counted] as number[][];
  const column = (table: typeof units, i: number): number[] => table.map((line) => line[i] ?? 0);
  const { count: m, total = m * units[3]![0]!, wrap = ENDLESS, ...step } = loops.rows;
  return plan.constants([
    ...[0, 1, 2, 3, 4].flatMap((i) => column(units, i)),
    ...[VECTOR_BYTES, loops.inTurn ? 1 : 0, m, total, step.c, step.a, step.residual],
    ...[wrap.w, wrap.c, wrap.a, wrap.residual],
    ...[0, 1, 2].flatMap((i) => column(sum, i)),
    ...bounds(epilogue),
  ]);
}

/** A convolution's window without its input: sizes, stride, dilation. */
export interface Window {
  readonly kh: number;
  readonly kw: number;
  readonly sh: number;
  readonly sw: number;
  readonly dh: number;
  readonly dw: number;
}

/** Which outputs see which inputs: channels in all and in one of the groups. */
export interface Channels {
  readonly outs: number;
  readonly groupOuts: number;
  readonly ins: number;
  readonly groupIns: number;
}

/** Weights as panels for 8 output channels, [panels][blocks][kh][kw][lanes][8]. */
export interface Panels {
  readonly count: number;
  /** Input blocks each panel covers. */
  readonly blocks: number;
  readonly lanes: number;
  /** Lanes that hold channels: fewer where there is only one block, and room in it. */
  readonly width: number;
  /** Bytes of a panel. */
  readonly bytes: number;
  /** Runs of panels that read the same input blocks. */
  readonly runs: readonly { readonly panel: number; readonly count: number; readonly firstBlock: number }[];
}

/** How the weights between the channels fall into panels. */
export function panelsOf(channels: Channels, window: Window, lanes: number): Panels {
  const { outs, groupOuts, ins, groupIns } = channels;
  const count = Math.ceil(outs / LANES);
  const all = Math.ceil(ins / lanes);
  const first = (panel: number): number =>
    Math.floor((Math.floor((panel * LANES) / groupOuts) * groupIns) / lanes);
  const end = (panel: number): number => {
    const lastGroup = Math.floor((Math.min(panel * LANES + LANES, outs) - 1) / groupOuts);
    return Math.ceil(((lastGroup + 1) * groupIns) / lanes);
  };
  let blocks = 0;
  for (let panel = 0; panel < count; panel++) blocks = Math.max(blocks, end(panel) - first(panel));
  const runs: { panel: number; count: number; firstBlock: number }[] = [];
  for (let panel = 0; panel < count; panel++) {
    const firstBlock = Math.min(first(panel), all - blocks);
    const run = runs.at(-1);
    if (run?.firstBlock === firstBlock) run.count++;
    else runs.push({ panel, count: 1, firstBlock });
  }
  const bytes = blocks * window.kh * window.kw * lanes * VECTOR_BYTES;
  return { count, blocks, lanes, width: Math.min(ins, lanes), bytes, runs };
}

/** Strides, in floats, that lead through torch-ordered weights as panels are filled: see assembly/kernels/pack.ts. */
export interface WeightOrder {
  readonly group: number;
  readonly out: number;
  readonly in: number;
  /** The kernel turned by 180 degrees. */
  readonly rotated: boolean;
  /** Where the first tap of the window lies in the kernel, and the next ones down and to the right of it, if not by turn. */
  readonly taps?: { readonly base: number; readonly sy: number; readonly sx: number };
}

/** Weights, where they are found and how they are to lie. */
export interface Kernels {
  readonly weight: Value;
  readonly channels: Channels;
  readonly window: Window;
  readonly order: WeightOrder;
  /** What each output channel's weights are multiplied by, if anything. */
  readonly scaling: Scaling | null;
}

/** A convolution: out = the windows of x, which is already padded, times the kernels, and the epilogue. */
export interface Convolution extends Kernels {
  readonly out: View;
  readonly x: View;
  readonly epilogue: Epilogue;
}

/** The constants of the kernels pack and unpack. `parts`: partial results to add up. */
export function packing(
  plan: StepWriter,
  { channels, window, order }: Omit<Kernels, "weight" | "scaling">,
  panels: Panels,
  parts = 1,
): Place {
  const { kh, kw } = window;
  const sign = order.rotated ? -1 : 1;
  const inTurn = { base: order.rotated ? kh * kw - 1 : 0, sy: sign * kw, sx: sign };
  const { base, sy, sx } = order.taps ?? inTurn;
  return plan.constants([
    ...[channels.outs, channels.groupOuts, channels.ins, channels.groupIns],
    ...[kh, kw, panels.blocks, panels.lanes],
    ...[base, order.group, order.out, order.in, sy, sx],
    ...[parts, (panels.count * panels.bytes) / 4],
  ]);
}

/** Weights as panels, packed once for all or in every run. */
export function packed(plan: StepWriter, kernels: Kernels, panels: Panels): Place {
  const { weight, window, order, scaling } = kernels;
  const floats = (panels.count * panels.bytes) / 4;
  const { group, out, in: input, rotated, taps } = order;
  const part = taps ? ` ${window.kh}x${window.kw} from ${taps.base} by ${taps.sy}/${taps.sx}` : "";
  const key = `packed ${group}/${out}/${input}${rotated ? " rotated" : ""} by ${panels.lanes}${part}`;
  return plan.derived([weight, ...(scaling?.from ?? [])], key, floats, (place) => {
    const args = [place, plan.place(weight), scaling?.place ?? 0, packing(plan, kernels, panels)];
    plan.step("pack", panels.count, args, panels.bytes / 2);
  });
}

/** What stays in a core's own cache with other things: half of one of 1 MB. */
const CACHE_BYTES = 512 * 1024;

/**
 * Whether all panels take their turn at a run of pixels before the next one, so that the inputs are read from memory once. Not
 * where the inputs stay in the cache anyway, nor where it is the weights that would not.
 */
function inTurn(x: View, { count, bytes }: Panels): boolean {
  const inputBytes = x.blocks * x.block;
  return inputBytes > CACHE_BYTES && count * bytes <= CACHE_BYTES;
}

/** Pixels of a unit, about. */
const RUN_PIXELS = 64;

/**
 * The outputs as units along an image and rows of units: runs of pixels, of equal length, over the ends of the image's
 * rows. Over a single pixel the batch takes the place of the run: many rows for each load of a weight.
 */
function runsOfPixels(
  out: View,
  x: View,
  residual: View | null,
  { sh, sw }: Window,
): { readonly images: number; readonly along: number; readonly rows: Rows } {
  const r = residual ?? { image: 0, row: 0, pixel: 0 };
  if (out.h === 1 && out.w === 1) {
    return { images: 1, along: 1, rows: { count: out.n, c: out.image, a: x.image, residual: r.image } };
  }
  const total = out.h * out.w;
  const along = Math.ceil(total / RUN_PIXELS);
  const gaps = {
    c: out.row - out.w * out.pixel,
    a: sh * x.row - out.w * sw * x.pixel,
    residual: r.row - out.w * r.pixel,
  };
  const wrap = Object.values(gaps).some((bytes) => bytes !== 0) ? { w: out.w, ...gaps } : ENDLESS;
  const count = Math.ceil(total / along);
  const rows = { count, total, c: out.pixel, a: sw * x.pixel, residual: r.pixel, wrap };
  return { images: out.n, along: Math.ceil(total / count), rows };
}

/** So many, from the first on. */
export interface Span {
  readonly first: number;
  readonly count: number;
}

/**
 * out = the windows of x times the packed weights, and the epilogue, for x that is already padded. `taps`: of the kernel's rows
 * and columns only these, of which the first fall on the first row and column of x.
 */
export function contractWindows(
  plan: StepWriter,
  out: View,
  x: View,
  packed: Place,
  epilogue: Epilogue,
  window: Window,
  panels: Panels,
  taps: { readonly rows: Span; readonly columns: Span } = {
    rows: { first: 0, count: window.kh },
    columns: { first: 0, count: window.kw },
  },
): void {
  const { kh, kw, dh, dw } = window;
  const { rows: down, columns: across } = taps;
  const { bias, residual } = epilogue;
  const { lanes, width } = panels;
  const tap = lanes * VECTOR_BYTES;
  const joined = dw === 1 && width === lanes;
  const { images, along, rows } = runsOfPixels(out, x, residual, window);
  // Blocks one after the other without a gap, and a single tap: one loop over all channels.
  const flat = x.block === x.pixel && kh === 1 && kw === 1;
  for (const { panel, count, firstBlock } of panels.runs) {
    contract(
      plan,
      dataOf(out, panel * out.block),
      dataOf(x, firstBlock * x.block),
      after(packed, panel * panels.bytes + (down.first * kw + across.first) * tap),
      {
        ...epilogue,
        bias: bias && after(bias, panel * VECTOR_BYTES),
        residual: residual && { ...residual, ...dataOf(residual, panel * residual.block) },
      },
      {
        units: [
          [images, out.image, x.image, 0, residual?.image],
          [count, out.block, 0, panels.bytes, residual?.block],
          [along, rows.count * rows.c, rows.count * rows.a, 0, rows.count * rows.residual],
        ],
        rows,
        inTurn: inTurn(x, panels),
        sum: flat
          ? [[panels.blocks * lanes, 4, VECTOR_BYTES]]
          : [
              [panels.blocks, x.block, kh * kw * tap],
              [down.count, dh * x.row, kw * tap],
              // Neighbouring taps of a row are neighbours in memory, so they join the loop over channels.
              ...(joined ? [] : [[across.count, dw * x.pixel, tap] as const]),
              [joined ? across.count * lanes : width, 4, VECTOR_BYTES],
            ],
      },
    );
  }
}

/** How many separate sums a weight gradient is split into over the batch: enough units for threads, and short sums. */
function partsOf(n: number, units: number): number {
  const wanted = Math.ceil(64 / units);
  let parts = 1;
  for (let divisor = 1; divisor <= Math.min(n, wanted); divisor++) if (n % divisor === 0) parts = divisor;
  return parts;
}

/** Some of a kernel's taps, and the outputs that see something through them. */
interface Taps {
  readonly ky: number;
  readonly kx: number;
  readonly kh: number;
  readonly kw: number;
  readonly y: Span;
  readonly x: Span;
}

/**
 * The gradient of packed weights, as partial sums one after the other. Returns them and their number. `seen`: the outputs of each
 * tap, if they are not all.
 */
export function contractPixels(
  plan: StepWriter,
  x: View,
  dy: View,
  window: Window,
  panels: Panels,
  seen: readonly Omit<Taps, "kh" | "kw">[] | null,
): { partial: Place; parts: number } {
  const { kh, kw, sh, sw, dh, dw } = window;
  const { lanes, width } = panels;
  const tap = lanes * VECTOR_BYTES;
  // One block after the other without a gap: their channels are rows of one unit.
  const flat = dy.h === 1 && dy.w === 1 && x.block === x.pixel && kh === 1 && kw === 1;
  const parts = partsOf(x.n, panels.count * (flat ? 1 : panels.blocks) * kh);
  const images = x.n / parts;
  const partial = plan.scratch((parts * panels.count * panels.bytes) / 4);
  const alongImages = [images, x.image, dy.image] as const;
  // Of one block that is not full, the taps of a row are units by themselves.
  const narrow = width < lanes;
  const joined = dw === 1 && !narrow;
  const all = { kh, y: { first: 0, count: dy.h }, x: { first: 0, count: dy.w } };
  const together: Taps[] =
    joined || narrow
      ? [{ ...all, ky: 0, kx: 0, kw }]
      : Array.from({ length: kw }, (_, kx) => ({ ...all, ky: 0, kx, kw: 1 }));
  for (const taps of seen?.map((each) => ({ ...each, kh: 1, kw: 1 })) ?? together) {
    const rowsOfImage = [taps.y.count, sh * x.row, dy.row] as const;
    const pixelsOfRow = [taps.x.count, sw * x.pixel, dy.pixel] as const;
    const row = taps.y.first * sh + taps.ky * dh;
    const column = taps.x.first * sw + taps.kx * dw;
    for (const { panel, count, firstBlock } of panels.runs) {
      contract(
        plan,
        after(partial, panel * panels.bytes + (taps.ky * kw + taps.kx) * tap),
        dataOf(x, firstBlock * x.block + row * x.row + column * x.pixel),
        dataOf(dy, panel * dy.block + taps.y.first * dy.row + taps.x.first * dy.pixel),
        NO_EPILOGUE,
        {
          units: [
            [parts, panels.count * panels.bytes, images * x.image, images * dy.image],
            [count, panels.bytes, 0, dy.block],
            ...(narrow ? [] : [[flat ? 1 : panels.blocks, kh * kw * tap, x.block, 0] as const]),
            [taps.kh, kw * tap, dh * x.row, 0],
            ...(narrow ? [[taps.kw, tap, dw * x.pixel, 0] as const] : []),
          ],
          rows: {
            count: flat ? panels.blocks * lanes : joined ? taps.kw * lanes : width,
            c: VECTOR_BYTES,
            a: 4,
            residual: 0,
          },
          // The longest loop last: each round of the others costs a few instructions.
          sum:
            images > taps.x.count
              ? [rowsOfImage, pixelsOfRow, alongImages]
              : [alongImages, rowsOfImage, pixelsOfRow],
        },
      );
    }
  }
  return { partial, parts };
}
