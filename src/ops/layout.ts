/** Channels in a block of the blocked layout. */
export const LANES = 8;
const FLOAT_BYTES = 4;

/** A piece of memory whose address the planner settles. */
export interface Storage {
  readonly name: string;
  readonly bytes: number;
  /** Known from the start for parameters, after planning for everything else. */
  address?: number;
  /** What it holds from the start. */
  readonly contents?: Int32Array | Float32Array;
}

/** A byte in a storage. */
export interface Place {
  readonly storage: Storage;
  readonly offset: number;
}

/** A tensor in memory: [n][blocks][h][w][lanes] under the given strides in bytes. */
export interface View extends Place {
  readonly n: number;
  readonly c: number;
  readonly blocks: number;
  readonly h: number;
  readonly w: number;
  readonly image: number;
  readonly block: number;
  readonly row: number;
  readonly pixel: number;
}

/** An argument of a kernel: a number, an address, or the address of a view's description. */
export type Arg = number | Place | View;

/** Whether an argument is a view rather than a bare address. */
export function isView(arg: Arg): arg is View {
  return typeof arg === "object" && "pixel" in arg;
}

/** The address a view's data begins at, where a kernel wants that rather than the description. */
export function dataOf(view: View, offset = 0): Place {
  return { storage: view.storage, offset: view.offset + offset };
}

/** Whether two places are the same. */
export function samePlace(a: Place, b: Place): boolean {
  return a.storage === b.storage && a.offset === b.offset;
}

/** A place further on, in bytes. */
export function after(place: Place, bytes: number): Place {
  return { storage: place.storage, offset: place.offset + bytes };
}

/** Bytes of a tensor in the blocked layout without a border. `lanes`: floats of a pixel. */
export function viewBytes(n: number, c: number, h: number, w: number, lanes = LANES): number {
  return n * Math.ceil(c / lanes) * h * w * lanes * FLOAT_BYTES;
}

/** The contiguous view of a whole storage. */
export function contiguous(
  storage: Storage,
  n: number,
  c: number,
  h: number,
  w: number,
  lanes = LANES,
): View {
  const pixel = lanes * FLOAT_BYTES;
  const row = w * pixel;
  const block = h * row;
  const blocks = Math.ceil(c / lanes);
  return { storage, offset: 0, n, c, blocks, h, w, image: blocks * block, block, row, pixel };
}

/** The part of a view that begins at row y and column x. */
export function inside(view: View, y: number, x: number, h: number, w: number): View {
  return { ...view, h, w, offset: view.offset + y * view.row + x * view.pixel };
}

/** Floats of a pixel: 8, or fewer for an image whose channels are interleaved. */
export function lanesOf(view: View): number {
  return view.pixel / FLOAT_BYTES;
}

/** Kernels that work row by row waste less on one long row than on many short ones: joins them where all views allow. */
export function joinRows(views: readonly View[]): View[] {
  const joinable = views.every((view) => view.row === view.w * view.pixel && view.w === views[0]!.w);
  return joinable
    ? views.map((view) => ({ ...view, h: 1, w: view.h * view.w, row: view.block }))
    : [...views];
}
