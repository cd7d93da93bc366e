import { abs } from "../../ops/abs.js";
import { affine } from "../../ops/affine.js";
import { clip } from "../../ops/clip.js";
import type { GraphWriter, Value } from "../../ops/op.js";
import { round } from "../../ops/round.js";
import { binaryHost } from "../host/arithmetic.js";
import { hostOf, numbersOf } from "../host/host.js";
import { type Call, type Item, isKnown, type Live, live } from "../item.js";
import { binary } from "./arithmetic.js";
import type { Operator, Operators } from "./operator.js";

/** The largest float32 number. */
const LARGEST = 2 ** 128 - 2 ** 104;

const linear = (graph: GraphWriter, x: Value, scale: number, shift: number): Value =>
  graph.add(affine, [x], { scale, shift });

/** 1, 0 or -1, without a gradient. The least float32 number, 2^-149, becomes 1 in two steps. */
export function sign(graph: GraphWriter, x: Value): Value {
  const large = linear(graph, linear(graph, x, 2 ** 127, 0), 2 ** 127, 0);
  return graph.add(round, [graph.add(clip, [large], { min: -1, max: 1 })], {});
}

/** 1 where x is not 0. */
export const isNotZero = (graph: GraphWriter, x: Value): Value => graph.add(abs, [sign(graph, x)], {});

/** 1 - x: of 1 and 0 the other. */
export const not = (graph: GraphWriter, x: Value): Value => linear(graph, x, -1, 1);

/** Infinite numbers as the largest ones, whose differences are numbers. */
function bounded(call: Call, item: Item): Item {
  if (!isKnown(item)) return live(call.graph.add(clip, [item.value], { min: -LARGEST, max: LARGEST }));
  const numbers = numbersOf(item).map((number) => Math.min(Math.max(number, -LARGEST), LARGEST));
  return hostOf("float32", numbers, item.shape);
}

/** The sign of a - b. */
function order(call: Call, a: Item, b: Item): Value {
  return sign(call.graph, call.valueOf(binary(call, "Sub", bounded(call, a), bounded(call, b))));
}

const above = (call: Call, a: Item, b: Item): Value =>
  call.graph.add(clip, [order(call, a, b)], { min: 0, max: 1 });

/** What computed numbers come to: 1 where something holds, 0 elsewhere; NaN beside a NaN. */
const computed: Record<string, (call: Call, a: Item, b: Item) => Value> = {
  Greater: above,
  Less: (call, a, b) => above(call, b, a),
  GreaterOrEqual: (call, a, b) => not(call.graph, above(call, b, a)),
  LessOrEqual: (call, a, b) => not(call.graph, above(call, a, b)),
  Equal: (call, a, b) => not(call.graph, call.graph.add(abs, [order(call, a, b)], {})),
  And: (call, a, b) => call.valueOf(binary(call, "Min", a, b)),
  Or: (call, a, b) => call.valueOf(binary(call, "Max", a, b)),
  Xor: (call, a, b) => call.graph.add(abs, [order(call, a, b)], {}),
};

/** Whether something holds, number by number. */
const comparison = (name: string): Operator => ({
  folds: true,
  run(call) {
    const [a, b] = [call.item(0), call.item(1)];
    return isKnown(a) && isKnown(b) ? binaryHost(name, a, b) : live(computed[name]!(call, a, b), "bool");
  },
});

/**
 * x where a computed condition holds, y elsewhere: the larger of both, where the other one is minus infinity. A NaN on
 * either side shows.
 */
export function chosen(call: Call, condition: Live, x: Item, y: Item): Item {
  const { graph } = call;
  const infinite = linear(graph, linear(graph, condition.value, 1, -0.5), Infinity, 0);
  const sides = [live(infinite), live(linear(graph, infinite, -1, 0))] as const;
  const value = binary(call, "Max", binary(call, "Min", x, sides[0]), binary(call, "Min", y, sides[1]));
  return live(call.valueOf(value), x.dtype);
}

/** Operators whose result is true or false. */
export const comparisons: Operators = Object.fromEntries(
  Object.keys(computed).map((name) => [name, comparison(name)]),
);
