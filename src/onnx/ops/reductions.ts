import { abs } from "../../ops/abs.js";
import { add } from "../../ops/add.js";
import { argMax, argMin } from "../../ops/arg-max.js";
import { exp } from "../../ops/exp.js";
import { log } from "../../ops/log.js";
import { multiply } from "../../ops/multiply.js";
import type { Value } from "../../ops/op.js";
import { expanded } from "../../ops/rearrange.js";
import { reduced } from "../../ops/reduced.js";
import { reshaped } from "../../ops/reshape.js";
import { logSoftmaxAlong, softmaxAlong } from "../../ops/softmax-along.js";
import { subtract } from "../../ops/subtract.js";
import { trunc } from "../../ops/trunc.js";
import { sizeOf } from "../../tensor.js";
import { axesIn, axisOf } from "../attributes.js";
import { reducedHost } from "../host/arithmetic.js";
import { allocate, hostOf, isWhole, whole } from "../host/host.js";
import { type Call, type Item, isKnown, live } from "../item.js";
import { binary } from "./arithmetic.js";
import { reshapedItem } from "./moves.js";
import type { Operator, Operators } from "./operator.js";
import { axesOf } from "./shapes.js";

type Kind = Parameters<typeof reduced>[2];
type Around = Call["graph"];
// biome-ignore lint/suspicious/noExplicitAny: sums of numbers, or of bigints.
type Any = any;

/** What constants come to. */
const hosts: Record<Kind, (values: Any[]) => Any> = {
  sum: (values) => values.reduce((a, b) => a + b),
  mean: (values) => {
    const sum = values.reduce((a, b) => a + b);
    return typeof sum === "bigint" ? sum / BigInt(values.length) : sum / values.length;
  },
  max: (values) => values.reduce((a, b) => (a > b ? a : b)),
  min: (values) => values.reduce((a, b) => (a < b ? a : b)),
  // In between it would grow by 64 bits with each number.
  prod: (values) => values.reduce((a, b) => (typeof a === "bigint" ? BigInt.asIntN(64, a * b) : a * b)),
  l1: (values) => values.reduce((a, b) => a + (b < 0 ? -b : b), typeof values[0] === "bigint" ? 0n : 0),
  l2: (values) => {
    const root = Math.sqrt(values.reduce((a, b) => a + Number(b) ** 2, 0));
    return typeof values[0] === "bigint" ? whole(root) : root;
  },
  sumSquare: (values) => values.map((a) => a * a).reduce((a, b) => a + b),
};

/** What there is where no numbers are summed up. */
const empty: Record<Kind, number> = {
  sum: 0,
  mean: Number.NaN,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
  prod: 1,
  l1: 0,
  l2: 0,
  sumSquare: 0,
};

function ofNothing(call: Call, kind: Kind, axes: readonly number[], keep: boolean, isLog: boolean): Item {
  const { shape, dtype } = call.item(0);
  const kept = shape.map((size, d) => (axes.includes(d) ? 1 : size));
  const data = allocate(dtype, kept);
  const value = isLog ? Math.log(empty[kind]) : empty[kind];
  for (let i = 0; i < data.length; i++) data[i] = typeof data[i] === "bigint" ? whole(value) : value;
  const rest = kept.filter((_, d) => !axes.includes(d));
  return { dtype, shape: keep ? kept : rest, data };
}

/** Axes, or none where nothing is to be summed up, and whether they stay with size 1. */
function axesAndKeep(call: Call, since: number): { axes: number[]; keep: boolean } {
  const { shape } = call.item(0);
  const given = axesOf(call, since) ?? [];
  const keep = call.node.flag("keepdims", true);
  if (given.length === 0 && call.node.flag("noop_with_empty_axes", false)) return { axes: [], keep };
  const named = given.length > 0 ? given : shape.map((_, d) => d);
  return { axes: axesIn(named, shape.length), keep };
}

/** What the kinds make of each number by itself: of no axes, where the node says that no axes are none. */
const single: Partial<Record<Kind, (graph: Around, x: Value) => Value>> = {
  l1: (graph, x) => graph.add(abs, [x], {}),
  l2: (graph, x) => graph.add(abs, [x], {}),
  sumSquare: (graph, x) => graph.add(multiply, [x, x], {}),
};

/** Of numbers that the network computes. What whole ones come to is whole, cut off. */
function liveReduction(call: Call, kind: Kind, axes: readonly number[], keep: boolean): Item {
  const item = call.item(0);
  const { graph } = call;
  const x = call.valueOf(item);
  if (axes.length === 0) return live(single[kind]?.(graph, x) ?? x, item.dtype);
  if (!isWhole(item.dtype)) return live(reduced(graph, x, kind, axes, keep));
  const result = live(reduced(graph, x, kind === "mean" ? "sum" : kind, axes, keep), item.dtype);
  if (kind === "l2") return live(graph.add(trunc, [result.value], {}), item.dtype);
  const count = sizeOf(axes.map((axis) => item.shape[axis]!));
  return kind === "mean" ? binary(call, "Div", result, hostOf(item.dtype, [count], [])) : result;
}

