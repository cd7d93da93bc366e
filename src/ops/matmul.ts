import { check } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../tensor.js";
import { broadcastShape, range, stridesOf } from "./axes.js";
import { toDense } from "./dense.js";
import type { GraphWriter, Op, Value } from "./op.js";
import { transposed } from "./rearrange.js";
import { reduced } from "./reduced.js";
import { reshaped } from "./reshape.js";
import { sameShape } from "./shape.js";

interface ProductAttrs {
  /** a is given transposed: [..., k, m]. */
  readonly turned: boolean;
}

const matrices = (shape: Shape): Shape => shape.slice(0, -2);

/** Floats from one matrix to the next along each axis of the common batch; 0 where it is repeated. */
function steps(shape: Shape, batch: Shape): number[] {
  const own = matrices(shape);
  const front = batch.length - own.length;
  const strides = stridesOf(shape);
  return batch.map((_, axis) => (axis < front || own[axis - front] === 1 ? 0 : strides[axis - front]!));
}

/** Tiles of a unit of work: see assembly/kernels/matmul.ts. */
const ROWS = 4;
const COLUMNS = 64;

/** a [..., m, k] times b [..., k, n], whose batches are broadcast. */
const product: Op<ProductAttrs> = {
  name: "matmul",

  infer([a, b], { turned }) {
    const [m, k] = turned ? [a!.shape.at(-1), a!.shape.at(-2)] : [a!.shape.at(-2), a!.shape.at(-1)];
    const fits = k === b!.shape.at(-2);
    check(
      fits,
      () =>
        `matmul: the shapes ${formatShape(a!.shape)} and ${formatShape(b!.shape)} do not fit; rows of ${k} numbers need ` +
        `columns of ${k}, not of ${b!.shape.at(-2)}.`,
    );
    const batch = broadcastShape("matmul", matrices(a!.shape), matrices(b!.shape));
    return [{ shape: [...batch, m!, b!.shape.at(-1)!], form: "dense" }];
  },

  macs: ({ inputs, outputs }) => outputs[0]!.elements * inputs[1]!.shape.at(-2)!,
  sight: () => "all",

  /** da = dy bᵀ, db = aᵀ dy, added up over what was repeated. */
  gradient(graph, node, [dy], needed) {
    const [a, b] = node.inputs as [Value, Value];
    const da = (): Value => {
      const swapped = [...range(b.shape.length - 2), b.shape.length - 1, b.shape.length - 2];
      return graph.add(product, [dy!, transposed(graph, b, swapped)], { turned: false });
    };
    const db = (): Value => graph.add(product, [a, dy!], { turned: true });
    return [needed[0] ? summed(graph, da(), a.shape) : null, needed[1] ? summed(graph, db(), b.shape) : null];
  },

  steps(node, plan) {
    const [a, b] = node.inputs as [Value, Value];
    const [y] = node.outputs as [Value];
    const batch = matrices(y.shape);
    const strides = [steps(a.shape, batch), steps(b.shape, batch)];
    const [m = 1, n = 1, k = 1] = [y.shape.at(-2), y.shape.at(-1), b.shape.at(-2)];
    const along = stridesOf(batch);
    const starts = range(sizeOf(batch)).flatMap((i) =>
      strides.map((list) =>
        list.reduce((sum, step, axis) => sum + step * (Math.floor(i / along[axis]!) % batch[axis]!), 0),
      ),
    );
    const order = node.attrs.turned ? [1, m] : [k, 1];
    plan.step(
      "matmul",
      sizeOf(batch) * Math.ceil(m / ROWS) * Math.ceil(n / COLUMNS),
      [
        ...[plan.place(y), plan.place(a), plan.place(b)],
        ...[plan.table(Int32Array.from(starts)), plan.constants([m, n, k, ...order])],
      ],
      2 * Math.min(m, ROWS) * Math.min(n, COLUMNS) * k,
    );
  },
};

/** The gradient of a value that was repeated to the shape of `grad`. */
function summed(graph: GraphWriter, grad: Value, shape: Shape): Value {
  if (sameShape(grad.shape, shape)) return grad;
  const front = grad.shape.length - shape.length;
  const axes = range(grad.shape.length).filter(
    (axis) => axis < front || (shape[axis - front] === 1 && grad.shape[axis] !== 1),
  );
  return reshaped(graph, reduced(graph, grad, "sum", axes, true), shape);
}

/**
 * The product of matrices, as numpy.matmul: a [..., m, k] times b [..., k, n]; a vector is a row on the left, a column
 * on the right. Gives a dense value.
 */
export function matmul(graph: GraphWriter, a: Value, b: Value): Value {
  check(
    a.shape.length > 0 && b.shape.length > 0,
    () =>
      `matmul: the shapes are ${formatShape(a.shape)} and ${formatShape(b.shape)}; a product of matrices needs vectors or ` +
      "matrices. Multiply by a number element by element.",
  );
  const dense = [toDense(graph, a), toDense(graph, b)] as const;
  const left = a.shape.length === 1 ? reshaped(graph, dense[0], [1, ...a.shape]) : dense[0];
  const right = b.shape.length === 1 ? reshaped(graph, dense[1], [...b.shape, 1]) : dense[1];
  // One matrix on the right takes all rows on the left at once.
  const [k = 1, m = 1] = [left.shape.at(-1), left.shape.at(-2)];
  const rows = right.shape.length === 2 ? reshaped(graph, left, [sizeOf(left.shape) / k, k]) : left;
  const y = graph.add(product, [rows, right], { turned: false });
  const batch =
    right.shape.length === 2
      ? left.shape.slice(0, -2)
      : broadcastShape("matmul", matrices(left.shape), matrices(right.shape));
  return reshaped(graph, y, [
    ...batch,
    ...(a.shape.length === 1 ? [] : [m]),
    ...(b.shape.length === 1 ? [] : [right.shape.at(-1)!]),
  ]);
}
