import { affine } from "./affine.js";
import { mapped } from "./elementwise.js";
import { exp } from "./exp.js";
import { multiply } from "./multiply.js";

/** The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x. */
export const erf = mapped({
  kernel: "erf",
  flops: 30,
  gradient(graph, dy, { x }) {
    const square = graph.add(multiply, [x, x], {});
    const bell = graph.add(exp, [graph.add(affine, [square], { scale: -1, shift: 0 })], {});
    const slope = graph.add(affine, [bell], { scale: 2 / Math.sqrt(Math.PI), shift: 0 });
    return graph.add(multiply, [dy, slope], {});
  },
});
