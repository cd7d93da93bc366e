import { check } from "../errors.js";
import { formatShape, type Shape } from "../tensor.js";
import type { View } from "./layout.js";
import { type GraphWriter, sizes4, type Value } from "./op.js";
import { sameShape } from "./shape.js";
import { sumTo } from "./sum-to.js";

/** Whether a value of shape b can be repeated over a: the same channels, one pixel, and as many images or one. */
function repeats(a: Shape, b: Shape): boolean {
  const [n, c, h, w] = sizes4(b);
  return a.length === b.length && c === a[1] && h === 1 && w === 1 && (n === 1 || n === a[0]);
}

/** Throws unless both have one form, and b the shape of a or, of activations, one pixel for each of its channels. */
export function checkBroadcast(what: string, a: Value, b: Value): void {
  const of = ({ name, form, shape }: Value): string =>
    `"${name}" of ${formatShape(shape)} is ${form === "dense" ? "dense, as weights are" : "an activation"}`;
  check(a.form === b.form, () => `${what}: ${of(a)}, but ${of(b)}; both must be of one kind.`);
  const [n = 1, c = 1, ...pixels] = a.shape;
  const repeated = [
    [n, c, ...pixels.map(() => 1)],
    [1, c, ...pixels.map(() => 1)],
  ];
  const fitting = [a.shape, ...(a.form === "dense" ? [] : repeated)].map(formatShape);
  check(
    sameShape(a.shape, b.shape) || (a.form === "blocked" && repeats(a.shape, b.shape)),
    () =>
      `${what}: the second operand has shape ${formatShape(b.shape)}; beside a first of ${formatShape(a.shape)} it must ` +
      `be ${[...new Set(fitting)].join(" or ")}.`,
  );
}

/** The view as one of the sizes of `to`: strides of 0 repeat its images and pixels. */
export function broadcastView(view: View, to: View): View {
  const { n, h, w } = to;
  return {
    ...view,
    ...{ n, h, w },
    image: view.n === n ? view.image : 0,
    row: view.h === h ? view.row : 0,
    pixel: view.w === w ? view.pixel : 0,
  };
}

/** The gradient of a value that was repeated to the shape of dy. */
export function unbroadcast(graph: GraphWriter, dy: Value, shape: Shape): Value {
  return sameShape(dy.shape, shape) ? dy : graph.add(sumTo, [dy], { shape });
}
