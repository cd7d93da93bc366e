// Stochastic gradient descent with momentum, as torch.optim.SGD. Flat: all parameters in one run, padding included.

import { at, madd } from "../lib/simd";

/** Units are 4 floats. hyper: [lr, momentum, weight decay, dampening, nesterov, first step]; scale: of all gradients, for clipping. */
export function sgd(parameter: usize, gradient: usize, velocity: usize, hyper: usize, scale: usize, begin: i32, end: i32): void {
  const lr = v128.load32_splat(hyper);
  const momentum = v128.load32_splat(hyper, 4);
  const decay = v128.load32_splat(hyper, 8);
  const damp = f32x4.sub(f32x4.splat(1), v128.load32_splat(hyper, 12));
  const nesterov = load<f32>(hyper, 16) != 0;
  const first = load<f32>(hyper, 20) != 0;
  const clip = v128.load32_splat(scale);
  const stop = at(parameter, end * 4);
  let v = at(velocity, begin * 4), q = at(gradient, begin * 4);
  for (let p = at(parameter, begin * 4); p < stop; p += 16, q += 16, v += 16) {
    const w = v128.load(p);
    let g = madd(f32x4.mul(v128.load(q), clip), w, decay);
    const u = first ? g : madd(f32x4.mul(g, damp), v128.load(v), momentum);
    v128.store(v, u);
    g = nesterov ? madd(g, u, momentum) : u;
    v128.store(p, f32x4.sub(w, f32x4.mul(g, lr)));
  }
}
