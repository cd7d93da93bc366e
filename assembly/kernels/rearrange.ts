// Dense numbers moved along their axes, each axis by itself.

import { at, transpose4 } from "../lib/simd";

/** One axis of the output: how many, the bytes from one to the next, and where they come from. */
// @ts-ignore: decorator
@unmanaged @final
class Axis {
  count: i32;
  out: i32;
  /** Index of the axis's first entry in the tables of byte offsets, -1 for offsets of start + i step. */
  table: i32;
  start: i32;
  step: i32;

  /** Bytes that place i adds to the address of the source; negative where it has none. */
  // @ts-ignore: decorator
  @inline offset(tables: usize, i: i32): i32 {
    return this.table < 0 ? this.start + i * this.step : load<i32>(at(tables, this.table + i));
  }
}

const AXIS_BYTES: i32 = 20;

// @ts-ignore: decorator
@unmanaged @final
class Rearrangement {
  /** What the output shows where the input has nothing. */
  fill: f32;
  /** Axes; at least two, of which the last is next to itself in the output. */
  rank: i32;

  // @ts-ignore: decorator
  @inline axis(i: i32): Axis {
    return changetype<Axis>(changetype<usize>(this) + 8 + i * AXIS_BYTES);
  }
}

// @ts-ignore: decorator
@inline
function repeat(out: usize, x: f32, count: i32): void {
  const four = f32x4.splat(x);
  for (; count >= 4; count -= 4, out += 16) v128.store(out, four);
  for (; count > 0; --count, out += 4) store<f32>(out, x);
}

/** The last axis. */
// @ts-ignore: decorator
@inline
function line(out: usize, x: usize, tables: usize, axis: Axis, fill: f32): void {
  let left = axis.count;
  if (axis.table >= 0) {
    for (let i = 0; i < left; ++i, out += 4) {
      const offset = axis.offset(tables, i);
      store<f32>(out, offset < 0 ? fill : load<f32>(x + offset));
    }
    return;
  }
  x += axis.start;
  const step = axis.step;
  if (step == 0) {
    repeat(out, load<f32>(x), left);
    return;
  }
  if (step == 4) {
    for (; left >= 4; left -= 4, out += 16, x += 16) v128.store(out, v128.load(x));
  }
  for (; left > 0; --left, out += 4, x += step) store<f32>(out, load<f32>(x));
}

/** The last two axes, of which the outer one is next to itself in the input: rows become columns. */
function transpose(out: usize, x: usize, lines: Axis, last: Axis): void {
  const across = last.count & ~3, down = lines.count & ~3;
  const outStep = <usize>lines.out, step = <usize>last.step;
  x += lines.start + last.start;
  for (let i = 0; i < down; i += 4) {
    let q = out + i * lines.out, p = at(x, i);
    for (let j = across; j > 0; j -= 4, q += 16, p += 4 * step) transpose4(q, outStep, p, step);
  }
  for (let i = 0; i < lines.count; ++i) {
    const j = i < down ? across : 0;
    let q = at(out + i * lines.out, j), p = at(x, i) + j * last.step;
    for (let left = last.count - j; left > 0; --left, q += 4, p += step) store<f32>(q, load<f32>(p));
  }
}

/** Units are the places of all axes but the last two. */
export function rearrange(out: usize, x: usize, tables: usize, geometry: usize, begin: i32, end: i32): void {
  const g = changetype<Rearrangement>(geometry);
  const lines = g.axis(g.rank - 2), last = g.axis(g.rank - 1);
  const turned = lines.table < 0 && lines.step == 4 && last.table < 0 && lines.count >= 4;
  for (let unit = begin; unit < end; ++unit) {
    let q = out, p = x, none = false;
    for (let a = g.rank - 3, rest = unit; a >= 0; --a) {
      const axis = g.axis(a);
      const next = rest / axis.count, i = rest - next * axis.count;
      const offset = axis.offset(tables, i);
      none = none || offset < 0;
      q += i * axis.out;
      p += offset;
      rest = next;
    }
    if (turned && !none) {
      transpose(q, p, lines, last);
      continue;
    }
    for (let i = 0; i < lines.count; ++i, q += lines.out) {
      const offset = lines.offset(tables, i);
      if (none || offset < 0) repeat(q, g.fill, last.count);
      else line(q, p + offset, tables, last, g.fill);
    }
  }
}
