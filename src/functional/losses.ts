import { check, checkIs, checkOptions } from "../errors.js";
import { crossEntropy as crossEntropyOp } from "../ops/cross-entropy.js";
import { checkSameShape } from "../ops/elementwise.js";
import { mse as mseOp } from "../ops/mse.js";
import { formatShape, type Tensor, tensor } from "../tensor.js";
import { type Input, run, toTensor } from "./call.js";

/** Mean cross entropy of scores [n, classes] against class indices. */
export function crossEntropy(
  scores: Input,
  targets: ArrayLike<number>,
  options: { labelSmoothing?: number } = {},
): number {
  checkOptions("crossEntropy", options, ["labelSmoothing"]);
  checkIs(
    typeof targets?.length === "number",
    "crossEntropy: the targets",
    targets,
    "a list of class indices",
  );
  const x = toTensor(scores);
  const [n = 0, classes = 0] = x.shape;
  check(
    x.shape.length === 2 && targets.length === n,
    () =>
      `crossEntropy: the scores have shape ${formatShape(x.shape)} and there are ${targets.length} targets; give [n, classes] and n.`,
  );
  const wrong = Array.from(targets).findIndex((t) => !Number.isInteger(t) || t < 0 || t >= classes);
  check(
    wrong < 0,
    () => `crossEntropy: target ${wrong} is ${targets[wrong]}, not a class from 0 to ${classes - 1}.`,
  );
  const { labelSmoothing = 0 } = options;
  const loss = run(
    [
      [x, "blocked"],
      [tensor(targets, [n]), "dense"],
    ],
    (graph, values) => graph.add(crossEntropyOp, values, { labelSmoothing }),
  );
  return loss.data[0]!;
}

/** Mean squared difference. */
export function mse(a: Input, b: Input): number {
  const [ta, tb] = [toTensor(a), toTensor(b)];
  checkSameShape("mse", ta, tb);
  const flat = (t: Tensor): Tensor => t.reshape(1, t.size);
  return run(
    [
      [flat(ta), "blocked"],
      [flat(tb), "blocked"],
    ],
    (graph, values) => graph.add(mseOp, values, {}),
  ).data[0]!;
}
