import type { Form } from "../../src/ops/op.js";
import { logSoftmaxAlong, softmaxAlong } from "../../src/ops/softmax-along.js";
import type { Shape } from "../../src/tensor.js";
import { elementAt, fromElements } from "../harness/dense.js";
import { type OpCase, testOp } from "../harness/op.js";

const along = (log: boolean, shape: Shape, axis: number, form: Form = "dense"): OpCase => ({
  name: `${log ? "log" : ""} ${form} [${shape}] along axis ${axis}`,
  operands: [{ shape, form }],
  build: (graph, [x]) => (log ? logSoftmaxAlong : softmaxAlong)(graph, x!, axis),
  reference: ([x]) =>
    fromElements(shape, (index) => {
      const at = axis < 0 ? axis + shape.length : axis;
      const powers = Array.from({ length: shape[at]! }, (_, i) =>
        Math.exp(
          elementAt(
            x!,
            index.map((place, d) => (d === at ? i : place)),
          ),
        ),
      );
      const share = powers[index[at]!]! / powers.reduce((a, b) => a + b, 0);
      return log ? Math.log(share) : share;
    }),
});

testOp("softmaxAlong", [
  along(false, [5], 0),
  along(false, [2, 3, 2, 2, 9], -1),
  along(false, [2, 3, 4], 0),
  along(true, [2, 5, 3, 2], 2),
  along(true, [2, 5, 3, 2], 1, "blocked"),
  along(false, [2, 5, 3, 2], 3, "blocked"),
]);
