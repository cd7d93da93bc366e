import { check } from "../errors.js";
import { formatShape } from "../tensor.js";
import { aroundAxis, axisOf } from "./axes.js";
import { toDense } from "./dense.js";
import { dataOf, LANES, type View } from "./layout.js";
import { type GraphWriter, type Op, sizes4, type Value } from "./op.js";
import { reshaped } from "./reshape.js";
import { checkRank } from "./shape.js";
import { type Matrix, matrixOf, type Strides, type Taps, turned, writeResample } from "./taps.js";

export type { Tap, Taps } from "./taps.js";

/** x [outer, n, inner] to [outer, m, inner]: a linear map along the middle. */
const resample: Op<Matrix> = {
  name: "resample",
  infer: ([x], { m }) => [{ shape: [x!.shape[0]!, m, x!.shape[2]!], form: "dense" }],
  macs: ({ inputs, attrs }) => inputs[0]!.shape[0]! * attrs.places.length * inputs[0]!.shape[2]!,
  sight: () => "all",
  gradient: (graph, node, [dy]) => [graph.add(resample, [dy!], turned(node.attrs))],
  steps(node, plan) {
    const { n, m } = node.attrs;
    const [outer = 1, , inner = 1] = node.outputs[0]!.shape;
    const [out, x] = [node.outputs[0]!, node.inputs[0]!].map((value, i) => ({
      place: plan.place(value),
      strides: [0, 0, 4 * inner * (i === 0 ? m : n), 4 * inner] as const,
    }));
    writeResample(plan, out!, x!, [1, 1, outer], inner, node.attrs);
  },
};

/**
 * A linear map along one axis: place i of the output is the sum of weight times the number at `index` over taps[i]; 0
 * without any. Interpolation has two taps for each place, cubic interpolation four. Gives a dense value.
 */
export function resized(graph: GraphWriter, value: Value, axis: number, taps: Taps): Value {
  const { shape } = value;
  const at = axisOf("resized", axis, shape);
  const x = reshaped(graph, toDense(graph, value), aroundAxis(shape, at));
  const y = graph.add(resample, [x], matrixOf("resized", shape[at]!, taps));
  return reshaped(
    graph,
    y,
    shape.map((old, i) => (i === at ? taps.length : old)),
  );
}

interface PixelAttrs {
  /** Along h and along w; null leaves them. */
  readonly rows: Matrix | null;
  readonly columns: Matrix | null;
}

const byRows = ({ image, block, row }: View): Strides => [image, block, 0, row];
const byPixels = ({ image, block, row, pixel }: View): Strides => [image, block, row, pixel];

/** Linear maps along h and w of [n, c, h, w], along w of [n, c, l]. */
const resamplePixels: Op<PixelAttrs> = {
  name: "resamplePixels",
  infer([x], { rows, columns }) {
    const [n, c, h, w] = sizes4(x!.shape);
    const [oh, ow] = [rows?.m ?? h, columns?.m ?? w];
    return [{ shape: x!.shape.length === 3 ? [n, c, ow] : [n, c, oh, ow] }];
  },
  macs({ inputs, outputs, attrs: { rows, columns } }) {
    const [n, c, , w] = sizes4(inputs[0]!.shape);
    const [, , oh] = sizes4(outputs[0]!.shape);
    return n * c * ((rows?.places.length ?? 0) * w + (columns?.places.length ?? 0) * oh);
  },
  sight: () => "all",
  gradient(graph, node, [dy]) {
    const { rows, columns } = node.attrs;
    const attrs = { rows: rows && turned(rows), columns: columns && turned(columns) };
    return [graph.add(resamplePixels, [dy!], attrs)];
  },
  steps(node, plan) {
    const { rows, columns } = node.attrs;
    const out = plan.view(node.outputs[0]!);
    const x = plan.view(node.inputs[0]!);
    const between = rows && columns ? plan.scratchView(x.n, x.c, out.h, x.w) : columns ? x : out;
    if (rows) {
      const [to, from] = [between, x].map((view) => ({ place: dataOf(view), strides: byRows(view) }));
      writeResample(plan, to!, from!, [x.n, x.blocks, 1], x.w * LANES, rows);
    }
    if (columns) {
      const [to, from] = [out, between].map((view) => ({ place: dataOf(view), strides: byPixels(view) }));
      writeResample(plan, to!, from!, [x.n, x.blocks, out.h], LANES, columns);
    }
  },
};

/** Linear maps along h and w of a blocked [n, c, h, w] (along w of [n, c, l]), as {@link resized}; null leaves an axis as it is. */
export function resized2d(graph: GraphWriter, x: Value, rows: Taps | null, columns: Taps | null): Value {
  checkRank("resized2d", x, [3, 4], "[n, c, h, w], or [n, c, l] for one dimension");
  const [, , h, w] = sizes4(x.shape);
  if (!rows && !columns) return x;
  return graph.add(resamplePixels, [x], {
    rows: rows && matrixOf("resized2d", h, rows),
    columns: columns && matrixOf("resized2d", w, columns),
  });
}

/**
 * Linear maps along several axes, one list of taps for each axis, or null. An activation stays one where only h and w
 * change, or w of [n, c, l]; otherwise the result is dense.
 */
export function resizedAll(graph: GraphWriter, value: Value, taps: readonly (Taps | null)[]): Value {
  const { shape, form } = value;
  check(
    taps.length === shape.length,
    () =>
      `resizedAll: there are taps for ${taps.length} axes, but the shape ${formatShape(shape)} has ${shape.length}; give ` +
      "a list or null for each.",
  );
  if (form === "blocked" && shape.length >= 3 && !taps[0] && !taps[1]) {
    return resized2d(graph, value, shape.length === 4 ? taps[2]! : null, taps.at(-1)!);
  }
  return taps.reduce((x, list, axis) => (list ? resized(graph, x, axis, list) : x), value);
}
