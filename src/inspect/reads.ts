// Which places of an op's input one of its output's is made of, exactly, borders and uneven windows included.

import type { AdaptiveAvgPoolAttrs } from "../ops/adaptive-avg-pool2d.js";
import type { RearrangeAttrs } from "../ops/along-axes.js";
import { aroundAxis, range, stridesOf } from "../ops/axes.js";
import type { ConvTransposeAttrs } from "../ops/conv-transpose2d.js";
import { kernelSize } from "../ops/conv2d.js";
import type { LocalResponseNormAttrs } from "../ops/local-response-norm.js";
import { type Node, sizes4, type Value } from "../ops/op.js";
import type { PadAttrs } from "../ops/pad.js";
import { type PaddingKind, paddedPlaces } from "../ops/rearrange.js";
import type { SliceAttrs } from "../ops/slice-channels.js";
import type { Matrix } from "../ops/taps.js";
import { sizeOf } from "../tensor.js";

/** For each row, or column, of the output the rows, or columns, of the input that it is made of. */
export type Reads = readonly (readonly number[])[];

const KINDS: Readonly<Record<PadAttrs["mode"], PaddingKind>> = {
  zeros: "constant",
  reflect: "reflect",
  symmetric: "symmetric",
  replicate: "edge",
  circular: "wrap",
};

/** Ops that read otherwise than through the window that their `sight` says; null leaves an axis as it is. */
const rules: Readonly<
  Record<string, (node: Node, axis: 0 | 1, size: number, count: number) => Reads | null>
> = {
  pad({ attrs }: Node<PadAttrs>, axis, size) {
    const { top, left, bottom, right, mode } = attrs;
    const [before, after] = axis === 0 ? [top, bottom] : [left, right];
    return paddedPlaces(size, before, after, KINDS[mode]).map((place) => (place < 0 ? [] : [place]));
  },

  adaptiveAvgPool2d({ attrs }: Node<AdaptiveAvgPoolAttrs>, axis, size) {
    const count = axis === 0 ? attrs.oh : attrs.ow;
    return range(count).map((i) => {
      const first = Math.floor((i * size) / count);
      return range(Math.ceil(((i + 1) * size) / count) - first).map((k) => first + k);
    });
  },

  convTranspose2d({ attrs, inputs }: Node<ConvTransposeAttrs>, axis, size, count) {
    const { sh, sw, dh, dw, top, left } = attrs;
    const [stride, dilation, cut] = axis === 0 ? [sh, dh, top] : [sw, dw, left];
    return range(count).map((i) =>
      range(kernelSize(inputs[1]!.shape)[axis])
        .map((k) => (i + cut - k * dilation) / stride)
        .filter((place) => Number.isInteger(place) && place >= 0 && place < size),
    );
  },

  resamplePixels({ attrs }: Node<{ rows: Matrix | null; columns: Matrix | null }>, axis) {
    const matrix = axis === 0 ? attrs.rows : attrs.columns;
    if (!matrix) return null;
    return entriesOf(matrix);
  },
};

/** For each row of a matrix the places of its entries. */
function entriesOf({ m, starts, places, weights }: Matrix): Reads {
  // Where a place falls on a pixel, rounding may leave its neighbour a weight next to nothing.
  const counts = (weight: number): boolean => Math.abs(weight) > 1e-6;
  return range(m).map((i) =>
    [...places.subarray(starts[i], starts[i + 1])].filter((_, k) => counts(weights[starts[i]! + k]!)),
  );
}

/** What an op reads of an activation along h or w; "all" where each output is made of all of it. */
export function readsOf(node: Node, input: Value, output: Value, axis: 0 | 1): Reads | "all" {
  const size = sizes4(input.shape)[2 + axis]!;
  const count = sizes4(output.shape)[2 + axis]!;
  // One pixel is repeated over all.
  const own = (): Reads => range(count).map((i) => (i < size ? [i] : size === 1 ? [0] : []));
  const rule = rules[node.op.name];
  if (rule) return rule(node, axis, size, count) ?? own();
  const sight = node.op.sight?.(node);
  if (!sight || sight === "all") return sight ?? own();
  const [kernel, stride, dilation, before] = [sight.kernel, sight.stride, sight.dilation, sight.before].map(
    (sizes) => sizes[axis],
  ) as [number, number, number, number];
  return range(count).map((i) =>
    range(kernel)
      .map((k) => i * stride - before + k * dilation)
      .filter((place) => place >= 0 && place < size),
  );
}

/** Channels of an output, and those of an input that each of them is made of; both from the first up to the last. */
export interface Link {
  readonly outs: readonly [number, number];
  readonly ins: readonly [number, number];
}

