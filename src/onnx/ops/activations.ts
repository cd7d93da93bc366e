import { check } from "../../errors.js";
import { abs } from "../../ops/abs.js";
import { affine } from "../../ops/affine.js";
import { ceil } from "../../ops/ceil.js";
import { clip } from "../../ops/clip.js";
import { divide } from "../../ops/divide.js";
import { elu } from "../../ops/elu.js";
import { erf } from "../../ops/erf.js";
import { exp } from "../../ops/exp.js";
import { floor } from "../../ops/floor.js";
import { gelu } from "../../ops/gelu.js";
import { hardSigmoid } from "../../ops/hard-sigmoid.js";
import { hardSwish } from "../../ops/hard-swish.js";
import { leakyRelu } from "../../ops/leaky-relu.js";
import { log } from "../../ops/log.js";
import { neg } from "../../ops/neg.js";
import type { GraphWriter, Op, Value } from "../../ops/op.js";
import { prelu } from "../../ops/prelu.js";
import { relu } from "../../ops/relu.js";
import { relu6 } from "../../ops/relu6.js";
import { round } from "../../ops/round.js";
import { SELU_ALPHA, SELU_GAMMA, selu } from "../../ops/selu.js";
import { sigmoid } from "../../ops/sigmoid.js";
import { softplus } from "../../ops/softplus.js";
import { sqrt } from "../../ops/sqrt.js";
import { tanh } from "../../ops/tanh.js";
import type { NodeInfo } from "../attributes.js";
import { hasUnary, unaryHost } from "../host/arithmetic.js";
import { whole } from "../host/host.js";
import { type Call, type Item, isKnown, live } from "../item.js";
import { not, sign } from "./comparison.js";
import { fitted } from "./fit.js";
import type { Operator, Operators } from "./operator.js";

type Build = (graph: GraphWriter, x: Value, node: NodeInfo) => Value;

/** A function of each number by itself. Constants are computed at once where plain numbers know the function. */
function unary(operator: string, build: Build, attributes: readonly string[] = []): Operator {
  return {
    attributes,
    folds: hasUnary(operator),
    run(call) {
      const item = call.item(0);
      if (isKnown(item) && hasUnary(operator)) return unaryHost(operator, item);
      return live(build(call.graph, call.valueOf(item), call.node), item.dtype);
    },
  };
}

const op =
  (one: Op<object>): Build =>
  (graph, x) =>
    graph.add(one, [x], {});

/** Limits as attributes before opset 11, as inputs since. */
function clipped(call: Call): Item {
  const { node } = call;
  const item = call.item(0);
  const given = node.opset < 11;
  const min = given ? node.float("min", -Infinity) : call.number(1, -Infinity);
  const max = given ? node.float("max", Infinity) : call.number(2, Infinity);
  if (!isKnown(item)) {
    // What convolutions are computed together with.
    if (min === 0 && max === Infinity) return live(call.graph.add(relu, [item.value], {}), item.dtype);
    if (min === 0 && max === 6) return live(call.graph.add(relu6, [item.value], {}), item.dtype);
    // A maximum below the minimum wins, as in numpy.
    return live(call.graph.add(clip, [item.value], { min: Math.min(min, max), max }), item.dtype);
  }
  const data = item.data.slice();
  for (let i = 0; i < data.length; i++) {
    const value = Math.min(Math.max(Number(data[i]), min), max);
    if (value !== Number(data[i])) data[i] = typeof data[i] === "bigint" ? whole(value) : value;
  }
  return { ...item, data };
}

/** x where positive, slope x elsewhere. The slope is repeated over the input, as in numpy. */
function preluItem(call: Call): Item {
  const [x, slope] = fitted(call, call.item(0), call.item(1));
  return live(call.graph.add(prelu, [x, slope], {}));
}

/** max(0, x) + min(0, alpha (exp(x / alpha) - 1)). */
function celu(graph: GraphWriter, x: Value, node: NodeInfo): Value {
  const alpha = node.float("alpha", 1);
  check(Number.isFinite(alpha) && alpha > 0, () => `alpha is ${alpha}; it must be above 0.`);
  const scaled = graph.add(affine, [x], { scale: 1 / alpha, shift: 0 });
  return graph.add(affine, [graph.add(elu, [scaled], { alpha: 1 })], { scale: alpha, shift: 0 });
}

/** Operators that work number by number, with one input. */
export const activations: Operators = {
  Relu: unary("Relu", op(relu)),
  Sigmoid: unary("Sigmoid", op(sigmoid)),
  Tanh: unary("Tanh", op(tanh)),
  Abs: unary("Abs", op(abs)),
  Exp: unary("Exp", op(exp)),
  Log: unary("Log", op(log)),
  Sqrt: unary("Sqrt", op(sqrt)),
  Erf: unary("Erf", op(erf)),
  Floor: unary("Floor", op(floor)),
  Ceil: unary("Ceil", op(ceil)),
  Round: unary("Round", op(round)),
  Neg: unary("Neg", neg),
  Not: unary("Not", not),
  Sign: unary("Sign", sign),
  Reciprocal: unary("Reciprocal", (graph, x) =>
    graph.add(divide, [graph.add(affine, [x], { scale: 0, shift: 1 }), x], {}),
  ),
  LeakyRelu: unary(
    "LeakyRelu",
    (graph, x, node) => graph.add(leakyRelu, [x], { negativeSlope: node.float("alpha", 0.01) }),
    ["alpha"],
  ),
  Elu: unary("Elu", (graph, x, node) => graph.add(elu, [x], { alpha: node.float("alpha", 1) }), ["alpha"]),
  Celu: unary("Celu", celu, ["alpha"]),
  Selu: unary(
    "Selu",
    (graph, x, node) =>
      graph.add(selu, [x], {
        alpha: node.float("alpha", SELU_ALPHA),
        gamma: node.float("gamma", SELU_GAMMA),
      }),
    ["alpha", "gamma"],
  ),
  HardSigmoid: unary(
    "HardSigmoid",
    (graph, x, node) =>
      graph.add(hardSigmoid, [x], { alpha: node.float("alpha", 0.2), beta: node.float("beta", 0.5) }),
    ["alpha", "beta"],
  ),
  HardSwish: unary("HardSwish", hardSwish),
  Softplus: unary("Softplus", (graph, x) => graph.add(softplus, [x], { beta: 1 })),
  Gelu: unary(
    "Gelu",
    (graph, x, node) => gelu(graph, x, { approximate: node.word("approximate", ["none", "tanh"], "none") }),
    ["approximate"],
  ),
  Clip: { attributes: ["min", "max"], content: [1, 2], folds: true, run: clipped },
  PRelu: { parameters: [1], run: preluItem },
};
