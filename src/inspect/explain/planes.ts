/** Sizes of an input: rows of `w` numbers, `h` of them in each of `c` channels. */
export interface Planes {
  readonly c: number;
  readonly h: number;
  readonly w: number;
}

/** The planes moved down and to the right; what leaves at one side comes in at the other. */
export function rolled(x: Float32Array, { c, h, w }: Planes, down: number, across: number): Float32Array {
  const result = new Float32Array(x.length);
  const shift = ((across % w) + w) % w;
  for (let row = 0; row < c * h; row++) {
    const y = row % h;
    const to = (row - y + ((((y + down) % h) + h) % h)) * w;
    result.set(x.subarray(row * w, (row + 1) * w - shift), to + shift);
    result.set(x.subarray((row + 1) * w - shift, (row + 1) * w), to);
  }
  return result;
}

/**
 * A gradient in which coarse structures have more part: split into bands, each of structures twice as large as those of the one
 * before, all brought to one size and added up with weights 2^(smoothness * band). With 0 it stays what it is.
 */
export function balanced(gradient: Float32Array, size: Planes, smoothness: number): Float32Array {
  if (smoothness === 0) return gradient;
  const sum = new Float32Array(gradient.length);
  let rest = gradient;
  // The last band is all that is coarser than an eighth of the shorter side.
  const bands = Math.max(1, Math.floor(Math.log2(Math.min(size.h, size.w))) - 2);
  for (let band = 0; band < bands; band++) {
    const coarser: Float32Array =
      band < bands - 1 ? blurred(rest, size, 2 ** band) : new Float32Array(gradient.length);
    let squares = 0;
    for (let i = 0; i < sum.length; i++) squares += (rest[i]! - coarser[i]!) ** 2;
    const weight = 2 ** (smoothness * band) / (Math.sqrt(squares / sum.length) || 1);
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * (rest[i]! - coarser[i]!);
    rest = coarser;
  }
  return sum;
}

// The B3 spline of the wavelet transform "a trous" (Holschneider et al., 1989): each band costs the same.
const SPLINE = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];

/** Without the structures of `hole` pixels and fewer; beyond the border, the border's numbers. */
function blurred(x: Float32Array, { c, h, w }: Planes, hole: number): Float32Array {
  const down = new Float32Array(x.length);
  const both = new Float32Array(x.length);
  const taps = SPLINE.map((weight, i) => [weight, (i - 2) * hole] as const);
  for (let row = 0; row < c * h; row++) {
    const y = row % h;
    for (const [weight, offset] of taps) {
      const from = (row - y + Math.min(Math.max(y + offset, 0), h - 1)) * w;
      for (let i = 0; i < w; i++) down[row * w + i]! += weight * x[from + i]!;
    }
    for (const [weight, offset] of taps) {
      for (let i = 0; i < w; i++)
        both[row * w + i]! += weight * down[row * w + Math.min(Math.max(i + offset, 0), w - 1)]!;
    }
  }
  return both;
}
