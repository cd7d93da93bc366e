import { checkNoMore } from "../errors.js";
import type { GraphWriter, Op, Value } from "../ops/op.js";
import type { Layer } from "./layer.js";

/** A layer that is a single op without weights. `none`: what its function was given beyond its arguments, an error. */
export function simple<A extends object>(type: string, op: Op<A>, attrs: A, none: readonly unknown[]): Layer {
  checkNoMore(type, none);
  return { type, apply: (scope, x) => scope.op(op, [x], attrs) };
}

/** The same of a function that adds several ops. */
export function composed(
  type: string,
  build: (graph: GraphWriter, x: Value) => Value,
  none: readonly unknown[],
): Layer {
  checkNoMore(type, none);
  return { type, apply: (scope, x) => build(scope.graph, x) };
}
