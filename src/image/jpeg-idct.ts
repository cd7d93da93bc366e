// The inverse cosine transform of libjpeg ("islow"), to the bit: Loeffler, Ligtenberg, Moschytz, "Practical Fast 1-D DCT
// Algorithms with 11 Multiplications" (1989), in 13-bit fixed point, two bits kept between its passes.

const CONST_BITS = 13;
const PASS1_BITS = 2;
const fixed = (x: number): number => Math.round(x * 2 ** CONST_BITS);

const F0298 = fixed(0.298631336);
const F0390 = fixed(0.39018064);
const F0541 = fixed(0.5411961);
const F0765 = fixed(0.765366865);
const F0899 = fixed(0.899976223);
const F1175 = fixed(1.175875602);
const F1501 = fixed(1.50132111);
const F1847 = fixed(1.847759065);
const F1961 = fixed(1.96157056);
const F2053 = fixed(2.053119869);
const F2562 = fixed(2.562915447);
const F3072 = fixed(3.072711026);

const { imul } = Math;
const block = new Int32Array(64);

/**
 * The 8 x 8 samples of a block of coefficients, before they are moved up by 128 and clamped. The result is overwritten
 * by the next call.
 * @param at where the block's 64 coefficients begin, row by row
 */
export function inverseCosine(coefficients: Int16Array, at: number, quantization: Int32Array): Int32Array {
  let others = 0;
  for (let i = 1; i < 64; i++) others |= block[i] = imul(coefficients[at + i]!, quantization[i]!);
  block[0] = imul(coefficients[at]!, quantization[0]!);
  // Most blocks of a smooth picture hold one colour.
  if (others === 0)
    return block.fill(((block[0]! << PASS1_BITS) + (1 << (PASS1_BITS + 2))) >> (PASS1_BITS + 3));
  for (let x = 0; x < 8; x++) pass(x, 8, CONST_BITS - PASS1_BITS);
  for (let y = 0; y < 64; y += 8) pass(y, 1, CONST_BITS + PASS1_BITS + 3);
  return block;
}

/** Transforms eight numbers of the block in place, `step` apart, and takes `shift` bits off, rounded. */
function pass(begin: number, step: number, shift: number): void {
  const at = begin + step;
  const c1 = block[at]!;
  const c2 = block[at + step]!;
  const c3 = block[at + 2 * step]!;
  const c4 = block[at + 3 * step]!;
  const c5 = block[at + 4 * step]!;
  const c6 = block[at + 5 * step]!;
  const c7 = block[at + 6 * step]!;
  const half = 1 << (shift - 1);
  if ((c1 | c2 | c3 | c4 | c5 | c6 | c7) === 0) {
    const constant = ((block[begin]! << CONST_BITS) + half) >> shift;
    for (let i = 0, p = begin; i < 8; i++, p += step) block[p] = constant;
    return;
  }
  const even = imul(c2 + c6, F0541);
  const e2 = even - imul(c6, F1847);
  const e3 = even + imul(c2, F0765);
  const e0 = (block[begin]! + c4) << CONST_BITS;
  const e1 = (block[begin]! - c4) << CONST_BITS;
  const s0 = e0 + e3 + half;
  const s1 = e1 + e2 + half;
  const s2 = e1 - e2 + half;
  const s3 = e0 - e3 + half;

  const odd = imul(c7 + c3 + c5 + c1, F1175);
  const z1 = imul(c7 + c1, -F0899);
  const z2 = imul(c5 + c3, -F2562);
  const z3 = imul(c7 + c3, -F1961) + odd;
  const z4 = imul(c5 + c1, -F0390) + odd;
  const o0 = imul(c7, F0298) + z1 + z3;
  const o1 = imul(c5, F2053) + z2 + z4;
  const o2 = imul(c3, F3072) + z2 + z3;
  const o3 = imul(c1, F1501) + z1 + z4;

  block[begin] = (s0 + o3) >> shift;
  block[at] = (s1 + o2) >> shift;
  block[at + step] = (s2 + o1) >> shift;
  block[at + 2 * step] = (s3 + o0) >> shift;
  block[at + 3 * step] = (s3 - o0) >> shift;
  block[at + 4 * step] = (s2 - o1) >> shift;
  block[at + 5 * step] = (s1 - o2) >> shift;
  block[at + 6 * step] = (s0 - o3) >> shift;
}
