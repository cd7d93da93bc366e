// Padding, in the modes of numpy.pad and torch.nn.functional.pad, also with holes between the pixels (for strided gradients).

import { LANES, view } from "../lib/view";

const ZEROS: i32 = 0;
const REFLECT: i32 = 1;
const SYMMETRIC: i32 = 2;
const REPLICATE: i32 = 3;
const CIRCULAR: i32 = 4;

// @ts-ignore: decorator
@unmanaged @final
class Padding {
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
function copyFloats(out: usize, x: usize, floats: i32): void {
  for (; floats >= 4; floats -= 4, out += 16, x += 16) v128.store(out, v128.load(x));
  for (; floats > 0; --floats, out += 4, x += 4) store<f32>(out, load<f32>(x));
}

// @ts-ignore: decorator
@inline
function zeroFloats(out: usize, floats: i32): void {
  for (; floats >= 4; floats -= 4, out += 16) v128.store(out, f32x4.splat(0));
  for (; floats > 0; --floats, out += 4) store<f32>(out, 0);
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
    if (y < 0) {
      zeroFloats(q, o.w * floats);
      continue;
    }
    const p = v.planeOf(plane) + y * v.row;
    if (g.sw > 1) {
      zeroFloats(q, o.w * floats);
      let sx = g.left < 0 ? (g.sw - 1 - g.left) / g.sw : 0;
      for (let ox = g.left + sx * g.sw; sx < v.w && ox < o.w; ++sx, ox += g.sw) {
        copyFloats(q + ox * o.pixel, p + sx * v.pixel, floats);
      }
      continue;
    }
    border(q, p, 0, g.left, v.w, g, floats);
    q += g.left * o.pixel;
    // In place the row's own pixels are where they belong.
    if (!g.inPlace || oy < g.top || oy >= g.top + v.h) copyFloats(q, p, v.w * floats);
    border(q + v.w * o.pixel, p, g.left + v.w, o.w, v.w, g, floats);
  }
}

/**
 * Units are planes of the output. Zeros around h x w pixels that lie there already, from row `top` and column `left` on:
 * what is left to do of most padding.
 */
export function padAround(out: usize, top: i32, left: i32, h: i32, w: i32, begin: i32, end: i32): void {
  const o = view(out);
  const floats = o.pixel >> 2;
  const before = left * floats, after = (o.w - left - w) * floats, behind = (left + w) * o.pixel;
  for (let plane = begin; plane < end; ++plane) {
    let p = o.planeOf(plane);
    for (let y = 0; y < o.h; ++y, p += o.row) {
      if (y < top || y >= top + h) {
        zeroFloats(p, o.w * floats);
        continue;
      }
      zeroFloats(p, before);
      zeroFloats(p + behind, after);
    }
  }
}

/** Columns first..end-1 of a padded row; none of them is the image's own. */
// @ts-ignore: decorator
@inline
function border(out: usize, x: usize, first: i32, end: i32, size: i32, g: Padding, floats: i32): void {
  if (g.mode == ZEROS) {
    zeroFloats(out, (end - first) * floats);
    return;
  }
  for (let ox = first; ox < end; ++ox, out += floats << 2) {
    copyFloats(out, x + source(ox, g.left, size, 1, g.mode) * (floats << 2), floats);
  }
}

/** Units are planes of dx: every padded pixel's gradient goes back to the pixel it showed. */
export function padGradInput(dx: usize, dy: usize, geometry: usize, begin: i32, end: i32): void {
  const o = view(dx), v = view(dy), g = changetype<Padding>(geometry);
  for (let plane = begin; plane < end; ++plane) {
    const to = o.planeOf(plane);
    if (g.mode == ZEROS) {
      let from = v.planeOf(plane) + g.top * v.row + g.left * v.pixel;
      for (let y = 0; y < o.h; ++y, from += v.row) copyFloats(to + y * o.row, from, o.w * LANES);
      continue;
    }
    for (let y = 0; y < o.h; ++y) zeroFloats(to + y * o.row, o.w * LANES);
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
