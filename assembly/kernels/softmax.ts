import { channelMask, largestChannel, sumLanes } from "../lib/channels";
import { exp } from "../lib/math";
import { madd } from "../lib/simd";
import { view } from "../lib/view";

/** Units are rows across all blocks, counted through y, then image. e^x over its sum along the channels. */
export function softmax(out: usize, x: usize, begin: i32, end: i32): void {
  const o = view(out), v = view(x);
  for (let unit = begin; unit < end; ++unit) {
    const n = unit / o.h, y = unit - n * o.h;
    let q = o.data + n * o.image + y * o.row, p = v.data + n * v.image + y * v.row;
    for (let i = o.w; i > 0; --i, q += o.pixel, p += v.pixel) {
      // Less the largest, so that no power overflows and one is 1.
      const m = f32x4.splat(largestChannel(v, p));
      let s0 = f32x4.splat(0), s1 = s0;
      let from = p, to = q;
      for (let b = 0; b < o.blocks; ++b, from += v.block, to += o.block) {
        const e0 = v128.and(exp(f32x4.sub(v128.load(from), m)), channelMask(o, b, 0));
        const e1 = v128.and(exp(f32x4.sub(v128.load(from, 16), m)), channelMask(o, b, 4));
        s0 = f32x4.add(s0, e0);
        s1 = f32x4.add(s1, e1);
        v128.store(to, e0);
        v128.store(to, e1, 16);
      }
      const sum = f32x4.splat(sumLanes(f32x4.add(s0, s1)));
      to = q;
      for (let b = 0; b < o.blocks; ++b, to += o.block) {
        v128.store(to, v128.and(f32x4.div(v128.load(to), sum), channelMask(o, b, 0)));
        v128.store(to, v128.and(f32x4.div(v128.load(to, 16), sum), channelMask(o, b, 4)), 16);
      }
    }
  }
}

/** dx = y (dy - sum of y dy). Units as above. */
export function softmaxGradInput(dx: usize, dy: usize, y: usize, begin: i32, end: i32): void {
  const d = view(dx), e = view(dy), o = view(y);
  for (let unit = begin; unit < end; ++unit) {
    const n = unit / d.h, line = unit - n * d.h;
    let q = d.data + n * d.image + line * d.row;
    let p = e.data + n * e.image + line * e.row, r = o.data + n * o.image + line * o.row;
    for (let i = d.w; i > 0; --i, q += d.pixel, p += e.pixel, r += o.pixel) {
      let s0 = f32x4.splat(0), s1 = s0;
      let grad = p, saved = r;
      for (let b = 0; b < d.blocks; ++b, grad += e.block, saved += o.block) {
        s0 = madd(s0, v128.load(grad), v128.load(saved));
        s1 = madd(s1, v128.load(grad, 16), v128.load(saved, 16));
      }
      const sum = f32x4.splat(sumLanes(f32x4.add(s0, s1)));
      grad = p;
      saved = r;
      let to = q;
      for (let b = 0; b < d.blocks; ++b, to += d.block, grad += e.block, saved += o.block) {
        const g0 = f32x4.mul(v128.load(saved), f32x4.sub(v128.load(grad), sum));
        const g1 = f32x4.mul(v128.load(saved, 16), f32x4.sub(v128.load(grad, 16), sum));
        v128.store(to, v128.and(g0, channelMask(d, b, 0)));
        v128.store(to, v128.and(g1, channelMask(d, b, 4)), 16);
      }
    }
  }
}
