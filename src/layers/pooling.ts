import { check, checkFlags, checkNoMore, checkOptions } from "../errors.js";
import { adaptiveAvgPool2d as adaptiveOp } from "../ops/adaptive-avg-pool2d.js";
import { adaptiveMaxPool2d as adaptiveMax } from "../ops/adaptive-max-pool2d.js";
import { avgPool2d as avgOp } from "../ops/avg-pool2d.js";
import { maxPool2d as maxOp } from "../ops/max-pool2d.js";
import type { GraphWriter, Value } from "../ops/op.js";
import { pair, type Size2, windowPair } from "../ops/shape.js";
import type { Layer } from "./layer.js";
import { type Padding, sidesOf } from "./padding.js";

/** Options of pooling; torch's, with uneven padding besides. */
export interface PoolOptions {
  /** Step of the window. Default: its size. */
  stride?: Size2;
  /** Pixels around the input. Default 0. */
  padding?: Padding;
  /** Round the output size up: a last window may reach over the edge. Default false. */
  ceilMode?: boolean;
}

export interface MaxPoolOptions extends PoolOptions {
  /** Distance between neighbouring pixels of the window. Default 1. */
  dilation?: Size2;
}

export interface AvgPoolOptions extends PoolOptions {
  /** Padding counts as zeros in the mean (torch's count_include_pad). Default true. */
  countIncludePad?: boolean;
}

function window(what: string, size: Size2, options: MaxPoolOptions, dimensions: 1 | 2) {
  const { stride: step = size, dilation: gap = 1, padding = 0, ceilMode: ceil = false } = options;
  const kernel = windowPair(`${what}: the window`, size, dimensions);
  const stride = windowPair(`${what}: stride`, step, dimensions);
  const dilation = windowPair(`${what}: dilation`, gap, dimensions);
  checkFlags(what, { ceilMode: ceil });
  return (x: Value) => {
    check(
      x.shape.length === dimensions + 2,
      () =>
        `${what}: the input has shape [${x.shape.join(", ")}], but it must be ${dimensions === 2 ? "[n, c, h, w]" : "[n, c, l]"}.`,
    );
    const sides = sidesOf(what, padding, x, { kernel, stride, dilation });
    const [kh, kw] = kernel;
    const [sh, sw] = stride;
    const [dh, dw] = dilation;
    return { kh, kw, sh, sw, dh, dw, ...sides, ceil };
  };
}

/** Checks the options and returns what adds the pooling to a graph. */
export function maxPooling(what: string, size: Size2, options: MaxPoolOptions, dimensions: 1 | 2) {
  checkOptions(what, options, ["stride", "padding", "dilation", "ceilMode"]);
  const attrs = window(what, size, options, dimensions);
  return (graph: GraphWriter, x: Value): Value => graph.add(maxOp, [x], attrs(x));
}

/** Checks the options and returns what adds the pooling to a graph. */
export function avgPooling(what: string, size: Size2, options: AvgPoolOptions, dimensions: 1 | 2) {
  checkOptions(what, options, ["stride", "padding", "ceilMode", "countIncludePad"]);
  const attrs = window(what, size, options, dimensions);
  const { countIncludePad = true } = options;
  checkFlags(what, { countIncludePad });
  return (graph: GraphWriter, x: Value): Value => {
    const { dh: _dh, dw: _dw, ...rest } = attrs(x);
    return graph.add(avgOp, [x], { ...rest, countIncludePad });
  };
}

const layer = (type: string, add: (graph: GraphWriter, x: Value) => Value): Layer => ({
  type,
  apply: (scope, x) => add(scope.graph, x),
});

/** The largest of each window (torch.nn.MaxPool2d). */
export function maxPool2d(size: Size2, options: MaxPoolOptions = {}): Layer {
  return layer("MaxPool2d", maxPooling("maxPool2d", size, options, 2));
}

/** The same along one dimension (torch.nn.MaxPool1d). */
export function maxPool1d(size: number, options: MaxPoolOptions = {}): Layer {
  return layer("MaxPool1d", maxPooling("maxPool1d", size, options, 1));
}

/** The mean of each window (torch.nn.AvgPool2d). */
export function avgPool2d(size: Size2, options: AvgPoolOptions = {}): Layer {
  return layer("AvgPool2d", avgPooling("avgPool2d", size, options, 2));
}

/** The same along one dimension (torch.nn.AvgPool1d). */
export function avgPool1d(size: number, options: AvgPoolOptions = {}): Layer {
  return layer("AvgPool1d", avgPooling("avgPool1d", size, options, 1));
}

/** Means over as many windows as the output has pixels (torch.nn.AdaptiveAvgPool2d). */
export function adaptiveAvgPool2d(size: Size2): Layer {
  const [oh, ow] = pair("adaptiveAvgPool2d: the output size", size, 1);
  return layer("AdaptiveAvgPool2d", (graph, x) => graph.add(adaptiveOp, [x], { oh, ow }));
}

/** The mean of each channel: [n, c, h, w] to [n, c, 1, 1] (Lin et al., 2013). */
export function globalAvgPool2d(...none: []): Layer {
  checkNoMore("globalAvgPool2d", none);
  return adaptiveAvgPool2d(1);
}

/** The largest pixels of as many windows as the output has pixels (torch.nn.AdaptiveMaxPool2d). */
export function adaptiveMaxPool2d(size: Size2): Layer {
  const [oh, ow] = pair("adaptiveMaxPool2d: the output size", size, 1);
  return layer("AdaptiveMaxPool2d", (graph, x) => adaptiveMax(graph, x, oh, ow));
}

/** The largest pixel of each channel: [n, c, h, w] to [n, c, 1, 1]. */
export function globalMaxPool2d(...none: []): Layer {
  checkNoMore("globalMaxPool2d", none);
  return adaptiveMaxPool2d(1);
}
