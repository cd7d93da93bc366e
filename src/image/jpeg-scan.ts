import type { BitReader, HuffmanTable } from "./jpeg-bits.js";

/** The coefficients of one colour component. */
export interface Coefficients {
  /** Blocks that hold pixels of the picture, and blocks in a row of `values`, which fills whole units of the scans. */
  readonly columns: number;
  readonly rows: number;
  readonly stride: number;
  /** Sampling factors: blocks in a unit of a scan of several components. */
  readonly across: number;
  readonly down: number;
  /** 64 for each block, in rows of the block. */
  readonly values: Int16Array;
}

/** A component's part in a scan. */
export interface ScanComponent extends Coefficients {
  readonly dc: HuffmanTable | undefined;
  readonly ac: HuffmanTable | undefined;
}

export interface Scan {
  readonly components: readonly ScanComponent[];
  readonly progressive: boolean;
  /** The coefficients that the scan brings, in zigzag order. */
  readonly first: number;
  readonly last: number;
  /** Whether the scan adds a bit to what earlier ones brought. */
  readonly refines: boolean;
  /** The place of the lowest bit it brings. */
  readonly low: number;
  /** Units of several components, in the whole picture. */
  readonly unitColumns: number;
  readonly unitRows: number;
  /** Units between two restart markers; 0 for none. */
  readonly restartInterval: number;
}

/** The place in a block, row by row, of each coefficient in zigzag order. */
export const zigzag = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48],
  ...[41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15],
  ...[23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63],
);

/** Reads the coefficients of a scan (ITU-T T.81, F.2 and G.2). */
export function readScan(bits: BitReader, scan: Scan): void {
  const { components, restartInterval } = scan;
  const reader = new BlockReader(bits, scan);
  const units = unitsOf(scan);
  for (let unit = 0; unit < units; unit++) {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0) {
      bits.restart((unit / restartInterval - 1) % 8);
      reader.reset();
    }
    if (components.length === 1) {
      const { columns, stride } = components[0]!;
      reader.read(0, Math.floor(unit / columns) * stride + (unit % columns));
    } else {
      const row = Math.floor(unit / scan.unitColumns);
      const column = unit % scan.unitColumns;
      for (let c = 0; c < components.length; c++) {
        const { across, down, stride } = components[c]!;
        for (let y = 0; y < down; y++) {
          for (let x = 0; x < across; x++) reader.read(c, (row * down + y) * stride + column * across + x);
        }
      }
    }
    bits.checkEnd();
  }
}

/** A scan of one component holds no blocks beyond the picture's edge. */
function unitsOf({ components, unitColumns, unitRows }: Scan): number {
  const [only] = components;
  return components.length === 1 ? only!.columns * only!.rows : unitColumns * unitRows;
}

class BlockReader {
  readonly #bits: BitReader;
  readonly #scan: Scan;
  /** The last constant coefficient of each component: only differences are stored. */
  readonly #before: Int32Array;
  /** So many blocks from here on have nothing more in this scan. */
  #ended = 0;

  constructor(bits: BitReader, scan: Scan) {
    this.#bits = bits;
    this.#scan = scan;
    this.#before = new Int32Array(scan.components.length);
  }

  reset(): void {
    this.#before.fill(0);
    this.#ended = 0;
  }

  /** Reads a block of component `c` of the scan. */
  read(c: number, block: number): void {
    const { components, progressive, first, refines } = this.#scan;
    const { dc, ac, values } = components[c]!;
    const at = block * 64;
    if (!progressive) {
      this.#constant(c, dc!, values, at);
      this.#sequential(ac!, values, at);
    } else if (first === 0) {
      if (!refines) this.#constant(c, dc!, values, at);
      else if (this.#bits.take(1)) values[at]! |= 1 << this.#scan.low;
    } else if (refines) this.#refine(ac!, values, at);
    else this.#progressive(ac!, values, at);
  }

  #constant(c: number, table: HuffmanTable, values: Int16Array, at: number): void {
    this.#before[c]! += this.#bits.signed(this.#bits.symbol(table));
    values[at] = this.#before[c]! << this.#scan.low;
  }

  #sequential(table: HuffmanTable, values: Int16Array, at: number): void {
    const bits = this.#bits;
    for (let k = 1; k < 64; k++) {
      const symbol = bits.symbol(table);
      const size = symbol & 15;
      if (size === 0) {
        if (symbol !== 0xf0) return;
        k += 15;
        continue;
      }
      k += symbol >> 4;
      if (k > 63) bits.damaged("a block of more than 64 coefficients");
      values[at + zigzag[k]!] = bits.signed(size);
    }
  }

  #progressive(table: HuffmanTable, values: Int16Array, at: number): void {
    if (this.#ended > 0) {
      this.#ended--;
      return;
    }
    const bits = this.#bits;
    const { first, last, low } = this.#scan;
    for (let k = first; k <= last; k++) {
      const symbol = bits.symbol(table);
      const size = symbol & 15;
      const run = symbol >> 4;
      if (size === 0) {
        if (run < 15) {
          this.#ended = (1 << run) - 1 + bits.take(run);
          return;
        }
        k += 15;
        continue;
      }
      k += run;
      if (k > last) bits.damaged("a block of too many coefficients");
      values[at + zigzag[k]!] = bits.signed(size) << low;
    }
  }

  /** One more bit for the coefficients that are not zero, and between them new ones of that bit alone. */
  #refine(table: HuffmanTable, values: Int16Array, at: number): void {
    const bits = this.#bits;
    const { first, last, low } = this.#scan;
    let k = first;
    if (this.#ended === 0) {
      for (; k <= last; k++) {
        const symbol = bits.symbol(table);
        let zeros = symbol >> 4;
        let value = 0;
        if ((symbol & 15) !== 0) value = bits.take(1) ? 1 << low : -1 << low;
        else if (zeros < 15) {
          this.#ended = (1 << zeros) + bits.take(zeros);
          break;
        }
        for (; k <= last; k++) {
          const place = at + zigzag[k]!;
          if (values[place] !== 0) this.#correct(values, place);
          else if (--zeros < 0) break;
        }
        if (value === 0) continue;
        if (k > last) bits.damaged("a block of too many coefficients");
        values[at + zigzag[k]!] = value;
      }
    }
    if (this.#ended === 0) return;
    this.#ended--;
    for (; k <= last; k++) {
      const place = at + zigzag[k]!;
      if (values[place] !== 0) this.#correct(values, place);
    }
  }

  #correct(values: Int16Array, place: number): void {
    if (!this.#bits.take(1)) return;
    const value = values[place]!;
    const bit = 1 << this.#scan.low;
    if ((value & bit) === 0) values[place] = value >= 0 ? value + bit : value - bit;
  }
}
