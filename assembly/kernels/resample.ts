// Weighted sums along one axis: x [outer, n, inner] to out [outer, m, inner].

import { at, madd, zero } from "../lib/simd";

// @ts-ignore: decorator
@unmanaged @final
class Resampling {
  n: i32;
  m: i32;
  inner: i32;
}

/** Units are outer x m. out[i] = the sum of weights[k] x[places[k]] over k from starts[i] to starts[i + 1] - 1. */
export function resample(
  out: usize, x: usize, starts: usize, places: usize, weights: usize, geometry: usize, begin: i32, end: i32,
): void {
  const g = changetype<Resampling>(geometry);
  const inner = g.inner;
  let outer = begin / g.m, i = begin - outer * g.m;
  for (let unit = begin; unit < end; ++unit) {
    const from = at(x, outer * g.n * inner);
    const first = load<i32>(at(starts, i)), stop = load<i32>(at(starts, i + 1));
    let q = at(out, unit * inner);
    let j = 0;
    for (; j <= inner - 4; j += 4, q += 16) {
      let sum = zero();
      for (let k = first; k < stop; ++k) {
        const w = v128.load32_splat(at(weights, k));
        sum = madd(sum, v128.load(at(from, load<i32>(at(places, k)) * inner + j)), w);
      }
      v128.store(q, sum);
    }
    for (; j < inner; ++j, q += 4) {
      let sum: f64 = 0;
      for (let k = first; k < stop; ++k) {
        sum += <f64>load<f32>(at(from, load<i32>(at(places, k)) * inner + j)) * <f64>load<f32>(at(weights, k));
      }
      store<f32>(q, <f32>sum);
    }
    if (++i == g.m) {
      i = 0;
      ++outer;
    }
  }
}
