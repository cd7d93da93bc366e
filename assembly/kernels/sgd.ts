// Stochastic gradient descent with momentum, as torch.optim.SGD. Flat: all parameters in one run, padding included.

import { at, flush, madd } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Hyper {
  lr: f32;
  momentum: f32;
  weightDecay: f32;
  dampening: f32;
  nesterov: f32;
  /** 1 in the first step, where the velocity is the gradient, undamped. */
  first: f32;
}

/** Units are 4 floats. scale: what all gradients are multiplied by, for clipping. */
export function sgd(parameter: usize, gradient: usize, velocity: usize, hyper: usize, scale: usize, begin: i32, end: i32): void {
  const h = changetype<Hyper>(hyper);
  const lr = f32x4.splat(h.lr);
  const momentum = f32x4.splat(h.momentum);
  const decay = f32x4.splat(h.weightDecay);
  const damp = f32x4.splat(1 - h.dampening);
  const nesterov = h.nesterov != 0;
  // Without momentum there is no velocity, nor anything to dampen.
  const fresh = h.first != 0 || h.momentum == 0;
  const clip = v128.load32_splat(scale);
  const stop = at(parameter, end * 4);
  let v = at(velocity, begin * 4), q = at(gradient, begin * 4);
  for (let p = at(parameter, begin * 4); p < stop; p += 16, q += 16, v += 16) {
    const w = v128.load(p);
    let g = madd(f32x4.mul(v128.load(q), clip), w, decay);
    const u = flush(fresh ? g : madd(f32x4.mul(g, damp), v128.load(v), momentum));
    v128.store(v, u);
    g = nesterov ? madd(g, u, momentum) : u;
    v128.store(p, f32x4.sub(w, f32x4.mul(g, lr)));
  }
}
