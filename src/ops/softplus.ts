import { affine } from "./affine.js";
import { mapped } from "./elementwise.js";
import { multiply } from "./multiply.js";
import { sigmoid } from "./sigmoid.js";

export interface SoftplusAttrs {
  readonly beta: number;
}

/** ln(1 + e^(beta x)) / beta. */
export const softplus = mapped<SoftplusAttrs>({
  kernel: "softplus",
  constants: ({ beta }) => [beta],
  flops: 30,
  gradient(graph, dy, { x, attrs: { beta } }) {
    const scaled = beta === 1 ? x : graph.add(affine, [x], { scale: beta, shift: 0 });
    return graph.add(multiply, [dy, graph.add(sigmoid, [scaled], {})], {});
  },
});
