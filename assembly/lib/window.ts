// Windows that slide over an image, and what of them lies inside it.

/** The taps of a window: sizes, stride, dilation. */
// @ts-ignore: decorator
@unmanaged
export class Taps {
  kh: i32; kw: i32;
  sh: i32; sw: i32;
  dh: i32; dw: i32;
}

/** A pooling window: constants of the pooling kernels. */
// @ts-ignore: decorator
@unmanaged
export class Window extends Taps {
  top: i32; left: i32; bottom: i32; right: i32;
  /** Whether padding counts in a mean. */
  includePad: i32;
}

/** First tap of a window from `start` on that is not before the image. */
// @ts-ignore: decorator
@inline
export function firstTap(start: i32, dilation: i32): i32 {
  return start >= 0 ? 0 : (dilation - 1 - start) / dilation;
}

/** One past the last tap of a window from `start` on that is not behind the image. */
// @ts-ignore: decorator
@inline
export function endTap(start: i32, taps: i32, dilation: i32, size: i32): i32 {
  if (start + (taps - 1) * dilation < size) return taps;
  return start >= size ? 0 : (size - 1 - start) / dilation + 1;
}

/** First of the windows that reach an input pixel. */
// @ts-ignore: decorator
@inline
export function firstWindow(pixel: i32, before: i32, kernel: i32, stride: i32): i32 {
  const first = pixel + before - kernel + 1;
  return first <= 0 ? 0 : (first + stride - 1) / stride;
}

/** One past the last of the windows that reach an input pixel, of `count`. */
// @ts-ignore: decorator
@inline
export function endWindow(pixel: i32, before: i32, stride: i32, count: i32): i32 {
  return min(count, (pixel + before) / stride + 1);
}

/** out = the sum of h x w pixels over the divisor. Summed by rows, so that no sum is long. */
// @ts-ignore: decorator
@inline
export function mean(out: usize, x: usize, h: i32, w: i32, row: i32, pixel: i32, divisor: i32): void {
  let s0 = f32x4.splat(0), s1 = s0;
  for (; h > 0; --h, x += row) {
    let r0 = f32x4.splat(0), r1 = r0;
    let p = x;
    for (let i = w; i > 0; --i, p += pixel) {
      r0 = f32x4.add(r0, v128.load(p));
      r1 = f32x4.add(r1, v128.load(p, 16));
    }
    s0 = f32x4.add(s0, r0);
    s1 = f32x4.add(s1, r1);
  }
  const count = f32x4.splat(<f32>divisor);
  v128.store(out, f32x4.div(s0, count));
  v128.store(out, f32x4.div(s1, count), 16);
}

/** Adds dy over the divisor to each of w pixels: one row of what {@link mean} has read. */
// @ts-ignore: decorator
@inline
export function addMeanGrad(dx: usize, w: i32, pixel: i32, dy: usize, divisor: i32): void {
  const count = f32x4.splat(<f32>divisor);
  const g0 = f32x4.div(v128.load(dy), count), g1 = f32x4.div(v128.load(dy, 16), count);
  for (; w > 0; --w, dx += pixel) {
    v128.store(dx, f32x4.add(v128.load(dx), g0));
    v128.store(dx, f32x4.add(v128.load(dx, 16), g1), 16);
  }
}

/** Zeroes w pixels. */
// @ts-ignore: decorator
@inline
export function clearRow(p: usize, w: i32, pixel: i32): void {
  for (; w > 0; --w, p += pixel) {
    v128.store(p, f32x4.splat(0));
    v128.store(p, f32x4.splat(0), 16);
  }
}
