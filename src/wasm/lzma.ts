// Sizes of the models, and where each begins among the probabilities (LZMA specification, Igor Pavlov, 2015).
const STATES = 12;
const POSITIONS = 4;
const MATCH = 0;
const REP = MATCH + STATES * POSITIONS;
const REP0_LONG = REP + 4 * STATES;
const SLOT = REP0_LONG + STATES * POSITIONS;
const SPECIAL = SLOT + 4 * 64;
const ALIGN = SPECIAL + 128;
const LENGTH = ALIGN + 16;
const LENGTH_MIDDLE = 2 + POSITIONS * 8;
const LENGTH_HIGH = LENGTH_MIDDLE + POSITIONS * 8;
const REP_LENGTH = LENGTH + LENGTH_HIGH + 256;
const LITERAL = REP_LENGTH + LENGTH_HIGH + 256;
const END = LITERAL + 8 * 0x300;
/** Flipped, signed numbers compare as unsigned ones. */
const SIGN = 1 << 31;

/**
 * The first bytes of what LZMA packed into a bare stream, with its usual settings: lc 3, lp 0, pb 2. WebAssembly takes a
 * quarter less than by deflate, and of two builds in one stream the second hardly counts.
 */
export function unpackLzma(stream: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(length);
  const odds = new Uint16Array(END).fill(1024);
  let at = 1;
  // Unsigned numbers of 32 bits, as signed ones: engines keep those without a box.
  let range = -1;
  let code = 0;
  const isLess = (a: number, b: number): boolean => (a ^ SIGN) < (b ^ SIGN);
  const refill = (): void => {
    if (range >>> 24 !== 0) return;
    range <<= 8;
    code = (code << 8) | stream[at++]!;
  };
  while (at < 5) code = (code << 8) | stream[at++]!;
  /** The next bit under the model at an index, which learns from it. */
  const bit = (index: number): number => {
    const odd = odds[index]!;
    const bound = Math.imul(range >>> 11, odd);
    const one = isLess(code, bound) ? 0 : 1;
    if (one) {
      range = (range - bound) | 0;
      code = (code - bound) | 0;
      odds[index] = odd - (odd >>> 5);
    } else {
      range = bound;
      odds[index] = odd + ((2048 - odd) >>> 5);
    }
    refill();
    return one;
  };
  /** A number of `bits` bits, the highest first, each under a model chosen by those before. */
  const tree = (index: number, bits: number): number => {
    let node = 1;
    for (let i = 0; i < bits; i++) node = 2 * node + bit(index + node);
    return node - (1 << bits);
  };
  /** The same, the lowest first. */
  const reversed = (index: number, bits: number): number => {
    let node = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const next = bit(index + node);
      node = 2 * node + next;
      value += next << i;
    }
    return value;
  };
  /** Bits as likely 0 as 1. */
  const direct = (bits: number): number => {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      range >>>= 1;
      const one = isLess(code, range) ? 0 : 1;
      if (one) code = (code - range) | 0;
      value = 2 * value + one;
      refill();
    }
    return value;
  };
  const lengthOf = (index: number, position: number): number => {
    if (!bit(index)) return 2 + tree(index + 2 + position * 8, 3);
    if (!bit(index + 1)) return 10 + tree(index + LENGTH_MIDDLE + position * 8, 3);
    return 18 + tree(index + LENGTH_HIGH, 8);
  };
  const distance = (length: number): number => {
    const slot = tree(SLOT + Math.min(length - 2, 3) * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const high = (2 + (slot & 1)) << bits;
    if (slot < 14) return high + reversed(SPECIAL + high - slot, bits);
    return high + (direct(bits - 4) << 4) + reversed(ALIGN, 4);
  };

  /** What came last: from 7 on a copy. */
  let state = 0;
  /** How far back the last four copies came from, less 1. */
  const back = [0, 0, 0, 0];
  for (let to = 0; to < length; ) {
    const position = to & (POSITIONS - 1);
    const copied = out[to - back[0]! - 1]!;
    if (!bit(MATCH + state * POSITIONS + position)) {
      const index = LITERAL + ((out[to - 1] ?? 0) >> 5) * 0x300;
      let node = 1;
      if (state >= 7) {
        // As long as it agrees with the byte that would have been copied, that one's bits choose the models.
        let next: number;
        for (let shift = 7; node < 256; shift--) {
          const guess = (copied >> shift) & 1;
          next = bit(index + ((1 + guess) << 8) + node);
          node = 2 * node + next;
          if (next !== guess) break;
        }
      }
      while (node < 256) node = 2 * node + bit(index + node);
      out[to++] = node;
      state = state < 4 ? 0 : state - (state < 10 ? 3 : 6);
      continue;
    }
    let count: number;
    if (bit(REP + state)) {
      let which = 0;
      let single = false;
      if (!bit(REP + STATES + state)) single = !bit(REP0_LONG + state * POSITIONS + position);
      else which = bit(REP + 2 * STATES + state) ? 2 + bit(REP + 3 * STATES + state) : 1;
      back.unshift(...back.splice(which, 1));
      count = single ? 1 : lengthOf(REP_LENGTH, position);
      state = state < 7 ? (single ? 9 : 8) : 11;
    } else {
      count = lengthOf(LENGTH, position);
      back.unshift(distance(count));
      back.pop();
      state = state < 7 ? 7 : 10;
    }
    for (const end = Math.min(to + count, length); to < end; to++) out[to] = out[to - back[0]! - 1]!;
  }
  return out;
}
