import { check } from "../errors.js";
import { formatShape, type Shape } from "../tensor.js";
import { type Absorbed, absorb, finishOf } from "./absorb.js";
import { add } from "./add.js";
import { chooseConv, gradWeightInTiles } from "./algorithm.js";
import { channelSum } from "./channel-sum.js";
import {
  type Channels,
  type Convolution,
  contractPixels,
  contractWindows,
  packed,
  packing,
  panelsOf,
  type WeightOrder,
  type Window,
} from "./contraction.js";
import { isDepthwise, writeDepthwise, writeDepthwiseGradWeight } from "./depthwise.js";
import { type Epilogue, NO_EPILOGUE } from "./epilogue.js";
import { inside, lanesOf, type View } from "./layout.js";
import { type Op, type StepWriter, sizes4, type Value } from "./op.js";
import { pad, padGradInput, writePad } from "./pad.js";
import { contractPhases, hasPhases } from "./phases.js";
import { type Border, contractParts, partsByPixel, partsByRow, tapsOf } from "./seen.js";
import { checkRank, sameShape, windowCount } from "./shape.js";
import { isVector, writeVector } from "./vector.js";
import { writeWinograd, writeWinogradGradWeight } from "./winograd.js";
import { writeWinogradStem } from "./winograd-stem.js";

export interface ConvAttrs extends Omit<Window, "kh" | "kw">, Absorbed {
  readonly groups: number;
  /** True convolution: the kernel is turned by 180 degrees before it slides. Otherwise correlation, as everywhere. */
  readonly flip: boolean;
}

/** Height and width of torch's weights [k, c, kh, kw], [k, c, kl] and, for a linear layer, [k, c]. */
export function kernelSize(w: Shape): [kh: number, kw: number] {
  return w.length === 4 ? [w[2]!, w[3]!] : [1, w[2] ?? 1];
}

/** Sizes that an application of the op comes down to. */
function geometry(
  x: Shape,
  w: Shape,
  attrs: ConvAttrs,
): { channels: Channels; window: Window; forward: WeightOrder; backward: WeightOrder } {
  const [outs = 0, groupIns = 0] = w;
  const [kh, kw] = kernelSize(w);
  const groupOuts = outs / attrs.groups;
  const channels = { outs, groupOuts, ins: x[1]!, groupIns };
  const out = groupIns * kh * kw;
  const group = groupOuts * out;
  return {
    channels,
    window: { ...attrs, kh, kw },
    forward: { group, out, in: kh * kw, rotated: attrs.flip },
    backward: { group, out: kh * kw, in: out, rotated: !attrs.flip },
  };
}

/**
 * y[n, k] = b[k] + sum over c, i, j of w[k, c, i, j] x[n, c, y sh + i dh, x sw + j dw], without padding, which is an op
 * of its own. Inputs: x [n, c, h, w] or [n, c, l], w [k, c / groups, kh, kw] or [k, c / groups, kl], b [k] or null; then
 * what it has absorbed.
 */
export const conv2d: Op<ConvAttrs> = {
  name: "conv2d",

  infer([x, w, b], { sh, sw, dh, dw, groups }) {
    checkRank("conv2d", x!, [2, 3, 4], "[n, c, h, w], or [n, c, l] for one dimension");
    check(
      w!.shape.length === x!.shape.length,
      () =>
        `conv2d: the weight ${formatShape(w!.shape)} and the input ${formatShape(x!.shape)} differ in rank.`,
    );
    const [n, c, h, width] = sizes4(x!.shape);
    const [k = 0, groupIns = 0] = w!.shape;
    const [kh, kw] = kernelSize(w!.shape);
    check(
      c % groups === 0 && k % groups === 0,
      () => `conv2d: groups is ${groups}, which must divide the ${c} input and the ${k} output channels.`,
    );
    check(
      groupIns * groups === c,
      () =>
        `conv2d: the input ${formatShape(x!.shape)} has ${c} channels, but the weight ${formatShape(w!.shape)} ` +
        `with groups ${groups} takes ${groupIns * groups}.`,
    );
    check(
      !b || (b.shape.length === 1 && b.shape[0] === k),
      () => `conv2d: the bias has shape ${formatShape(b!.shape)}; ${k} output channels need [${k}].`,
    );
    const oh = windowCount(h, kh, sh, dh, 0, 0);
    const ow = windowCount(width, kw, sw, dw, 0, 0);
    check(
      oh > 0 && ow > 0,
      () =>
        `conv2d: the kernel covers ${(kh - 1) * dh + 1}x${(kw - 1) * dw + 1} pixels, more than the ${h}x${width} of ` +
        "the padded input. Use more padding, a smaller kernel or dilation, or a larger input.",
    );
    return [
      {
        shape: [
          [n, k],
          [n, k, ow],
          [n, k, oh, ow],
        ][x!.shape.length - 2]!,
      },
    ];
  },

  macs(node) {
    const [n, , oh, ow] = sizes4(node.outputs[0]!.shape);
    return n * oh * ow * node.inputs[1]!.elements;
  },

  sight(node) {
    const { sh, sw, dh, dw } = node.attrs;
    return {
      kernel: kernelSize(node.inputs[1]!.shape),
      stride: [sh, sw],
      dilation: [dh, dw],
      before: [0, 0],
    };
  },

  gradient(graph, node, [dy], needed) {
    const [x, w] = node.inputs;
    return [
      needed[0] ? graph.add(conv2dGradInput, [dy!, w!], { ...node.attrs, shape: x!.shape }) : null,
      needed[1] ? graph.add(conv2dGradWeight, [dy!, x!], { ...node.attrs, shape: w!.shape }) : null,
      needed[2] ? graph.add(channelSum, [dy!], {}) : null,
    ];
  },

  readsInterleaved: (node, index) => index === 0 && node.attrs.groups === 1,

  absorb,

  steps(node, plan) {
    const [x, w] = node.inputs;
    const view = plan.view(x!);
    const out = plan.view(node.outputs[0]!);
    const { channels, window, forward } = geometry(x!.shape, w!.shape, node.attrs);
    const conv = { out, x: view, weight: w!, channels, window, order: forward, ...finishOf(node, plan) };
    writeConv(plan, conv, frameOf(x!, view));
  },
};

