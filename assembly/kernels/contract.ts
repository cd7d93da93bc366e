// The one multiply-and-add kernel: c[m][0..8) = clamp(bias[0..8) + sum over a nest of four loops of a[m] * b[0..8) + residual[m][0..8)).
// Convolutions, their gradients and linear layers are this contraction under different strides, which the ops work out.

import { clamp, madd } from "../lib/simd";

/** Loop counts and byte strides. Units of work run over u0..u3; inside one, m rows of 8 results, and the nest n0..n3 to sum over. */
// @ts-ignore: decorator
@unmanaged @final
export class Contraction {
  u0: i32; u1: i32; u2: i32; u3: i32;
  c0: i32; c1: i32; c2: i32; c3: i32;
  a0: i32; a1: i32; a2: i32; a3: i32;
  b0: i32; b1: i32; b2: i32; b3: i32;
  /** The residual's; there is none where its address is 0. */
  r0: i32; r1: i32; r2: i32; r3: i32;
  /** Step of the bias along u1; no bias where its address is 0. */
  bias1: i32;
  /** Whether u1 comes fastest of the units, not u3. */
  inTurn: i32;
  /** Rows of a unit, and of all units along u3 together: the last of those may have fewer. */
  m: i32; total: i32;
  cm: i32; am: i32; rm: i32;
  /** Rows up to the end of a row of the image, and what c, a and the residual skip there beyond a step. */
  w: i32; cGap: i32; aGap: i32; rGap: i32;
  n0: i32; n1: i32; n2: i32; n3: i32;
  na0: i32; na1: i32; na2: i32; na3: i32;
  nb0: i32; nb1: i32; nb2: i32; nb3: i32;
  low: f32; high: f32;
}

/**
 * Rows that fit the 15 vector registers V8 gives. Engines without relaxed SIMD load all of a step's a before they multiply
 * (TurboFan's scheduling), which takes a register per row, and multiply-then-add needs one more for the product.
 */
export const ROWS: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;

/** Writes a row of 8 results. */
// @ts-ignore: decorator
@inline
function finish(c: usize, x0: v128, x1: v128, residual: usize, low: v128, high: v128): void {
  if (residual != 0) {
    x0 = f32x4.add(x0, v128.load(residual));
    x1 = f32x4.add(x1, v128.load(residual, 16));
  }
  v128.store(c, clamp(x0, low, high));
  v128.store(c, clamp(x1, low, high), 16);
}

/**
 * Rounds of the innermost loop in a row, without a look at whether it is over: TurboFan unrolls a loop of two. Of more
 * instructions, as engines without relaxed SIMD need, it would spill.
 */
const ROUNDS: i32 = ASC_FEATURE_RELAXED_SIMD ? 2 : 1;

/**
 * rows x 8 results kept in registers through the whole nest. `over`: the rows may go over the end of a row of the image, which
 * comes before number `end`, and the innermost loop may have any number of rounds rather than a multiple of ROUNDS. In the plain
 * build it then goes through a float by float and through b vector by vector, so that it needs no more registers. `rows` and `over`
 * are literals at every call, so the branches fold.
 */
