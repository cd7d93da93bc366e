import { check } from "../errors.js";
import { formatShape, type Shape } from "../tensor.js";
import { channelSum } from "./channel-sum.js";
import { type ConvAttrs, conv2d, conv2dGradWeight, kernelSize, writeConvTranspose } from "./conv2d.js";
import { toBlocked } from "./dense.js";
import { NO_EPILOGUE } from "./epilogue.js";
import { type GraphWriter, type Op, sizes4, type Value } from "./op.js";
import { pad } from "./pad.js";
import { sliced } from "./rearrange.js";
import { checkRank, sameShape } from "./shape.js";

/** For [n, c, l] the sizes along h are 1, the padding there 0. */
export interface ConvTransposeAttrs {
  readonly sh: number;
  readonly sw: number;
  readonly dh: number;
  readonly dw: number;
  readonly groups: number;
  /** Rows and columns that are cut off: the padding of the convolution whose gradient this is. */
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  /** Rows and columns added at the end (torch's output_padding). Default 0. */
  readonly addH?: number;
  readonly addW?: number;
}

const convAttrs = ({ sh, sw, dh, dw, groups }: ConvTransposeAttrs): ConvAttrs => ({
  ...{ sh, sw, dh, dw, groups },
  flip: false,
});

/** The output's shape. Throws when what is cut off leaves nothing. */
function outputShape(x: Shape, w: Shape, attrs: ConvTransposeAttrs): Shape {
  const [n, , h, width] = sizes4(x);
  const [kh, kw] = kernelSize(w);
  const { sh, sw, dh, dw, top, left, bottom, right, addH = 0, addW = 0 } = attrs;
  const fullH = (h - 1) * sh + dh * (kh - 1) + 1;
  const fullW = (width - 1) * sw + dw * (kw - 1) + 1;
  const oh = fullH - top - bottom + addH;
  const ow = fullW - left - right + addW;
  check(
    oh > 0 && ow > 0 && top < fullH && left < fullW,
    () =>
      `convTranspose2d: the padding cuts off ${top + bottom} rows and ${left + right} columns of ${fullH}x${fullW}, which ` +
      "leaves nothing. Use less padding or a larger input.",
  );
  const outs = w[1]! * attrs.groups;
  return x.length === 3 ? [n, outs, ow] : [n, outs, oh, ow];
}

/**
 * The gradient of a convolution with respect to its input, as a layer of its own: pixel (y, x) of the input adds
 * w[c, k, i, j] times itself to the output at (y sh + i dh - top, x sw + j dw - left). Inputs: x [n, c, h, w] or
 * [n, c, l], w [c, k / groups, kh, kw] or [c, k / groups, kl], b [k] or null.
 */
const convTransposeOp: Op<ConvTransposeAttrs> = {
  name: "convTranspose2d",

  infer([x, w, b], attrs) {
    checkRank("convTranspose2d", x!, [3, 4], "[n, c, h, w], or [n, c, l] for one dimension");
    const c = x!.shape[1]!;
    check(
      w!.shape.length === x!.shape.length && w!.shape[0] === c && c % attrs.groups === 0,
      () =>
        `convTranspose2d: the weight ${formatShape(w!.shape)} with groups ${attrs.groups} does not fit the input ` +
        `${formatShape(x!.shape)}; it must be [${c}, k / groups${x!.shape.length === 3 ? ", kl" : ", kh, kw"}], and ` +
        `groups must divide ${c}.`,
    );
    const shape = outputShape(x!.shape, w!.shape, attrs);
    check(
      !b || (b.shape.length === 1 && b.shape[0] === shape[1]),
      () =>
        `convTranspose2d: the bias has shape ${formatShape(b!.shape)}; ${shape[1]} output channels need [${shape[1]}].`,
    );
    return [{ shape }];
  },

  macs(node) {
    const [n, , h, w] = sizes4(node.inputs[0]!.shape);
    return n * h * w * node.inputs[1]!.elements;
  },

  sight: () => "all",

  gradient(graph, node, [dy], needed) {
    const [x, w] = node.inputs as [Value, Value];
    const attrs = convAttrs(node.attrs);
    const { top, left, bottom, right } = node.attrs;
    const full =
      top + left + bottom + right > 0
        ? graph.add(pad, [dy!], { top, left, bottom, right, mode: "zeros" })
        : dy!;
    const dx = (): Value => cropped(graph, graph.add(conv2d, [full, w, null], attrs), x.shape);
    return [
      needed[0] ? dx() : null,
      needed[1] ? graph.add(conv2dGradWeight, [x, full], { ...attrs, shape: w.shape }) : null,
      needed[2] ? graph.add(channelSum, [dy!], {}) : null,
    ];
  },

  steps(node, plan) {
    const [x, w, b] = node.inputs;
    const [y] = node.outputs;
    const { top, left } = node.attrs;
    const epilogue = { ...NO_EPILOGUE, bias: b ? plan.place(b) : null };
    const attrs = convAttrs(node.attrs);
    writeConvTranspose(plan, plan.view(y!), plan.view(x!), w!, epilogue, y!.shape, attrs, { top, left });
  },
};

/** Where so many rows are added that another window fits, its result belongs to none of the input's pixels. */
function cropped(graph: GraphWriter, value: Value, shape: Shape): Value {
  if (sameShape(value.shape, shape)) return value;
  return toBlocked(
    graph,
    sliced(
      graph,
      value,
      shape.map(() => 0),
      shape,
    ),
  );
}

/** Adds a transposed convolution (torch.nn.functional.conv_transpose2d). w [in, out / groups, kh, kw], b [out] or null. */
export function convTranspose2d(
  graph: GraphWriter,
  x: Value,
  w: Value,
  b: Value | null,
  attrs: ConvTransposeAttrs,
): Value {
  return graph.add(convTransposeOp, [x, w, b], attrs);
}
