import { check } from "../../errors.js";
import { toBlocked } from "../../ops/dense.js";
import { linear } from "../../ops/linear.js";
import { matmul } from "../../ops/matmul.js";
import type { Value } from "../../ops/op.js";
import { transposed } from "../../ops/rearrange.js";
import { reshaped } from "../../ops/reshape.js";
import { hostOf } from "../host/host.js";
import { type Call, type Item, live } from "../item.js";
import { binary } from "./arithmetic.js";
import type { Operators } from "./operator.js";

/** A weight, or something the network computes from its input. */
const isWeight = ({ origin }: Value): boolean => origin === "parameter" || origin === "buffer";

/** alpha A B + beta C, with A and B transposed or not, and C repeated over the product. */
function gemm(call: Call): Item {
  const { node, graph } = call;
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  const [turnsA, turnsB] = [node.flag("transA", false), node.flag("transB", false)];
  const [a, b] = [call.value(0), call.value(1)];
  check(
    a.shape.length === 2 && b.shape.length === 2,
    () => `it multiplies [${a.shape}] and [${b.shape}], but takes matrices.`,
  );
  const x = turnsA ? transposed(graph, a, [1, 0]) : a;
  // A linear layer's weight is [out, in].
  const w = turnsB ? call.dense(1) : transposed(graph, b, [1, 0]);
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
      const { graph } = call;
      const [a, b] = [call.value(0), call.value(1)];
      if (a.shape.length === 2 && b.shape.length === 2 && isWeight(b)) {
        return live(linear(graph, toBlocked(graph, a), transposed(graph, b, [1, 0]), null));
      }
      return live(matmul(graph, a, b));
    },
  },
};
