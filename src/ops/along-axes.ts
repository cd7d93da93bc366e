import { aroundAxis, range, stridesOf } from "./axes.js";
import type { GraphWriter, Op, Value } from "./op.js";
import { reduce } from "./reduce.js";
import { resized } from "./resample.js";
import { reshape } from "./reshape.js";
import { type Walk, writeWalks } from "./walk.js";

/** Where the places of an axis of the output come from. */
export interface AxisMap {
  readonly size: number;
  /** The axis of the input; null where all places show the same. */
  readonly from: number | null;
  /** The place along the input's axis that each place shows, -1 for none; null for the places as they are. */
  readonly places: readonly number[] | null;
}

export interface RearrangeAttrs {
  /** The axes of the output. Axes of the input that none comes from have size 1. */
  readonly axes: readonly AxisMap[];
  /** What is shown where one of the places is -1. */
  readonly fill: number;
}

/** `stride`: bytes of the input's axis. */
function walkOf({ size, from, places }: AxisMap, stride: number): Walk {
  if (from === null) return { count: size, start: 0, step: 0, table: null };
  if (!places) return { count: size, start: 0, step: stride, table: null };
  const [first = 0, second = 0] = places;
  const step = size > 1 ? second - first : 0;
  const even = places.every((place, i) => place >= 0 && place === first + i * step);
  return even
    ? { count: size, start: first * stride, step: step * stride, table: null }
    : { count: size, start: 0, step: 0, table: places.map((place) => (place < 0 ? -1 : place * stride)) };
}

/** Moves dense numbers along their axes, each axis by itself. */
export const rearrange: Op<RearrangeAttrs> = {
  name: "rearrange",
  infer: (_inputs, { axes }) => [{ shape: axes.map(({ size }) => size), form: "dense" }],
  sight: () => "all",

  gradient(graph, node, [dy]) {
    const { shape } = node.inputs[0]!;
    const { axes } = node.attrs;
    // First the axes of which several places show the same: those are added up.
    const summed = axes.reduce((grad, map, axis) => addUp(graph, grad, axis, map, shape), dy!);
    const back = shape.map((size, from): AxisMap => {
      const axis = axes.findIndex((map) => map.from === from);
      if (axis < 0) return { size, from: null, places: null };
      const { places } = axes[axis]!;
      if (!places || repeats(places)) return { size, from: axis, places: null };
      const inverse = Array<number>(size).fill(-1);
      places.forEach((place, i) => {
        if (place >= 0) inverse[place] = i;
      });
      return { size, from: axis, places: inverse };
    });
    return [graph.add(rearrange, [summed], { axes: back, fill: 0 })];
  },

  steps(node, plan) {
    const strides = stridesOf(node.inputs[0]!.shape);
    const walks = node.attrs.axes.map((map) => walkOf(map, map.from === null ? 0 : 4 * strides[map.from]!));
    writeWalks(plan, plan.place(node.outputs[0]!), plan.place(node.inputs[0]!), walks, node.attrs.fill);
  },
};

/** Whether a place is shown more than once. */
function repeats(places: readonly number[]): boolean {
  const shown = places.filter((place) => place >= 0);
  return new Set(shown).size < shown.length;
}

/** The gradient with the places of an axis that show the same added up. */
function addUp(graph: GraphWriter, grad: Value, axis: number, map: AxisMap, shape: readonly number[]): Value {
  if (map.from === null) {
    if (map.size === 1) return grad;
    const x = graph.add(reshape, [grad], { shape: aroundAxis(grad.shape, axis) });
    const sum = graph.add(reduce, [x], { base: "sum", root: false, factor: 1 });
    return graph.add(reshape, [sum], { shape: grad.shape.map((size, i) => (i === axis ? 1 : size)) });
  }
  if (!map.places || !repeats(map.places)) return grad;
  const taps = range(shape[map.from]!).map((): { index: number; weight: number }[] => []);
  map.places.forEach((place, index) => {
    if (place >= 0) taps[place]!.push({ index, weight: 1 });
  });
  return resized(graph, grad, axis, taps);
}
