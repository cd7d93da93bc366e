import { check, checkNoMore, checkNumber, checkOptions } from "../errors.js";
import type { Graph } from "../graph/graph.js";
import { crossEntropy as crossEntropyOp } from "../ops/cross-entropy.js";
import { mse as mseOp } from "../ops/mse.js";
import type { Value } from "../ops/op.js";
import { sameShape } from "../ops/shape.js";
import { formatShape, type Shape, Tensor } from "../tensor.js";

/** What training makes small. */
export interface Loss {
  /** With whatever else tells it from others: a checkpoint is resumed with the loss of the same name only. */
  readonly name: string;
  /** Adds the loss, a single number, to the graph; its targets become the input "targets". */
  apply(graph: Graph, output: Value): Value;
  /** The targets as that input takes them. Throws when they do not fit an output of the shape. */
  feed(targets: Int32Array | Tensor, outputShape: readonly number[]): Float32Array;
}

/** Cross entropy of softmax scores against class indices, mean over the batch (torch.nn.CrossEntropyLoss). */
export function crossEntropy(options: { labelSmoothing?: number } = {}): Loss {
  checkOptions("crossEntropy", options, ["labelSmoothing"]);
  const { labelSmoothing = 0 } = options;
  checkNumber("crossEntropy: labelSmoothing", labelSmoothing, { min: 0, max: 1 });
  return {
    name: labelSmoothing > 0 ? `crossEntropy with label smoothing ${labelSmoothing}` : "crossEntropy",
    apply: (graph, output) =>
      graph.add(crossEntropyOp, [output, graph.denseInput("targets", [output.shape[0]!])], {
        labelSmoothing,
      }),
    feed(targets, [n = 0, classes = 0]) {
      check(
        targets instanceof Int32Array && targets.length === n,
        () =>
          `crossEntropy: the targets must be ${n} class indices, not ${
            targets instanceof Tensor ? `values of shape ${formatShape(targets.shape)}` : `${targets.length}`
          }. For values use the loss mse().`,
      );
      const wrong = targets.findIndex((target) => target < 0 || target >= classes);
      check(
        wrong < 0,
        () =>
          `crossEntropy: target ${wrong} of the batch is class ${targets[wrong]}, but the model has ${classes} outputs.`,
      );
      return Float32Array.from(targets);
    },
  };
}

/** A shape without the batch and without sizes of 1. */
const core = (shape: Shape): Shape => shape.slice(1).filter((size) => size !== 1);

/**
 * Mean squared difference to target values of the output's shape (torch.nn.MSELoss). Sizes of 1 may be left out: n
 * values fit an output of [n, 1].
 */
export function mse(...none: []): Loss {
  checkNoMore("mse", none);
  return {
    name: "mse",
    apply: (graph, output) => graph.add(mseOp, [output, graph.input("targets", output.shape)], {}),
    feed(targets, outputShape) {
      check(
        targets instanceof Tensor &&
          targets.shape[0] === outputShape[0] &&
          sameShape(core(targets.shape), core(outputShape)),
        () =>
          `mse: the targets must be values of shape ${formatShape(outputShape)}, not ${
            targets instanceof Tensor
              ? `${formatShape(targets.shape)}.`
              : "class indices. Give the data's targets as a tensor, or use the loss crossEntropy()."
          }`,
      );
      return targets.data;
    },
  };
}
