import { check } from "../errors.js";

/** Reads little-endian numbers and texts one after the other, and never past the end. */
export class ByteReader {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #name: string;

  /** @param name of the file, for errors */
  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#name = name;
  }

  get left(): number {
    return this.#bytes.length - this.position;
  }

  /** The next bytes, as a view of the file. */
  take(count: number): Uint8Array {
    return this.#bytes.subarray(this.#advance(count), this.position);
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  /** A length or offset of 64 bits; one beyond 2^53 is as wrong as any that is beyond the file. */
  u64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  /** Big-endian, as pickles have it. */
  f64BigEndian(): number {
    return this.#view.getFloat64(this.#advance(8));
  }

  /** Up to the next line feed, which is left out. */
  line(): Uint8Array {
    const end = this.#bytes.indexOf(10, this.position);
    check(
      end >= 0,
      () => `${this.#name}: the file ends at byte ${this.#bytes.length}, in the middle of a line.`,
    );
    const line = this.#bytes.subarray(this.position, end);
    this.position = end + 1;
    return line;
  }

  #advance(count: number): number {
    const start = this.position;
    check(
      count <= this.left,
      () =>
        `${this.#name}: the file is truncated or damaged: ${count} bytes should follow byte ${start}, but ${this.left} do.`,
    );
    this.position += count;
    return start;
  }
}
