// Padding, in the modes of numpy.pad and torch.nn.functional.pad, also with holes between the pixels (for strided gradients).

import { at } from "../lib/simd";
import { view } from "../lib/view";

export const ZEROS: i32 = 0;
export const REFLECT: i32 = 1;
export const SYMMETRIC: i32 = 2;
export const REPLICATE: i32 = 3;
export const CIRCULAR: i32 = 4;

// @ts-ignore: decorator
@unmanaged @final
export class Padding {
  mode: i32;
  top: i32;
  left: i32;
  /** Distance of neighbouring input pixels in the output; above 1 only with zeros. */
  sh: i32;
  sw: i32;
  /** 1 where the input already lies inside the output, so that only the border is left to write. */
  inPlace: i32;
}

/** The input index that padded index i shows, or -1 for a zero. */
function source(i: i32, before: i32, size: i32, stride: i32, mode: i32): i32 {
  i -= before;
  if (mode == ZEROS) {
    if (i < 0 || i % stride != 0) return -1;
    i /= stride;
    return i < size ? i : -1;
  }
  if (mode == REPLICATE) return max(0, min(size - 1, i));
  if (i < 0) return mode == CIRCULAR ? i + size : mode == REFLECT ? -i : -i - 1;
  if (i >= size) return mode == CIRCULAR ? i - size : mode == REFLECT ? 2 * (size - 1) - i : 2 * size - 1 - i;
  return i;
}

// @ts-ignore: decorator
@inline
function copyPixel(out: usize, x: usize, floats: i32): void {
  if (floats == 8) {
    v128.store(out, v128.load(x));
    v128.store(out, v128.load(x, 16), 16);
  } else for (let i = 0; i < floats; ++i) store<f32>(at(out, i), load<f32>(at(x, i)));
}

// @ts-ignore: decorator
@inline
function zeroPixel(out: usize, floats: i32): void {
  for (let i = 0; i < floats; ++i) store<f32>(at(out, i), 0);
}

/** Units are rows of the output. */
export function pad(out: usize, x: usize, geometry: usize, begin: i32, end: i32): void {
  const o = view(out), v = view(x), g = changetype<Padding>(geometry);
  const floats = o.pixel >> 2;
  for (let unit = begin; unit < end; ++unit) {
    const plane = unit / o.h;
    const oy = unit - plane * o.h;
    const y = source(oy, g.top, v.h, g.sh, g.mode);
    let q = o.rowOf(unit);
    const p = v.planeOf(plane) + y * v.row;
    const inside = g.inPlace != 0 && oy >= g.top && oy < g.top + v.h;
    for (let ox = 0; ox < o.w; ++ox, q += o.pixel) {
      if (inside && ox == g.left) {
        // The row's own pixels are where they belong.
        ox += v.w - 1;
        q += (v.w - 1) * o.pixel;
        continue;
      }
      const sx = y < 0 ? -1 : source(ox, g.left, v.w, g.sw, g.mode);
      if (sx < 0) zeroPixel(q, floats);
      else copyPixel(q, p + sx * v.pixel, floats);
    }
  }
}

/** Units are planes of dx: every padded pixel's gradient goes back to the pixel it showed. */
export function padGradInput(dx: usize, dy: usize, geometry: usize, begin: i32, end: i32): void {
  const o = view(dx), v = view(dy), g = changetype<Padding>(geometry);
  for (let plane = begin; plane < end; ++plane) {
    const to = o.planeOf(plane);
    for (let y = 0; y < o.h; ++y) {
      for (let x = 0; x < o.w; ++x) zeroPixel(to + y * o.row + x * o.pixel, 8);
    }
    for (let py = 0; py < v.h; ++py) {
      const y = source(py, g.top, o.h, 1, g.mode);
      if (y < 0) continue;
      let p = v.planeOf(plane) + py * v.row;
      for (let px = 0; px < v.w; ++px, p += v.pixel) {
        const x = source(px, g.left, o.w, 1, g.mode);
        if (x < 0) continue;
        const q = to + y * o.row + x * o.pixel;
        v128.store(q, f32x4.add(v128.load(q), v128.load(p)));
        v128.store(q, f32x4.add(v128.load(q, 16), v128.load(p, 16)), 16);
      }
    }
  }
}