/** An image inside of zeros. */
interface Frame extends Border {
  readonly image: View;
}

/** The image in a padded value: all of it, if it is not padded with zeros. */
function frameOf(x: Value, view: View): Frame {
  const { origin } = x;
  if (typeof origin === "string" || origin.op !== pad || origin.attrs.mode !== "zeros")
    return { image: view, top: 0, left: 0 };
  const { top, left } = origin.attrs;
  const [, , h, w] = sizes4(origin.inputs[0]!.shape);
  return { image: inside(view, top, left, h, w), top, left };
}

/** Appends a convolution in the way that suits it. `frame`: the image in x. */
function writeConv(plan: StepWriter, conv: Convolution, frame: Frame): void {
  const { out, x, channels, window } = conv;
  const { image } = frame;
  if (isDepthwise(channels)) {
    writeDepthwise(plan, conv);
    return;
  }
  if (isVector(conv)) {
    writeVector(plan, conv);
    return;
  }
  const parts = partsByPixel(out, image, frame, window) ?? partsByRow(out, image, frame, window);
  const algorithm = chooseConv(plan, conv, parts?.share ?? 1);
  if (algorithm === "winogradStem") {
    writeWinogradStem(plan, conv);
  } else if (algorithm !== "direct") {
    writeWinograd(plan, conv, algorithm);
  } else if (parts) {
    contractParts(plan, { ...conv, x: image }, frame, parts);
  } else {
    const panels = panelsOf(channels, window, lanesOf(x));
    contractWindows(plan, out, x, packed(plan, conv, panels), conv.epilogue, window, panels);
  }
}

/** Rows and columns of a result that come before the part of it that is computed. */
interface Cut {
  readonly top: number;
  readonly left: number;
}

const NO_CUT: Cut = { top: 0, left: 0 };

/**
 * dx: the convolution of dy, spread by the stride and padded by the kernel, with the kernels turned and transposed. Inputs:
 * dy, w, and what is added to it or null. `cut`: where the shape is not all that the windows have seen.
 */
const conv2dGradInput: Op<ConvAttrs & { shape: Shape; cut?: Cut }> = {
  name: "conv2dGradInput",
  infer: (_inputs, { shape }) => [{ shape }],
  macs(node) {
    const [n, , oh, ow] = sizes4(node.inputs[0]!.shape);
    return n * oh * ow * node.inputs[1]!.elements;
  },
  /** Of a border of zeros nobody asks for the gradient; other gradients of the same value are added at once. */
  absorb(node, next) {
    const [dy, w, residual] = node.inputs;
    const { outputs, attrs } = next;
    if (residual) return null;
    if (next.op === padGradInput && attrs.mode === "zeros") {
      const { top, left } = node.attrs.cut ?? NO_CUT;
      const cut = { top: top + attrs.top, left: left + attrs.left };
      return { ...node, outputs, attrs: { ...node.attrs, shape: attrs.shape, cut } };
    }
    const other = next.inputs.find((value) => value !== node.outputs[0]);
    const adds = next.op === add && other?.form === "blocked" && sameShape(other.shape, outputs[0]!.shape);
    const { channels } = geometry(node.attrs.shape, w!.shape, node.attrs);
    return adds && !isDepthwise(channels) ? { ...node, inputs: [dy!, w!, other], outputs } : null;
  },
  steps(node, plan) {
    const [dy, w, residual] = node.inputs;
    const { shape, cut } = node.attrs;
    const epilogue = { ...NO_EPILOGUE, residual: residual ? plan.view(residual) : null };
    const out = plan.view(node.outputs[0]!);
    writeConvTranspose(plan, out, plan.view(dy!), w!, epilogue, shape, node.attrs, cut);
  },
};