// @ts-ignore: decorator
@inline
function tile(
  rows: i32, over: bool, c: usize, a: usize, b: usize, bias: usize, residual: usize, end: i32, g: Contraction,
): void {
  const w = g.w, am = g.am, aGap = g.aGap;
  const rounds = over ? 1 : ROUNDS, steady = over != ASC_FEATURE_RELAXED_SIMD;
  // Where the rows after the first lie in a.
  let a1m = am, a2m = 2 * am, a3m = 3 * am, a4m = 4 * am, a5m = 5 * am;
  if (over) {
    let left = end;
    let gap = 0;
    if (rows > 1) {
      if (left == 1) {
        left += w;
        gap += aGap;
      }
      a1m += gap;
    }
    if (rows > 2) {
      if (left == 2) {
        left += w;
        gap += aGap;
      }
      a2m += gap;
    }
    if (rows > 3) {
      if (left == 3) {
        left += w;
        gap += aGap;
      }
      a3m += gap;
    }
    if (rows > 4) {
      if (left == 4) {
        left += w;
        gap += aGap;
      }
      a4m += gap;
    }
    if (rows > 5) {
      if (left == 5) {
        left += w;
        gap += aGap;
      }
      a5m += gap;
    }
  }
  let c00 = f32x4.splat(0), c01 = c00;
  if (bias != 0) {
    c00 = v128.load(bias);
    c01 = v128.load(bias, 16);
  }
  let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01, c40 = c00, c41 = c01, c50 = c00, c51 = c01;
  for (let i0 = g.n0; i0 > 0; --i0) {
    let a1 = a, b1 = b;
    for (let i1 = g.n1; i1 > 0; --i1) {
      let a2 = a1, b2 = b1;
      for (let i2 = g.n2; i2 > 0; --i2) {
        let p = a2, q = b2;
        const pStep = steady ? 4 : g.na3, qStep = steady ? 32 : g.nb3;
        for (let i3 = g.n3; i3 > 0; i3 -= rounds) {
          let round = 0;
          while (rounds == 1 || round < rounds) {
            const w0 = v128.load(q), w1 = v128.load(q, 16);
            let x = v128.load32_splat(p);
            c00 = madd(c00, x, w0);
            c01 = madd(c01, x, w1);
            if (rows > 1) {
              x = v128.load32_splat(p + a1m);
              c10 = madd(c10, x, w0);
              c11 = madd(c11, x, w1);
            }
            if (rows > 2) {
              x = v128.load32_splat(p + a2m);
              c20 = madd(c20, x, w0);
              c21 = madd(c21, x, w1);
            }
            if (rows > 3) {
              x = v128.load32_splat(p + a3m);
              c30 = madd(c30, x, w0);
              c31 = madd(c31, x, w1);
            }
            if (rows > 4) {
              x = v128.load32_splat(p + a4m);
              c40 = madd(c40, x, w0);
              c41 = madd(c41, x, w1);
            }
            if (rows > 5) {
              x = v128.load32_splat(p + a5m);
              c50 = madd(c50, x, w0);
              c51 = madd(c51, x, w1);
            }
            p += pStep;
            q += qStep;
            if (rounds == 1) break;
            ++round;
          }
        }
        a2 += g.na2;
        b2 += g.nb2;
      }
      a1 += g.na1;
      b1 += g.nb1;
    }
    a += g.na0;
    b += g.nb0;
  }
  const low = v128.load32_splat(changetype<usize>(g), offsetof<Contraction>("low"));
  const high = v128.load32_splat(changetype<usize>(g), offsetof<Contraction>("high"));
  const cm = g.cm, cGap = g.cGap, rm = residual == 0 ? 0 : g.rm, rGap = residual == 0 ? 0 : g.rGap;
  finish(c, c00, c01, residual, low, high);
  if (rows > 1) {
    c += cm;
    residual += rm;
    if (over && end == 1) {
      end += w;
      c += cGap;
      residual += rGap;
    }
    finish(c, c10, c11, residual, low, high);
  }
  if (rows > 2) {
    c += cm;
    residual += rm;
    if (over && end == 2) {
      end += w;
      c += cGap;
      residual += rGap;
    }
    finish(c, c20, c21, residual, low, high);
  }
  if (rows > 3) {
    c += cm;
    residual += rm;
    if (over && end == 3) {
      end += w;
      c += cGap;
      residual += rGap;
    }
    finish(c, c30, c31, residual, low, high);
  }
  if (rows > 4) {
    c += cm;
    residual += rm;
    if (over && end == 4) {
      end += w;
      c += cGap;
      residual += rGap;
    }
    finish(c, c40, c41, residual, low, high);
  }
  if (rows > 5) {
    c += cm;
    residual += rm;
    if (over && end == 5) {
      end += w;
      c += cGap;
      residual += rGap;
    }
    finish(c, c50, c51, residual, low, high);
  }
}

function tile1(c: usize, a: usize, b: usize, bias: usize, residual: usize, g: Contraction): void {
  tile(1, false, c, a, b, bias, residual, 0, g);
}

function tile2(c: usize, a: usize, b: usize, bias: usize, residual: usize, g: Contraction): void {
  tile(2, false, c, a, b, bias, residual, 0, g);
}

function tile3(c: usize, a: usize, b: usize, bias: usize, residual: usize, g: Contraction): void {
  tile(3, false, c, a, b, bias, residual, 0, g);
}

function tile4(c: usize, a: usize, b: usize, bias: usize, residual: usize, g: Contraction): void {
  tile(4, false, c, a, b, bias, residual, 0, g);
}

function tile5(c: usize, a: usize, b: usize, bias: usize, residual: usize, g: Contraction): void {
  tile(5, false, c, a, b, bias, residual, 0, g);
}

function tile6(c: usize, a: usize, b: usize, bias: usize, residual: usize, g: Contraction): void {
  tile(6, false, c, a, b, bias, residual, 0, g);
}

function over1(c: usize, a: usize, b: usize, bias: usize, residual: usize, g: Contraction, end: i32): void {
  tile(1, true, c, a, b, bias, residual, end, g);
}

