import { check } from "../../errors.js";
import { adaptiveAvgPool2d } from "../../ops/adaptive-avg-pool2d.js";
import { adaptiveMaxPool2d } from "../../ops/adaptive-max-pool2d.js";
import { avgPool2d } from "../../ops/avg-pool2d.js";
import { constant } from "../../ops/constant.js";
import { toBlocked } from "../../ops/dense.js";
import { divide } from "../../ops/divide.js";
import { lpPool2d } from "../../ops/lp-pool2d.js";
import { maxPoolIndices } from "../../ops/max-pool-indices.js";
import { maxPool2d } from "../../ops/max-pool2d.js";
import { sizes4, type Value } from "../../ops/op.js";
import { expanded } from "../../ops/rearrange.js";
import { reshaped } from "../../ops/reshape.js";
import { type Call, type Item, live } from "../item.js";
import { paddedBy } from "./convolution.js";
import type { Operators } from "./operator.js";
import {
  AUTO_PADS,
  checkImages,
  type Pads,
  padsOf,
  WINDOW_ATTRIBUTES,
  type Window,
  windowOf,
} from "./window.js";

const NONE: Pads = { top: 0, left: 0, bottom: 0, right: 0 };

interface Pooling {
  readonly x: Value;
  readonly window: Window;
  readonly pads: Pads;
  readonly ceil: boolean;
  /** What is pooled in the form of the input. */
  restore(pooled: Value): Value;
}

function poolingOf(call: Call): Pooling {
  const { node } = call;
  const deep = call.shape(0).length === 5 ? alongDepth(call) : undefined;
  if (deep) return deep;
  checkImages(call.shape(0));
  const x = call.blocked(0);
  const dimensions = x.shape.length - 2;
  const window = windowOf(node, dimensions);
  const [, , h, w] = sizes4(x.shape);
  const ceil = node.flag("ceil_mode", false);
  const pads = padsOf(node, [h, w], window, dimensions);
  return { x, window, pads, ceil, restore: (pooled) => pooled };
}

/**
 * Windows of [k, 1, 1] over [n, c, d, h, w] are windows of [k, 1] over [n, c, d, h w]: PyTorch exports the sums of local
 * response normalisation so. Undefined for other windows.
 */
function alongDepth(call: Call): Pooling | undefined {
  const { node } = call;
  const [n = 1, c = 1, d = 1, h = 1, w = 1] = call.shape(0);
  const [k = 0, ...flat] = node.ints("kernel_shape") ?? [];
  const [stride = 1, ...steps] = node.ints("strides") ?? [];
  const [dilation = 1] = node.ints("dilations") ?? [];
  const pads = node.ints("pads") ?? [0, 0, 0, 0, 0, 0];
  const isFlat =
    [...flat, ...steps].every((size) => size === 1) &&
    [1, 2, 4, 5].every((side) => pads[side] === 0) &&
    node.word("auto_pad", AUTO_PADS, "NOTSET") === "NOTSET";
  if (!isFlat) return undefined;
  return {
    x: toBlocked(call.graph, reshaped(call.graph, call.value(0), [n, c, d, h * w])),
    window: { kh: k, kw: 1, sh: stride, sw: 1, dh: dilation, dw: 1 },
    pads: { top: pads[0]!, left: 0, bottom: pads[3]!, right: 0 },
    ceil: node.flag("ceil_mode", false),
    restore: (pooled) => reshaped(call.graph, pooled, [n, c, pooled.shape[2]!, h, w]),
  };
}

/** Whether the pooling ops take the padding: at most half the window. */
function isUsual({ kh, kw, dh, dw }: Window, { top, left, bottom, right }: Pads): boolean {
  const fits = (side: number, span: number): boolean => side >= 0 && side <= Math.floor(span / 2);
  const [tall, wide] = [(kh - 1) * dh + 1, (kw - 1) * dw + 1];
  return fits(top, tall) && fits(bottom, tall) && fits(left, wide) && fits(right, wide);
}

function maxPool(call: Call): Item[] {
  const { node } = call;
  const { x, window, pads, ceil, restore } = poolingOf(call);
  const columnMajor = node.flag("storage_order", false);
  const usual = isUsual(window, pads);
  const input = usual ? x : paddedBy(call, x, pads, -Infinity);
  const attrs = { ...window, ...(usual ? pads : NONE), ceil };
  const results = [live(restore(call.graph.add(maxPool2d, [input], attrs)), call.item(0).dtype)];
  if (node.outputs[1]) {
    checkImages(call.shape(0));
    check(usual, () => "its indices are not supported with padding of more than half the window.");
    results.push(live(maxPoolIndices(call.graph, x, attrs, columnMajor), "int64"));
  }
  return results;
}

function averagePool(call: Call): Item {
  const { node, graph } = call;
  const { x, window, pads, ceil, restore } = poolingOf(call);
  const includes = node.flag("count_include_pad", false);
  const mean = (value: Value, sides: Pads, countIncludePad: boolean): Value =>
    graph.add(avgPool2d, [value], { ...window, ...sides, ceil, countIncludePad });
  if (isUsual(window, pads)) return live(restore(mean(x, pads, includes)));
  const padded = paddedBy(call, x, pads);
  if (includes) return live(restore(mean(padded, NONE, true)));
  // The mean over all pixels, over the part of them that is not padding.
  const plane = [1, 1, ...x.shape.slice(2)];
  const ones = toBlocked(graph, expanded(graph, constant(graph, Float32Array.of(1), [1]), plane));
  const sums = mean(padded, NONE, true);
  const part = expanded(graph, mean(paddedBy(call, ones, pads), NONE, true), sums.shape);
  return live(restore(graph.add(divide, [sums, toBlocked(graph, part)], {})));
}

/** Of an image, one pixel. */
const whole = (x: Value): Window => {
  const [, , kh, kw] = sizes4(x.shape);
  return { kh, kw, sh: 1, sw: 1, dh: 1, dw: 1 };
};

/** Windows over images, and over whole images. */
export const poolings: Operators = {
  MaxPool: { attributes: [...WINDOW_ATTRIBUTES, "ceil_mode", "storage_order"], run: maxPool },
  AveragePool: { attributes: [...WINDOW_ATTRIBUTES, "ceil_mode", "count_include_pad"], run: averagePool },
  LpPool: {
    attributes: [...WINDOW_ATTRIBUTES, "ceil_mode", "p"],
    run(call) {
      const { x, window, pads, ceil, restore } = poolingOf(call);
      const input = isUsual(window, pads) ? x : paddedBy(call, x, pads);
      const sides = input === x ? pads : NONE;
      return live(restore(lpPool2d(call.graph, input, call.node.int("p", 2), { ...window, ...sides, ceil })));
    },
  },
  GlobalAveragePool: {
    run(call) {
      checkImages(call.shape(0));
      return live(call.graph.add(adaptiveAvgPool2d, [call.blocked(0)], { oh: 1, ow: 1 }));
    },
  },
  GlobalMaxPool: {
    run(call) {
      checkImages(call.shape(0));
      return live(adaptiveMaxPool2d(call.graph, call.blocked(0), 1, 1));
    },
  },
  GlobalLpPool: {
    attributes: ["p"],
    run(call) {
      checkImages(call.shape(0));
      const x = call.blocked(0);
      return live(lpPool2d(call.graph, x, call.node.int("p", 2), { ...whole(x), ...NONE, ceil: false }));
    },
  },
};
