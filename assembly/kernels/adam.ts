// Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019), as torch.optim has them. Flat, padding included.

import { at, flush, madd } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Hyper {
  lr: f32;
  beta1: f32;
  beta2: f32;
  eps: f32;
  weightDecay: f32;
  /** 1: the decay acts on the parameters (AdamW); 0: it is part of the gradient (Adam). */
  decoupled: f32;
  /** 1 - beta1^t and 1 - beta2^t in step t, counted from 1. */
  correction1: f32;
  correction2: f32;
}

/** Units are 4 floats. m, v: running means of the gradient and of its square; scale: what all gradients are multiplied by. */
export function adam(
  parameter: usize,
  gradient: usize,
  m: usize,
  v: usize,
  hyper: usize,
  scale: usize,
  begin: i32,
  end: i32,
): void {
  const h = changetype<Hyper>(hyper);
  const beta1 = f32x4.splat(h.beta1), beta2 = f32x4.splat(h.beta2);
  const rest1 = f32x4.splat(1 - h.beta1), rest2 = f32x4.splat(1 - h.beta2);
  const eps = f32x4.splat(h.eps);
  const decoupled = h.decoupled != 0;
  const decay = f32x4.splat(decoupled ? 0 : h.weightDecay);
  const keep = f32x4.splat(decoupled ? 1 - h.lr * h.weightDecay : 1);
  const step = f32x4.splat(-h.lr / h.correction1);
  const root = f32x4.splat(sqrt<f32>(h.correction2));
  const clip = v128.load32_splat(scale);
  for (let i = begin * 4; i < end * 4; i += 4) {
    const p = at(parameter, i), mean = at(m, i), square = at(v, i);
    const w = v128.load(p);
    const g = madd(f32x4.mul(v128.load(at(gradient, i)), clip), w, decay);
    const m1 = flush(madd(f32x4.mul(g, rest1), v128.load(mean), beta1));
    const v1 = flush(madd(f32x4.mul(f32x4.mul(g, g), rest2), v128.load(square), beta2));
    v128.store(mean, m1);
    v128.store(square, v1);
    const size = f32x4.add(f32x4.div(f32x4.sqrt(v1), root), eps);
    v128.store(p, madd(f32x4.mul(w, keep), f32x4.div(m1, size), step));
  }
}
