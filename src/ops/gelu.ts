import { checkIs } from "../errors.js";
import { affine } from "./affine.js";
import { elementwise } from "./elementwise.js";
import { multiply } from "./multiply.js";
import type { GraphWriter, Value } from "./op.js";
import { sigmoid } from "./sigmoid.js";

export interface GeluAttrs {
  readonly approximate: "none" | "tanh";
}

/** Throws unless it is one of the two ways. */
export function checkApproximate(value: unknown): void {
  checkIs(value === "none" || value === "tanh", "gelu: approximate", value, '"none" or "tanh"');
}

/** x times the part of the normal distribution below x. */
const exact = elementwise({ kernel: "gelu", from: "input", flops: 30 });

/**
 * Adds x times the part of the normal distribution below x (Hendrycks and Gimpel, 2016). With "tanh" that part is taken
 * to be (1 + tanh u) / 2 = sigmoid(2 u), where u = sqrt(2 / pi) (x + 0.044715 x^3).
 */
export function gelu(graph: GraphWriter, x: Value, { approximate }: GeluAttrs): Value {
  if (approximate === "none") return graph.add(exact, [x], {});
  const factor = 2 * Math.sqrt(2 / Math.PI);
  const square = graph.add(multiply, [x, x], {});
  const slope = graph.add(affine, [square], { scale: 0.044715 * factor, shift: factor });
  const part = graph.add(sigmoid, [graph.add(multiply, [x, slope], {})], {});
  return graph.add(multiply, [x, part], {});
}