function over2(c: usize, a: usize, b: usize, bias: usize, residual: usize, g: Contraction, end: i32): void {
  tile(2, true, c, a, b, bias, residual, end, g);
}

function over3(c: usize, a: usize, b: usize, bias: usize, residual: usize, g: Contraction, end: i32): void {
  tile(3, true, c, a, b, bias, residual, end, g);
}

function over4(c: usize, a: usize, b: usize, bias: usize, residual: usize, g: Contraction, end: i32): void {
  tile(4, true, c, a, b, bias, residual, end, g);
}

function over5(c: usize, a: usize, b: usize, bias: usize, residual: usize, g: Contraction, end: i32): void {
  tile(5, true, c, a, b, bias, residual, end, g);
}

function over6(c: usize, a: usize, b: usize, bias: usize, residual: usize, g: Contraction, end: i32): void {
  tile(6, true, c, a, b, bias, residual, end, g);
}

/**
 * m rows of 8 results in tiles of nearly equal size: 14 rows as 5, 5, 4 rather than 6, 6, 2. `left`: how many of them come
 * before the end of a row of the image.
 */
export function rows(
  m: i32, c: usize, a: usize, b: usize, bias: usize, residual: usize, left: i32, g: Contraction,
): void {
  const whole = ROUNDS == 1 || (g.n3 % ROUNDS == 0 && g.na3 == 4 && g.nb3 == 32);
  for (let tiles = (m + ROWS - 1) / ROWS; tiles > 0; --tiles) {
    const count = (m + tiles - 1) / tiles;
    if (count <= left && whole) {
      switch (count) {
        case 1: tile1(c, a, b, bias, residual, g); break;
        case 2: tile2(c, a, b, bias, residual, g); break;
        case 3: tile3(c, a, b, bias, residual, g); break;
        case 4: tile4(c, a, b, bias, residual, g); break;
        case 5: if (ROWS > 4) tile5(c, a, b, bias, residual, g); break;
        default: if (ROWS > 5) tile6(c, a, b, bias, residual, g);
      }
    } else {
      switch (count) {
        case 1: if (ROUNDS > 1) over1(c, a, b, bias, residual, g, left); break;
        case 2: over2(c, a, b, bias, residual, g, left); break;
        case 3: over3(c, a, b, bias, residual, g, left); break;
        case 4: over4(c, a, b, bias, residual, g, left); break;
        case 5: if (ROWS > 4) over5(c, a, b, bias, residual, g, left); break;
        default: if (ROWS > 5) over6(c, a, b, bias, residual, g, left);
      }
    }
    c += count * g.cm;
    a += count * g.am;
    if (residual != 0) residual += count * g.rm;
    m -= count;
    for (left -= count; left <= 0; left += g.w) {
      c += g.cGap;
      a += g.aGap;
      if (residual != 0) residual += g.rGap;
    }
  }
}

/** Units are u0 x u1 x u2 x u3, the last fastest; or u0 x u2 x u3 x u1. */
export function contract(
  out: usize, a: usize, b: usize, bias: usize, residual: usize, geometry: usize, begin: i32, end: i32,
): void {
  const g = changetype<Contraction>(geometry);
  for (let unit = begin; unit < end; ++unit) {
    let rest = unit, i1 = 0;
    if (g.inTurn) {
      i1 = rest % g.u1;
      rest /= g.u1;
    }
    const i3 = rest % g.u3;
    rest /= g.u3;
    const i2 = rest % g.u2;
    rest /= g.u2;
    if (!g.inTurn) {
      i1 = rest % g.u1;
      rest /= g.u1;
    }
    const i0 = rest;
    // The rows of a unit begin in the midst of a row of the image.
    const first = i3 * g.m, y = first / g.w;
    const c = out + i0 * g.c0 + i1 * g.c1 + i2 * g.c2 + i3 * g.c3 + y * g.cGap;
    const p = a + i0 * g.a0 + i1 * g.a1 + i2 * g.a2 + i3 * g.a3 + y * g.aGap;
    const q = b + i0 * g.b0 + i1 * g.b1 + i2 * g.b2 + i3 * g.b3;
    const s: usize = bias == 0 ? 0 : bias + i1 * g.bias1;
    const r: usize = residual == 0 ? 0 : residual + i0 * g.r0 + i1 * g.r1 + i2 * g.r2 + i3 * g.r3 + y * g.rGap;
    rows(min(g.m, g.total - first), c, p, q, s, r, (y + 1) * g.w - first, g);
  }
}
