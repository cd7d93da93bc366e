import { affine } from "./affine.js";
import { binary, pairwise } from "./binary.js";
import { mapped } from "./elementwise.js";
import { multiply } from "./multiply.js";
import type { GraphWriter, Op, Value } from "./op.js";
import { everywhere, writeElements } from "./rows.js";
import { sqrt } from "./sqrt.js";

/** Rough operations per element. */
const FLOPS = 60;

/** dyy ln a, 0 where dyy is: the gradient of the exponent, where dyy is dy times the output. */
const gradExponent = pairwise("powerGradExponent", 16);

/**
 * a^b as pow of C: also of a < 0 where b is whole. b has the shape of a or, of activations, one pixel for each channel:
 * [n, c, 1, 1] or [1, c, 1, 1].
 */
export const power: Op<object> = binary({
  name: "power",
  flops: FLOPS,
  gradA(graph, dy, { a, b }) {
    const less = graph.add(power, [a, graph.add(affine, [b], { scale: 1, shift: -1 })], {});
    return graph.add(multiply, [dy, graph.add(multiply, [less, b], {})], {});
  },
  gradB: (graph, dy, { a, y }) => graph.add(gradExponent, [graph.add(multiply, [dy, y], {}), a], {}),
});

/** x^exponent, for one number. */
const powerOf: Op<{ readonly exponent: number }> = {
  ...mapped<{ readonly exponent: number }>({
    name: "powerOf",
    kernel: "power",
    flops: FLOPS,
    gradient(graph, dy, { x, attrs: { exponent } }) {
      const slope = graph.add(affine, [powered(graph, x, exponent - 1)], { scale: exponent, shift: 0 });
      return graph.add(multiply, [dy, slope], {});
    },
  }),
  steps({ inputs, outputs, attrs }, plan) {
    writeElements(plan, "power", [outputs[0]!, inputs[0]!], [everywhere(plan, attrs.exponent)], FLOPS);
  },
};

/** Adds x to the power of a number. */
export function powered(graph: GraphWriter, x: Value, exponent: number): Value {
  if (exponent === 1) return x;
  if (exponent === 2) return graph.add(multiply, [x, x], {});
  if (exponent === 0.5) return graph.add(sqrt, [x], {});
  return graph.add(powerOf, [x], { exponent });
}