/** Axes are an attribute before opset `since`, an input since; without them all axes, or none if the node says so. */
function reduction(kind: Kind, since: number, around?: (graph: Around, x: Value) => Value): Operator {
  return {
    attributes: ["axes", "keepdims", "noop_with_empty_axes"],
    content: [1],
    folds: around === undefined,
    run(call) {
      const item = call.item(0);
      const { shape } = item;
      const { axes, keep } = axesAndKeep(call, since);
      if (axes.some((axis) => shape[axis] === 0)) return ofNothing(call, kind, axes, keep, Boolean(around));
      if (isKnown(item) && !around) {
        const result = reducedHost(item, axes, hosts[kind]);
        return keep
          ? result
          : reshapedItem(
              call,
              result,
              shape.filter((_, d) => !axes.includes(d)),
            );
      }
      const result = liveReduction(call, kind, axes, keep);
      if (!around) return result;
      const value = around(call.graph, call.valueOf(result));
      return live(isWhole(item.dtype) ? call.graph.add(trunc, [value], {}) : value, item.dtype);
    },
  };
}

/** The place of the largest or smallest along an axis. */
function extreme(of: typeof argMax, isBetter: (a: Any, b: Any) => boolean): Operator {
  return {
    attributes: ["axis", "keepdims", "select_last_index"],
    folds: true,
    run(call) {
      const item = call.item(0);
      const axis = axisOf(call.node.int("axis", 0), item.shape.length);
      const keep = call.node.flag("keepdims", true);
      const last = call.node.flag("select_last_index", false);
      if (!isKnown(item)) return live(of(call.graph, item.value, axis, keep, last), "int64");
      const place = (values: Any[]): bigint => {
        let best = 0;
        values.forEach((value, i) => {
          if (isBetter(value, values[best]) || (last && value === values[best])) best = i;
        });
        return BigInt(best);
      };
      const result = reducedHost(item, [axis], place, "int64");
      return keep
        ? result
        : reshapedItem(
            call,
            result,
            item.shape.filter((_, d) => d !== axis),
          );
    },
  };
}

/** Before opset 13 over all axes from `axis` on, as if they were one; since then along one axis. */
function softmax(along: typeof softmaxAlong): Operator {
  return {
    attributes: ["axis"],
    run(call): Item {
      const x = call.value(0);
      const { shape } = x;
      const old = call.opset < 13;
      const axis = axisOf(call.node.int("axis", old ? 1 : -1), shape.length);
      const isOne = shape.slice(axis + 1).every((size) => size === 1);
      if (!old || isOne) return live(along(call.graph, x, axis));
      const flat = reshaped(call.graph, x, [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))]);
      return live(reshaped(call.graph, along(call.graph, flat, 1), shape));
    },
  };
}

/** log(sum(exp(x))), taking the largest out of the sum so that none is infinite. */
const logSumExp: Operator = {
  attributes: ["axes", "keepdims", "noop_with_empty_axes"],
  content: [1],
  run(call): Item {
    const x = call.dense(0);
    const { graph } = call;
    const { axes, keep } = axesAndKeep(call, 18);
    if (axes.length === 0) return call.item(0);
    if (axes.some((axis) => x.shape[axis] === 0)) return ofNothing(call, "sum", axes, keep, true);
    const most = reduced(graph, x, "max", axes, true);
    const powers = graph.add(exp, [graph.add(subtract, [x, expanded(graph, most, x.shape)], {})], {});
    const sum = graph.add(log, [reduced(graph, powers, "sum", axes, true)], {});
    const shape = keep ? most.shape : x.shape.filter((_, d) => !axes.includes(d));
    return live(reshaped(graph, graph.add(add, [sum, most], {}), shape));
  },
};

/** Operators that sum up along axes. */
export const reductions: Operators = {
  ReduceSum: reduction("sum", 13),
  ReduceMean: reduction("mean", 18),
  ReduceMax: reduction("max", 18),
  ReduceMin: reduction("min", 18),
  ReduceProd: reduction("prod", 18),
  ReduceL1: reduction("l1", 18),
  ReduceL2: reduction("l2", 18),
  ReduceSumSquare: reduction("sumSquare", 18),
  ReduceLogSum: reduction("sum", 18, (graph, x) => graph.add(log, [x], {})),
  ReduceLogSumExp: logSumExp,
  ArgMax: extreme(argMax, (a, b) => a > b),
  ArgMin: extreme(argMin, (a, b) => a < b),
  Softmax: softmax(softmaxAlong),
  LogSoftmax: softmax(logSoftmaxAlong),
};