/** Which channels of an activation the channels of an op's output are made of. */
export function linksOf(node: Node, index: number, input: Value, output: Value): readonly Link[] {
  const [, c] = sizes4(input.shape);
  const [, k] = sizes4(output.shape);
  switch (node.op.name) {
    case "conv2d":
    case "convTranspose2d": {
      const { groups } = node.attrs as { groups: number };
      const part = (all: number, i: number) => [(all / groups) * i, (all / groups) * (i + 1)] as const;
      return range(groups).map((i) => ({ outs: part(k, i), ins: part(c, i) }));
    }
    case "concat": {
      const before = node.inputs.slice(0, index).reduce((sum, value) => sum + sizes4(value!.shape)[1], 0);
      return range(c).map((i) => ({ outs: [before + i, before + i + 1], ins: [i, i + 1] }));
    }
    case "sliceChannels": {
      const { start } = node.attrs as SliceAttrs;
      return range(k).map((i) => ({ outs: [i, i + 1], ins: [start + i, start + i + 1] }));
    }
    case "localResponseNorm": {
      const { size } = node.attrs as LocalResponseNormAttrs;
      const first = (i: number): number => Math.max(0, i - Math.floor(size / 2));
      const last = (i: number): number => Math.min(c, i + Math.ceil(size / 2));
      return range(k).map((i) => ({ outs: [i, i + 1], ins: [first(i), last(i)] }));
    }
  }
  const mixes = c !== k || node.op.name === "softmax" || node.op.name === "logSoftmax";
  if (mixes) return [{ outs: [0, k], ins: [0, c] }];
  return range(c).map((i) => ({ outs: [i, i + 1], ins: [i, i + 1] }));
}

/**
 * Of ops that move numbers about, the element of the input that each element of the output shows, -1 for none; null of
 * other ops.
 */
export function elementsShown(node: Node, index: number): ((element: number) => number) | null {
  const [input, output] = [node.inputs[index]!, node.outputs[0]!];
  switch (node.op.name) {
    case "reshape":
    case "dense":
    case "blocked":
      return (element) => element;
    case "joined": {
      const { axis } = node.attrs as { axis: number };
      const [, n, inner] = aroundAxis(output.shape, axis);
      const start = node.inputs.slice(0, index).reduce((sum, before) => sum + before!.shape[axis]!, 0);
      const count = input.shape[axis]!;
      return (element) => {
        const place = (Math.floor(element / inner) % n) - start;
        if (place < 0 || place >= count) return -1;
        return (Math.floor(element / (n * inner)) * count + place) * inner + (element % inner);
      };
    }
    case "rearrange": {
      const { axes } = node.attrs as RearrangeAttrs;
      const [out, from] = [stridesOf(output.shape), stridesOf(input.shape)];
      return (element) => {
        let sum = 0;
        for (const [axis, map] of axes.entries()) {
          if (map.from === null) continue;
          const at = Math.floor(element / out[axis]!) % map.size;
          const place = map.places ? map.places[at]! : at;
          if (place < 0) return -1;
          sum += place * from[map.from]!;
        }
        return sum;
      };
    }
    default:
      return null;
  }
}

/** What is read along the middle of dense numbers [outer, n, inner]: a list for each place of the output's [outer, m, inner]. */
export interface ReadsAlong {
  readonly n: number;
  readonly inner: number;
  readonly reads: Reads;
}

/** Of dense ops that work along one axis what they read along it; null of other ops. */
export function readsAlong(node: Node, index: number): ReadsAlong | null {
  const [input, output] = [node.inputs[index]!, node.outputs[0]!];
  const whole = (n: number, m: number, inner: number): ReadsAlong => {
    const all = range(n);
    return { n, inner, reads: range(m).map(() => all) };
  };
  switch (node.op.name) {
    case "resample":
      return { n: node.attrs.n, inner: input.shape[2]!, reads: entriesOf(node.attrs) };
    case "reduce":
    case "argMax":
      return whole(input.shape[1]!, 1, input.shape[2]!);
    case "matmul": {
      const { turned } = node.attrs as { turned: boolean };
      const [batch, own] = [output.shape, input.shape].map((shape) => sizeOf(shape.slice(0, -2)));
      // Matrices that are repeated, or lie on their side, count as read whole.
      if (batch !== own || turned) return null;
      const [columns, from] = [output.shape.at(-1)!, input.shape.at(index === 0 ? -1 : -2)!];
      return index === 0 ? whole(from, columns, 1) : whole(from, output.shape.at(-2)!, columns);
    }
    default:
      return null;
  }
}
