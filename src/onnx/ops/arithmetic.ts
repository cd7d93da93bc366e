import { check } from "../../errors.js";
import { add } from "../../ops/add.js";
import { affine } from "../../ops/affine.js";
import { clip } from "../../ops/clip.js";
import { divide } from "../../ops/divide.js";
import { maximum } from "../../ops/maximum.js";
import { minimum } from "../../ops/minimum.js";
import { multiply } from "../../ops/multiply.js";
import type { Op, Value } from "../../ops/op.js";
import { power, powered } from "../../ops/power.js";
import { round } from "../../ops/round.js";
import { subtract } from "../../ops/subtract.js";
import { trunc } from "../../ops/trunc.js";
import type { Shape } from "../../tensor.js";
import { binaryHost } from "../host/arithmetic.js";
import { hostOf, isWhole, numbersOf } from "../host/host.js";
import { type Call, type Item, isKnown, type Live, live } from "../item.js";
import { fitted, isPerChannel } from "./fit.js";
import type { Operator, Operators } from "./operator.js";

type Name = "Add" | "Sub" | "Mul" | "Div" | "Pow" | "Min" | "Max";

const ops: Record<Name, Op<object>> = {
  Add: add,
  Sub: subtract,
  Mul: multiply,
  Div: divide,
  Pow: power,
  Min: minimum,
  Max: maximum,
};

const COMMUTES: readonly Name[] = ["Add", "Mul", "Min", "Max"];

/** The one number of an operand that repeats it over the other without changing its shape. */
function scalarOf(item: Item, beside: Shape): number | undefined {
  const single = isKnown(item) && item.data.length === 1 && item.shape.length <= beside.length;
  return single ? Number(item.data[0]) : undefined;
}

/** Numbers that have a reciprocal in float32, as exact as they are. */
const isInvertible = (number: number): boolean =>
  Math.abs(number) >= 2 ** -126 && Math.abs(number) <= 2 ** 126;

/** x (operator) a finite number, without a tensor of that number. Undefined where there is no such way. */
function withNumber(call: Call, name: Name, { value: x, dtype }: Live, number: number): Value | undefined {
  const { graph } = call;
  const linear = (scale: number, shift: number): Value => graph.add(affine, [x], { scale, shift });
  switch (name) {
    case "Add":
      return linear(1, number);
    case "Sub":
      return linear(1, -number);
    case "Mul":
      return linear(number, 0);
    case "Div":
      // What is cut off must not be a little too small: 41 times 1 / 41 is less than 1.
      return isInvertible(number) && !isWhole(dtype) ? linear(1 / number, 0) : undefined;
    case "Min":
      return graph.add(clip, [x], { min: -Infinity, max: number });
    case "Max":
      return graph.add(clip, [x], { min: number, max: Infinity });
    case "Pow":
      return powered(graph, x, number);
  }
}

/** number (operator) x. */
function ofNumber(call: Call, name: Name, number: number, x: Live): Value | undefined {
  if (COMMUTES.includes(name)) return withNumber(call, name, x, number);
  return name === "Sub" ? call.graph.add(affine, [x.value], { scale: -1, shift: number }) : undefined;
}

/** Two operands, one of which the network computes. */
function liveBinary(call: Call, name: Name, a: Item, b: Item): Value {
  const { graph } = call;
  const [left, right] = [scalarOf(a, b.shape), scalarOf(b, a.shape)];
  const short =
    !isKnown(a) && right !== undefined && Number.isFinite(right)
      ? withNumber(call, name, a, right)
      : !isKnown(b) && left !== undefined && Number.isFinite(left)
        ? ofNumber(call, name, left, b)
        : undefined;
  if (short) return short;
  // What is repeated comes second.
  if (isPerChannel(b.shape, a.shape) && !isPerChannel(a.shape, b.shape)) {
    if (COMMUTES.includes(name)) return graph.add(ops[name], fitted(call, b, a), {});
    if (name === "Sub") {
      return graph.add(affine, [graph.add(subtract, fitted(call, b, a), {})], { scale: -1, shift: 0 });
    }
  }
  return graph.add(ops[name], fitted(call, a, b), {});
}

/** a (operator) b, each repeated over the other, as in numpy. */
export function binary(call: Call, name: Name, a: Item, b: Item): Item {
  if (isKnown(a) && isKnown(b)) return binaryHost(name, a, b);
  const value = liveBinary(call, name, a, b);
  return live(isWhole(a.dtype) ? wholeOf(call, name, value, b) : value, a.dtype);
}

/** What whole numbers come to: a quotient or root is cut off, a power as exact as its logarithm. */
function wholeOf({ graph }: Call, name: Name, value: Value, second: Item): Value {
  if (name !== "Div" && name !== "Pow") return value;
  const isPower =
    name === "Pow" &&
    (isWhole(second.dtype) || (isKnown(second) && numbersOf(second).every(Number.isInteger)));
  return graph.add(isPower ? round : trunc, [value], {});
}

/** Before opset 7, and never since, operands could be aligned at an axis. */
const pairwise = (name: Name, maybe: readonly number[] = []): Operator => ({
  maybeParameters: maybe,
  folds: true,
  run: (call) => binary(call, name, call.item(0), call.item(1)),
});

/** Any number of operands. */
const variadic = (name: "Add" | "Min" | "Max", mean = false): Operator => ({
  folds: true,
  run(call) {
    const items = call.inputs.map((_, i) => call.item(i));
    check(items.length > 0, () => "it has no inputs.");
    const whole = items.reduce((a, b) => binary(call, name, a, b));
    return mean ? binary(call, "Mul", whole, hostOf("float32", [1 / items.length], [])) : whole;
  },
});

/** Operators with two or more inputs that work number by number. */
export const arithmetic: Operators = {
  Add: pairwise("Add", [0, 1]),
  Sub: pairwise("Sub"),
  Mul: pairwise("Mul", [0, 1]),
  Div: pairwise("Div"),
  Pow: pairwise("Pow"),
  Sum: variadic("Add"),
  Min: variadic("Min"),
  Max: variadic("Max"),
  Mean: variadic("Add", true),
  Mod: {
    attributes: ["fmod"],
    content: [0, 1],
    folds: true,
    run: (call) => binaryHost(call.node.flag("fmod", false) ? "Fmod" : "Mod", call.needed(0), call.needed(1)),
  },
};
