import { check } from "../../errors.js";
import { add } from "../../ops/add.js";
import { affine } from "../../ops/affine.js";
import { batchNorm, batchNormTrain } from "../../ops/batch-norm.js";
import { toBlocked } from "../../ops/dense.js";
import { divide } from "../../ops/divide.js";
import { dropout } from "../../ops/dropout.js";
import { instanceNorm } from "../../ops/instance-norm.js";
import { localResponseNorm } from "../../ops/local-response-norm.js";
import { multiply } from "../../ops/multiply.js";
import type { Value } from "../../ops/op.js";
import { expanded, taken } from "../../ops/rearrange.js";
import { reduced } from "../../ops/reduced.js";
import { reshaped } from "../../ops/reshape.js";
import { sqrt } from "../../ops/sqrt.js";
import { subtract } from "../../ops/subtract.js";
import { sizeOf } from "../../tensor.js";
import { axisOf } from "../attributes.js";
import { hostOf } from "../host/host.js";
import { type Call, type Item, isKnown, live } from "../item.js";
import { expandedItem, listOf } from "./moves.js";
import type { Operators } from "./operator.js";

/** With the batch's own statistics, in inference too; the running ones as they would be after it are two more outputs. */
function byBatch(call: Call): Item[] {
  const { node, graph } = call;
  const x = call.dense(0);
  const [c = 1, ...pixels] = x.shape.slice(1);
  const [eps, momentum] = [node.float("epsilon", 1e-5), node.float("momentum", 0.9)];
  const full = (value: Value): Value =>
    expanded(graph, reshaped(graph, value, [c, ...pixels.map(() => 1)]), x.shape);
  const scaled = (value: Value, scale: number, shift = 0): Value =>
    graph.add(affine, [value], { scale, shift });
  const mean = (value: Value): Value =>
    reduced(graph, value, "mean", [0, ...pixels.map((_, d) => d + 2)], false);
  const [scale, bias, oldMean, oldVariance] = [1, 2, 3, 4].map((i) => call.dense(i));
  const centre = mean(x);
  const difference = graph.add(subtract, [x, full(centre)], {});
  const variance = mean(graph.add(multiply, [difference, difference], {}));
  const deviation = graph.add(sqrt, [scaled(variance, 1, eps)], {});
  const normal = graph.add(divide, [difference, full(deviation)], {});
  const y = graph.add(add, [graph.add(multiply, [normal, full(scale!)], {}), full(bias!)], {});
  const moved = (old: Value, now: Value): Item =>
    live(graph.add(add, [scaled(old, momentum), scaled(now, 1 - momentum)], {}));
  return [live(y), moved(oldMean!, centre), moved(oldVariance!, variance)];
}

/**
 * Inputs: x [n, c, ...], scale, bias, mean and variance [c]. While the model is trained, by the statistics of the batch,
 * if the running ones are part of the model.
 */
function batchNormalization(call: Call): Item | Item[] {
  const { node, graph } = call;
  const { shape } = call.item(0);
  check(node.int("spatial", 1) === 1, () => "spatial = 0 is not supported.");
  if (node.flag("training_mode", false)) return byBatch(call);
  check(
    node.outputs.slice(1).every((name) => name === ""),
    () =>
      "its outputs besides the first are for training: the network was exported in train mode. Export model.eval(); " +
      "the import can be trained all the same.",
  );
  check(shape.length >= 2, () => `its input has the shape [${shape}], but must be [n, c, ...].`);
  const [n = 1, c = 1, ...pixels] = shape;
  // Whatever lies behind the channels is one row of pixels.
  const flat = shape.length > 4 ? reshaped(graph, call.value(0), [n, c, sizeOf(pixels)]) : call.value(0);
  const x = toBlocked(graph, flat);
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => call.dense(i));
  const eps = node.float("epsilon", 1e-5);
  const trains = call.scope.training && mean!.origin === "buffer" && variance!.origin === "buffer";
  const y = trains
    ? graph.add(batchNormTrain, [x, scale!, bias!, mean!, variance!, null], {
        eps,
        momentum: 1 - node.float("momentum", 0.9),
      })
    : graph.add(batchNorm, [x, scale!, bias!, mean!, variance!], { eps });
  return live(shape.length > 4 ? reshaped(graph, y, shape) : y);
}

