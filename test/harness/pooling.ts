import type { PoolAttrs } from "../../src/ops/pooling.js";
import { type Ref, ref } from "./op.js";

/** Attributes of a pooling: no padding, stride 1, rounding down, unless said otherwise. */
export function poolAttrs(kernel: readonly [number, number], attrs: Partial<PoolAttrs> = {}): PoolAttrs {
  const [kh, kw] = kernel;
  return { kh, kw, sh: 1, sw: 1, top: 0, left: 0, bottom: 0, right: 0, ceil: false, ...attrs };
}

/** How many windows fit, as torch counts: with ceil, all that begin in the input or the padding before it. */
function windows(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
  after: number,
  ceil: boolean,
): number {
  const last = size + before + after - (kernel - 1) * dilation - 1;
  let count = 0;
  while (count * stride <= last) count++;
  if (ceil && (count - 1) * stride < last && count * stride < size + before) count++;
  return count;
}

/** Pooling from its definition: `pool` gets the pixels of each window that lie in the image, and where the window begins. */
export function poolRef(
  x: Ref,
  attrs: PoolAttrs & { dh?: number; dw?: number },
  pool: (pixels: number[], top: number, left: number) => number,
): Ref {
  const { kh, kw, sh, sw, dh = 1, dw = 1, top, left, bottom, right, ceil } = attrs;
  const [n = 1, c = 1] = x.shape;
  const [h = 1, w = 1] = x.shape.length === 4 ? x.shape.slice(2) : [1, x.shape[2]!];
  const oh = windows(h, kh, sh, dh, top, bottom, ceil);
  const ow = windows(w, kw, sw, dw, left, right, ceil);
  const y = ref(x.shape.length === 4 ? [n, c, oh, ow] : [n, c, ow]);
  let out = 0;
  for (let plane = 0; plane < n * c; plane++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++) {
        const pixels: number[] = [];
        for (let ky = 0; ky < kh; ky++)
          for (let kx = 0; kx < kw; kx++) {
            const iy = oy * sh - top + ky * dh;
            const ix = ox * sw - left + kx * dw;
            if (iy >= 0 && iy < h && ix >= 0 && ix < w) pixels.push(x.data[(plane * h + iy) * w + ix]!);
          }
        y.data[out++] = pool(pixels, oy * sh - top, ox * sw - left);
      }
  return y;
}

/** `kernel 3x3, stride 2` and so on, leaving out what is as usual. */
export function describePool(
  shape: readonly number[],
  { kh, kw, ...rest }: object & { kh: number; kw: number },
): string {
  const others = Object.entries(rest).filter(
    ([name, value]) => value !== (/^[sd]/.test(name) ? 1 : 0) && value !== false,
  );
  return `[${shape}], kernel ${kh}x${kw}${others.map(([name, value]) => `, ${name} ${value}`).join("")}`;
}
