import type { Op } from "../ops/op.js";
import type { Layer } from "./layer.js";

/** A layer that is a single op without weights. */
export function simple<A extends object>(type: string, op: Op<A>, attrs: A): Layer {
  return { type, apply: (scope, x) => scope.op(op, [x], attrs) };
}
