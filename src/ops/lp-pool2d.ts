import { checkNumber } from "../errors.js";
import { abs } from "./abs.js";
import { affine } from "./affine.js";
import { avgPool2d } from "./avg-pool2d.js";
import type { MaxPoolAttrs } from "./max-pool2d.js";
import { type GraphWriter, sizes4, type Value } from "./op.js";
import { pad } from "./pad.js";
import { pooledShape } from "./pooling.js";
import { powered } from "./power.js";

/**
 * The p-norm of each window, (sum of |x|^p)^(1/p), of x [n, c, h, w] or [n, c, l]. Padding counts as zeros. (Sermanet et
 * al., "Convolutional neural networks applied to house numbers digit classification", 2012)
 */
export function lpPool2d(graph: GraphWriter, x: Value, p: number, attrs: MaxPoolAttrs): Value {
  checkNumber("lpPool2d: p", p, { above: 0 });
  const [, , h, w] = sizes4(x.shape);
  const [, , oh, ow] = sizes4(pooledShape("lpPool2d", x, attrs, attrs));
  const { kh, kw, sh, sw, dh, dw, top, left, bottom, right } = attrs;
  // So much padding that every window is whole: then the sum is the mean times the window's size.
  const beyond = (size: number, count: number, stride: number, kernel: number, dilation: number) =>
    Math.max(0, (count - 1) * stride + (kernel - 1) * dilation + 1 - size);
  const border = {
    top,
    left,
    bottom: Math.max(bottom, beyond(h + top, oh, sh, kh, dh)),
    right: Math.max(right, beyond(w + left, ow, sw, kw, dw)),
  };
  const powers = powered(graph, p % 2 === 0 ? x : graph.add(abs, [x], {}), p);
  const isPadded = border.top + border.left + border.bottom + border.right > 0;
  const whole = isPadded ? graph.add(pad, [powers], { ...border, mode: "zeros" }) : powers;
  const none = { top: 0, left: 0, bottom: 0, right: 0, ceil: false };
  const means = graph.add(avgPool2d, [whole], { ...attrs, ...none, countIncludePad: true });
  return powered(graph, graph.add(affine, [means], { scale: kh * kw, shift: 0 }), 1 / p);
}