/** x / (bias + alpha / size * sum of the squares of neighbouring channels)^beta. */
function lrn(call: Call): Item {
  const { node, graph } = call;
  const x = call.blocked(0);
  const size = node.int("size", undefined);
  check(size !== undefined, () => "the attribute size is missing.");
  const attrs = {
    size,
    alpha: node.float("alpha", 1e-4),
    beta: node.float("beta", 0.75),
    k: node.float("bias", 1),
  };
  if (size % 2 === 1) return live(graph.add(localResponseNorm, [x], attrs));
  // The odd channel is after in ONNX, before in torch: seen from the other end it is the same.
  const backwards = listOf(x.shape[1]!, (i) => x.shape[1]! - 1 - i);
  const turned = toBlocked(graph, taken(graph, x, backwards, 1));
  return live(taken(graph, graph.add(localResponseNorm, [turned], attrs), backwards, 1));
}

/** Drops only while the model is trained. The ratio is an attribute before opset 12, an input since. */
function dropped(call: Call): Item[] {
  const { node, scope } = call;
  const item = call.item(0);
  const ratio = node.opset < 12 ? node.float("ratio", 0.5) : call.number(1, 0.5);
  const inFile = node.opset >= 12 && call.number(2, 0) !== 0;
  check(
    !inFile || ratio === 0,
    () =>
      "training_mode is on: the network was exported in train mode. Export model.eval(); the import can be trained all " +
      "the same.",
  );
  const results: Item[] = [item];
  if (!isKnown(item) && scope.training && ratio > 0) {
    const { value, salt } = scope.random();
    const x = item.value.form === "blocked" ? item.value : undefined;
    const { shape } = item;
    const blocked = x ?? toBlocked(call.graph, reshaped(call.graph, item.value, [1, 1, 1, sizeOf(shape)]));
    const y = call.graph.add(dropout, [blocked, value], { p: ratio, salt });
    results[0] = live(reshaped(call.graph, y, shape), item.dtype);
  }
  if (node.outputs[1]) results.push(expandedItem(call, hostOf("bool", [1], []), item.shape));
  return results;
}

/** (x - mean) / sqrt(variance + epsilon) * scale + bias, over the axes from `axis` on. */
function layerNormalization(call: Call): Item[] {
  const { node, graph } = call;
  const x = call.value(0);
  const first = axisOf(node.int("axis", -1), x.shape.length);
  const axes = x.shape.map((_, d) => d).slice(first);
  const full = (value: Value): Value => expanded(graph, value, x.shape);
  const mean = reduced(graph, x, "mean", axes, true);
  const [dense, centre] = [expanded(graph, x, x.shape), full(mean)];
  const difference = graph.add(
    subtract,
    [dense.form === "dense" ? dense : reshaped(graph, dense, x.shape), centre],
    {},
  );
  const variance = reduced(graph, graph.add(multiply, [difference, difference], {}), "mean", axes, true);
  const deviation = graph.add(
    sqrt,
    [graph.add(affine, [variance], { scale: 1, shift: node.float("epsilon", 1e-5) })],
    {},
  );
  let y = graph.add(divide, [difference, full(deviation)], {});
  if (call.has(1)) y = graph.add(multiply, [y, full(call.dense(1))], {});
  if (call.has(2)) y = graph.add(add, [y, full(call.dense(2))], {});
  const inverse = graph.add(divide, [graph.add(affine, [deviation], { scale: 0, shift: 1 }), deviation], {});
  return [live(y), live(mean), live(inverse)];
}

/** Normalisation and dropout. */
export const normalizations: Operators = {
  BatchNormalization: {
    attributes: ["epsilon", "momentum", "spatial", "training_mode"],
    parameters: [1, 2],
    buffers: [3, 4],
    run: batchNormalization,
  },
  InstanceNormalization: {
    attributes: ["epsilon"],
    // PyTorch's group normalisation has constants here that were never trained.
    maybeParameters: [1, 2],
    run: (call) =>
      live(
        instanceNorm(
          call.graph,
          call.blocked(0),
          call.dense(1),
          call.dense(2),
          call.node.float("epsilon", 1e-5),
        ),
      ),
  },
  LayerNormalization: {
    attributes: ["axis", "epsilon", "stash_type"],
    maybeParameters: [1, 2],
    buffers: [1, 2],
    run: layerNormalization,
  },
  LRN: { attributes: ["size", "alpha", "beta", "bias"], run: lrn },
  Dropout: { attributes: ["ratio", "seed"], content: [1, 2], run: dropped },
};
