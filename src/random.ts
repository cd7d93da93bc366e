import { check } from "./errors.js";

/**
 * A small seeded generator: the same seed gives the same numbers in every engine.
 *
 * The state is xoshiro128** (Blackman and Vigna, 2018), filled from the seed by splitmix32. Everything is
 * integers, IEEE arithmetic and square roots: no `Math.log` or `Math.cos`, whose last bit differs between engines.
 */
export class Random {
  readonly #key: number;
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  #spare: number | undefined;

  /** @param seed any whole number that a double holds exactly */
  constructor(seed: number) {
    check(Number.isSafeInteger(seed), () => `Random: the seed must be a whole number, not ${seed}.`);
    this.#key = fold(seed);
    this.#a = mix(this.#key + 1 * GOLDEN);
    this.#b = mix(this.#key + 2 * GOLDEN);
    this.#c = mix(this.#key + 3 * GOLDEN);
    // The state must not be all zeros.
    this.#d = mix(this.#key + 4 * GOLDEN) | 1;
  }

  /** The next whole number in [0, 2^32). */
  next(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotate(this.#d, 11);
    return result;
  }

  /** A number in [0, 1) in steps of 2^-24, so that it is the same as a float32. */
  uniform(): number {
    return (this.next() >>> 8) / 2 ** 24;
  }

  /** A number of the standard normal distribution (Marsaglia's polar method). */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const x = this.next() / 2 ** 31 - 1;
      const y = this.next() / 2 ** 31 - 1;
      const s = x * x + y * y;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * ln(s)) / s);
      this.#spare = y * scale;
      return x * scale;
    }
  }

  /** A whole number in [0, n), every one equally likely. */
  int(n: number): number {
    check(
      Number.isInteger(n) && n >= 1 && n <= 2 ** 32,
      () => `Random.int: n must be a whole number of 1 to 2^32, not ${n}.`,
    );
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const value = this.next();
      if (value < limit) return value % n;
    }
  }

  /** The numbers 0 to n - 1 in random order (Fisher and Yates). */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    return order;
  }

  /**
   * An independent generator for a part of the work, such as an epoch or a layer. It depends on this one's seed and the
   * key alone, not on how many numbers were drawn, so the parts may be visited in any order.
   */
  fork(key: number): Random {
    check(Number.isSafeInteger(key), () => `Random.fork: the key must be a whole number, not ${key}.`);
    return new Random(mix(this.#key + fold(key)));
  }
}

const GOLDEN = 0x9e3779b9;

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

/** The finaliser of splitmix32: every bit of the input changes half of the bits of the result. */
function mix(x: number): number {
  x |= 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}

/** The 53 bits of a whole number in 32. */
function fold(x: number): number {
  return mix(mix((x | 0) + GOLDEN) ^ Math.floor(x / 2 ** 32));
}

/** The natural logarithm of a number in (0, 1), by 2 artanh((m - 1) / (m + 1)) with m in [0.5, 1). */
function ln(x: number): number {
  let exponent = 0;
  for (; x < 0.5; x *= 2) exponent--;
  const z = (x - 1) / (x + 1);
  const squared = z * z;
  let sum = 0;
  // |z| is at most 1/3, so 35 is where the terms fall below the last bit.
  for (let k = 35; k >= 1; k -= 2) sum = sum * squared + 1 / k;
  return 2 * z * sum + exponent * Math.LN2;
}
