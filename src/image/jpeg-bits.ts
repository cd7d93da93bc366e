import { FeatureMapError } from "../errors.js";

/** Codes of up to so many bits are looked up at once. */
const LOOK = 9;

/** A Huffman code: symbols by their bits. */
export interface HuffmanTable {
  /** For every string of LOOK bits: the length of the code it begins with, times 256, and its symbol; 0 for longer codes. */
  readonly look: Uint16Array;
  /** For each length: the largest code, -1 for none; and what added to a code gives its place among the symbols. */
  readonly largest: Int32Array;
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

/** Builds a table from the number of codes of each length from 1 to 16, and their symbols. Undefined if they do not fit. */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable | undefined {
  const look = new Uint16Array(1 << LOOK);
  const largest = new Int32Array(17).fill(-1);
  const offset = new Int32Array(17);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1]!;
    offset[length] = next - code;
    for (let i = 0; i < count; i++, code++, next++) {
      if (length > LOOK) continue;
      const spare = LOOK - length;
      look.fill((length << 8) | symbols[next]!, code << spare, (code + 1) << spare);
    }
    if (count > 0) largest[length] = code - 1;
    if (code > 1 << length) return undefined;
    code <<= 1;
  }
  return { look, largest, offset, symbols };
}

/** Bits of the compressed data of a JPEG scan, up to the next marker. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  #at: number;
  /** The last bits that were read, `#count` of which have not been taken yet. */
  #bits = 0;
  #count = 0;
  /** Zeros given out after the end; taking one of them is an error. */
  #made = 0;

  constructor(bytes: Uint8Array, at: number, name: string) {
    this.#bytes = bytes;
    this.#at = at;
    this.#name = name;
  }

  #fill(): void {
    const bytes = this.#bytes;
    while (this.#count <= 24) {
      let byte = this.#at < bytes.length ? bytes[this.#at]! : 0xff;
      if (byte === 0xff) {
        // A zero after it says that it is no marker.
        if (this.#at + 1 < bytes.length && bytes[this.#at + 1] === 0) this.#at += 2;
        else {
          byte = 0;
          this.#made += 8;
        }
      } else this.#at++;
      this.#bits = (this.#bits << 8) | byte;
      this.#count += 8;
    }
  }

  /** The next symbol. */
  symbol({ look, largest, offset, symbols }: HuffmanTable): number {
    if (this.#count < 16) this.#fill();
    const found = look[(this.#bits >>> (this.#count - LOOK)) & ((1 << LOOK) - 1)]!;
    if (found !== 0) {
      this.#count -= found >> 8;
      return found & 255;
    }
    for (let length = LOOK + 1; length <= 16; length++) {
      const code = (this.#bits >>> (this.#count - length)) & ((1 << length) - 1);
      if (code > largest[length]!) continue;
      this.#count -= length;
      return symbols[offset[length]! + code]!;
    }
    return this.damaged("a code that is in no table");
  }

  /** The next `count` bits as a number; 16 at most. */
  take(count: number): number {
    if (this.#count < count) this.#fill();
    this.#count -= count;
    return (this.#bits >>> this.#count) & ((1 << count) - 1);
  }

  /** The next `count` bits as a number that may be negative: those that begin with 0 stand for the lower half. */
  signed(count: number): number {
    if (count === 0) return 0;
    const value = this.take(count);
    return value < 1 << (count - 1) ? value - (1 << count) + 1 : value;
  }

  /** Throws if more bits were taken than there are. */
  checkEnd(): void {
    if (this.#count < this.#made) this.damaged("they end too early");
  }

  /** Drops what is left before the next marker, and gives the marker's place. */
  toMarker(): number {
    const bytes = this.#bytes;
    while (this.#at + 1 < bytes.length) {
      if (bytes[this.#at] === 0xff && bytes[this.#at + 1] !== 0 && bytes[this.#at + 1] !== 0xff)
        return this.#at;
      this.#at++;
    }
    return this.damaged("no marker ends them");
  }

  /** Goes on after the restart marker of that number, 0 to 7. */
  restart(number: number): void {
    this.checkEnd();
    const marker = this.toMarker();
    if (this.#bytes[marker + 1] !== 0xd0 + number) this.damaged(`restart marker ${number} is missing`);
    this.#at = marker + 2;
    this.#count = 0;
    this.#made = 0;
  }

  damaged(reason: string): never {
    throw new FeatureMapError(`${this.#name}: the JPEG data are damaged or truncated: ${reason}.`);
  }
}
