import { linear as linearOp } from "../ops/linear.js";
import { matmul as matmulOp } from "../ops/matmul.js";
import { transposed } from "../ops/rearrange.js";
import type { Tensor } from "../tensor.js";
import { type Input, run, toTensor } from "./call.js";

/** The product of matrices, [..., m, k] times [..., k, n], as numpy.matmul. */
export function matmul(a: Input, b: Input): Tensor {
  return run(
    [
      [toTensor(a), "dense"],
      [toTensor(b), "dense"],
    ],
    (graph, [va, vb]) => matmulOp(graph, va!, vb!),
  );
}

/** The axes in another order; the reverse one by default. */
export function transpose(input: Input, perm?: readonly number[]): Tensor {
  const x = toTensor(input);
  const order = perm ?? x.shape.map((_, axis) => x.shape.length - 1 - axis);
  return run([[x, "dense"]], (graph, [value]) => transposed(graph, value!, order));
}

/** y = x w^T + b: input [n, in] or [in], weight [out, in], bias [out]. */
export function linear(input: Input, weight: Input, bias?: Input): Tensor {
  const given = toTensor(input);
  const x = given.shape.length === 1 ? given.reshape(1, given.size) : given;
  const y = run(
    [
      [x, "blocked"],
      [toTensor(weight), "dense"],
      [bias === undefined ? null : toTensor(bias), "dense"],
    ],
    (graph, [vx, vw, vb]) => linearOp(graph, vx!, vw!, vb ?? null),
  );
  return given.shape.length === 1 ? y.reshape(y.size) : y;
}
