import { check } from "../../errors.js";
import { add } from "../../ops/add.js";
import { affine } from "../../ops/affine.js";
import { clip } from "../../ops/clip.js";
import { divide } from "../../ops/divide.js";
import { maximum } from "../../ops/maximum.js";
import { minimum } from "../../ops/minimum.js";
import { multiply } from "../../ops/multiply.js";
import type { Op, Value } from "../../ops/op.js";
import { power } from "../../ops/power.js";
import { sqrt } from "../../ops/sqrt.js";
import { subtract } from "../../ops/subtract.js";
import { trunc } from "../../ops/trunc.js";
import type { Shape } from "../../tensor.js";
import { binaryHost } from "../host/arithmetic.js";
import { hostOf, isWhole } from "../host/host.js";
import { type Call, type Item, isKnown, live } from "../item.js";
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

/** x (operator) number. */
function withNumber(call: Call, name: Name, x: Value, number: number): Value | undefined {
  const { graph } = call;
  const linear = (scale: number, shift: number): Value => graph.add(affine, [x], { scale, shift });
  if (name === "Add") return linear(1, number);
  if (name === "Sub") return linear(1, -number);
  if (name === "Mul") return linear(number, 0);
  if (name === "Div") return linear(1 / number, 0);
  if (name === "Min") return graph.add(clip, [x], { min: -Infinity, max: number });
  if (name === "Max") return graph.add(clip, [x], { min: number, max: Infinity });
  if (number === 2) return graph.add(multiply, [x, x], {});
  if (number === 0.5) return graph.add(sqrt, [x], {});
  return number === 1 ? x : undefined;
}

/** number (operator) x. */
function ofNumber(call: Call, name: Name, number: number, x: Value): Value | undefined {
  if (COMMUTES.includes(name)) return withNumber(call, name, x, number);
  return name === "Sub" ? call.graph.add(affine, [x], { scale: -1, shift: number }) : undefined;
}

/** Two operands, one of which the network computes. */
function liveBinary(call: Call, name: Name, a: Item, b: Item): Value {
  const { graph } = call;
  const [left, right] = [scalarOf(a, b.shape), scalarOf(b, a.shape)];
  if (right !== undefined && Number.isFinite(1 / right)) {
    const value = withNumber(call, name, call.valueOf(a), right);
    if (value) return value;
  }
  if (left !== undefined && Number.isFinite(left)) {
    const value = ofNumber(call, name, left, call.valueOf(b));
    if (value) return value;
  }
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
  const cut = name === "Div" && isWhole(a.dtype);
  return live(cut ? call.graph.add(trunc, [value], {}) : value, a.dtype);
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

/** Whether something holds, number by number: of constants only. */
const comparison = (name: string): Operator => ({
  content: [0, 1],
  folds: true,
  run: (call) => binaryHost(name, call.needed(0), call.needed(1)),
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
  Equal: comparison("Equal"),
  Greater: comparison("Greater"),
  GreaterOrEqual: comparison("GreaterOrEqual"),
  Less: comparison("Less"),
  LessOrEqual: comparison("LessOrEqual"),
  And: comparison("And"),
  Or: comparison("Or"),
  Xor: comparison("Xor"),
};
