import { channelMask, largestChannel, sumLanes } from "../lib/channels";
import { expCalled, logCalled } from "../lib/math";
import { madd } from "../lib/simd";
import { view } from "../lib/view";

/** Units are rows across all blocks, counted through y, then image. x - log of the sum of e^x along the channels. */
export function logSoftmax(out: usize, x: usize, begin: i32, end: i32): void {
  const o = view(out), v = view(x);
  for (let unit = begin; unit < end; ++unit) {
    const n = unit / o.h, y = unit - n * o.h;
    let q = o.data + n * o.image + y * o.row, p = v.data + n * v.image + y * v.row;
    for (let i = o.w; i > 0; --i, q += o.pixel, p += v.pixel) {
      // Less the largest, so that no power overflows and one is 1.
      const m = f32x4.splat(largestChannel(v, p));
      let s0 = f32x4.splat(0), s1 = s0;
      let from = p;
      for (let b = 0; b < o.blocks; ++b, from += v.block) {
        s0 = f32x4.add(s0, v128.and(expCalled(f32x4.sub(v128.load(from), m)), channelMask(o, b, 0)));
        s1 = f32x4.add(s1, v128.and(expCalled(f32x4.sub(v128.load(from, 16), m)), channelMask(o, b, 4)));
      }
      const logSum = logCalled(f32x4.splat(sumLanes(f32x4.add(s0, s1))));
      from = p;
      let to = q;
      for (let b = 0; b < o.blocks; ++b, from += v.block, to += o.block) {
        // In this order, for the largest may be far larger than the logarithm.
        const l0 = f32x4.sub(f32x4.sub(v128.load(from), m), logSum);
        const l1 = f32x4.sub(f32x4.sub(v128.load(from, 16), m), logSum);
        v128.store(to, v128.and(l0, channelMask(o, b, 0)));
        v128.store(to, v128.and(l1, channelMask(o, b, 4)), 16);
      }
    }
  }
}

/** dx = dy - e^y (sum of dy). Units as above. */
export function logSoftmaxGradInput(dx: usize, dy: usize, y: usize, begin: i32, end: i32): void {
  const d = view(dx), e = view(dy), o = view(y);
  for (let unit = begin; unit < end; ++unit) {
    const n = unit / d.h, line = unit - n * d.h;
    let q = d.data + n * d.image + line * d.row;
    let p = e.data + n * e.image + line * e.row, r = o.data + n * o.image + line * o.row;
    for (let i = d.w; i > 0; --i, q += d.pixel, p += e.pixel, r += o.pixel) {
      let s0 = f32x4.splat(0), s1 = s0;
      let grad = p;
      for (let b = 0; b < d.blocks; ++b, grad += e.block) {
        s0 = f32x4.add(s0, v128.load(grad));
        s1 = f32x4.add(s1, v128.load(grad, 16));
      }
      const minus = f32x4.splat(-sumLanes(f32x4.add(s0, s1)));
      grad = p;
      let saved = r, to = q;
      for (let b = 0; b < d.blocks; ++b, to += d.block, grad += e.block, saved += o.block) {
        const g0 = madd(v128.load(grad), expCalled(v128.load(saved)), minus);
        const g1 = madd(v128.load(grad, 16), expCalled(v128.load(saved, 16)), minus);
        v128.store(to, v128.and(g0, channelMask(d, b, 0)));
        v128.store(to, v128.and(g1, channelMask(d, b, 4)), 16);
      }
    }
  }
}