/** The columns of x that padding by `left` brings into a row of w pixels: negative padding cuts off. */
function columnsOf(x: View, left: number, w: number): View {
  const first = Math.max(0, -left);
  return inside(x, 0, first, x.h, Math.min(x.w - first, w - Math.max(0, left)));
}

/**
 * Appends what a convolution's gradient with respect to its input is: dx of the given shape from dy. `cut`: rows and
 * columns of the full result that come before those of `out`.
 */
export function writeConvTranspose(
  plan: StepWriter,
  out: View,
  dy: View,
  weight: Value,
  epilogue: Epilogue,
  shape: Shape,
  attrs: ConvAttrs,
  cut: Cut = NO_CUT,
): void {
  const { sh, sw, dh, dw } = attrs;
  const { channels, window, backward } = geometry(shape, weight.shape, attrs);
  const { outs, groupOuts, ins, groupIns } = channels;
  const turned: Channels = { outs: ins, groupOuts: groupIns, ins: outs, groupIns: groupOuts };
  const order = backward;
  const conv = { out, x: dy, weight, channels: turned, window, order, scaling: null, epilogue };
  if (hasPhases(window) && !isDepthwise(channels)) {
    contractPhases(plan, conv, cut);
    return;
  }
  const steady: Convolution = { ...conv, window: { ...window, sh: 1, sw: 1 } };
  const h = out.h + (window.kh - 1) * dh;
  const w = out.w + (window.kw - 1) * dw;
  const top = (window.kh - 1) * dh - cut.top;
  const left = (window.kw - 1) * dw - cut.left;
  const border = { top, left };
  if (sh === 1 && sw === 1 && !isDepthwise(channels)) {
    const pixels = partsByPixel(out, dy, border, window);
    const parts = pixels ?? partsByRow(out, dy, border, window);
    if (parts && chooseConv(plan, steady, parts.share) === "direct") {
      let image = dy;
      if (!pixels) {
        const source = plan.scratchView(out.n, outs, dy.h, w);
        writePad(plan, source, columnsOf(dy, left, w), { top: 0, left: Math.max(0, left), mode: "zeros" });
        image = inside(source, 0, left, dy.h, dy.w);
      }
      contractParts(plan, { ...steady, x: image }, border, parts);
      return;
    }
  }
  let source = dy;
  if (top !== 0 || left !== 0 || sh > 1 || sw > 1 || h !== dy.h || w !== dy.w) {
    source = plan.scratchView(out.n, outs, h, w);
    // Between pixels that are spread the kernel finds each column's source by itself.
    const columns = sw === 1 ? columnsOf(dy, left, w) : dy;
    const padding = { top, left: sw === 1 ? Math.max(0, left) : left, mode: "zeros" } as const;
    writePad(plan, source, columns, padding, { sh, sw });
  }
  writeConv(plan, { ...steady, x: source }, { image: source, top: 0, left: 0 });
}

/** dw[k, c, i, j] = the sum over n, y, x of dy[n, k, y, x] x[n, c, y sh + i dh, x sw + j dw]. */
export const conv2dGradWeight: Op<ConvAttrs & { shape: Shape }> = {
  name: "conv2dGradWeight",
  infer: (_inputs, { shape }) => [{ shape, form: "dense" }],
  macs(node) {
    const [n, , oh, ow] = sizes4(node.inputs[0]!.shape);
    return n * oh * ow * node.outputs[0]!.elements;
  },
  readsInterleaved: (node, index) => index === 1 && node.attrs.groups === 1,
  steps(node, plan) {
    const [dy, x] = node.inputs;
    const view = plan.view(x!);
    const { channels, window, forward } = geometry(x!.shape, node.attrs.shape, node.attrs);
    if (isDepthwise(channels)) {
      writeDepthwiseGradWeight(plan, plan.place(node.outputs[0]!), view, plan.view(dy!), window, forward);
      return;
    }
    const panels = panelsOf(channels, window, lanesOf(view));
    const grads = plan.view(dy!);
    const frame = frameOf(x!, view);
    const { partial, parts } = gradWeightInTiles(plan, grads, view, channels, window)
      ? writeWinogradGradWeight(plan, view, grads, panels)
      : contractPixels(plan, view, grads, window, panels, tapsOf(grads, frame.image, frame, window));
    const constants = packing(plan, { channels, window, order: forward }, panels, parts);
    plan.step(
      "unpack",
      panels.count,
      [plan.place(node.outputs[0]!), partial, constants],
      (panels.bytes / 2) * parts,
    );
  },
};
