import { check } from "../errors.js";
import { formatShape, type Shape } from "../tensor.js";
import type { Place } from "./layout.js";
import { type Sight, type StepWriter, sizes4, type Value } from "./op.js";
import { checkRank, windowCount } from "./shape.js";

/** A window that slides over each channel by itself. For [n, c, l] the sizes along h are 1, its padding 0. */
export interface PoolAttrs {
  readonly kh: number;
  readonly kw: number;
  readonly sh: number;
  readonly sw: number;
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  /** The output size is rounded up, so that a last window may reach beyond the padding. */
  readonly ceil: boolean;
}

interface Dilation {
  readonly dh: number;
  readonly dw: number;
}

const NO_DILATION: Dilation = { dh: 1, dw: 1 };

/** The output's shape. Throws when the window does not fit, by torch's rules. */
export function pooledShape(what: string, x: Value, attrs: PoolAttrs, { dh, dw } = NO_DILATION): Shape {
  checkRank(what, x, [3, 4], "[n, c, h, w], or [n, c, l] for one dimension");
  const [n, c, h, w] = sizes4(x.shape);
  const { kh, kw, sh, sw, top, left, bottom, right, ceil } = attrs;
  const along = (
    side: string,
    size: number,
    kernel: number,
    stride: number,
    dilation: number,
    before: number,
    after: number,
  ): number => {
    for (const [name, value] of [
      ["kernel", kernel],
      ["stride", stride],
      ["dilation", dilation],
    ] as const) {
      check(
        Number.isInteger(value) && value >= 1,
        () => `${what}: the ${name} is ${value} along ${side}; it must be a whole number of 1 or more.`,
      );
    }
    const span = (kernel - 1) * dilation + 1;
    for (const amount of [before, after]) {
      check(
        Number.isInteger(amount) && amount >= 0 && amount <= Math.floor(span / 2),
        () =>
          `${what}: the padding is ${amount} along ${side}; it must be a whole number of at most half the window, which ` +
          `is ${span} there. Put a pad layer before the pooling for more.`,
      );
    }
    const count = windowCount(size, kernel, stride, dilation, before, after, ceil);
    check(
      count > 0,
      () =>
        `${what}: the window covers ${span} pixels along ${side}, more than the ${size + before + after} of the padded ` +
        `input ${formatShape(x.shape)}. Use a smaller window, more padding or a larger input.`,
    );
    return count;
  };
  const oh = along("h", h, kh, sh, dh, top, bottom);
  const ow = along("w", w, kw, sw, dw, left, right);
  return x.shape.length === 3 ? [n, c, ow] : [n, c, oh, ow];
}

/** What an output pixel of pooling sees. */
export function pooledSight(attrs: PoolAttrs, { dh, dw } = NO_DILATION): Sight {
  const { kh, kw, sh, sw, top, left } = attrs;
  return { kernel: [kh, kw], stride: [sh, sw], dilation: [dh, dw], before: [top, left] };
}

/** The window as kernels take it: see assembly/lib/window.ts. */
export function windowConstants(
  plan: StepWriter,
  attrs: PoolAttrs,
  { dh, dw } = NO_DILATION,
  includePad = false,
): Place {
  const { kh, kw, sh, sw, top, left, bottom, right } = attrs;
  return plan.constants([...[kh, kw, sh, sw, dh, dw], ...[top, left, bottom, right], includePad ? 1 : 0]);
}
