import { check } from "../../errors.js";
import { toBlocked } from "../../ops/dense.js";
import { linear } from "../../ops/linear.js";
import { matmul } from "../../ops/matmul.js";
import type { Value } from "../../ops/op.js";
import { transposed } from "../../ops/rearrange.js";
import { reshaped } from "../../ops/reshape.js";
import { sizeOf } from "../../tensor.js";
import { hostOf } from "../host/host.js";
import { type Call, type Item, isKnown, live } from "../item.js";
import { binary } from "./arithmetic.js";
import type { Operators } from "./operator.js";

/** The weight [out, in] of a linear layer, where an input is one. */
function turnedWeight(item: Item): Value | undefined {
  return !isKnown(item) && item.turned ? item.value : undefined;
}

/** Rows of numbers [..., in] times a linear layer's weight [out, in]. */
function rowsTimes(call: Call, x: Value, w: Value): Value {
  const { graph } = call;
  const [outs = 0, ins = 0] = w.shape;
  check(x.shape.at(-1) === ins, () => `it multiplies [${x.shape}] by [${ins},${outs}], which do not fit.`);
  const rows = reshaped(graph, x, [sizeOf(x.shape) / ins, ins]);
  return reshaped(graph, linear(graph, toBlocked(graph, rows), w, null), [...x.shape.slice(0, -1), outs]);
}

/** alpha A B + beta C, with A and B transposed or not, and C repeated over the product. */
function gemm(call: Call): Item {
  const { node, graph } = call;
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  const [turnsA, turnsB] = [node.flag("transA", false), node.flag("transB", false)];
  const a = call.value(0);
  check(
    a.shape.length === 2 && call.shape(1).length === 2,
    () => `it multiplies [${a.shape}] and [${call.shape(1)}], but takes matrices.`,
  );
  const x = turnsA ? transposed(graph, a, [1, 0]) : a;
  // A linear layer's weight is [out, in].
  const w = turnedWeight(call.item(1)) ?? (turnsB ? call.dense(1) : transposed(graph, call.value(1), [1, 0]));
  const outs = w.shape[0]!;
  const bias = call.inputs[2];
  const size = bias?.shape.reduce((product, one) => product * one, 1);
  const isVector = bias && size === outs && bias.shape.at(-1) === outs;
  if (alpha === 1 && beta === 1 && (!bias || isVector)) {
    const vector = bias ? reshaped(graph, call.dense(2), [outs]) : null;
    return live(linear(graph, toBlocked(graph, x), w, vector));
  }
  const scaled = (item: Item, factor: number): Item =>
    factor === 1 ? item : binary(call, "Mul", item, hostOf("float32", [factor], []));
  const product = scaled(live(linear(graph, toBlocked(graph, x), w, null)), alpha);
  return bias ? binary(call, "Add", product, scaled(bias, beta)) : product;
}

/** Products of matrices and stacks of them, as in numpy. */
export const products: Operators = {
  Gemm: { attributes: ["alpha", "beta", "transA", "transB"], parameters: [0, 1, 2], run: gemm },
  MatMul: {
    parameters: [0, 1],
    run(call) {
      const weight = turnedWeight(call.item(1));
      if (weight) return live(rowsTimes(call, call.value(0), weight));
      return live(matmul(call.graph, call.value(0), call.value(1)));
    },
  },
};
