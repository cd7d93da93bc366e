import { producer } from "../../graph/graph.js";
import type { ConvTransposeAttrs } from "../../ops/conv-transpose2d.js";
import type { ConvAttrs } from "../../ops/conv2d.js";
import type { Node, Value } from "../../ops/op.js";
import { pad } from "../../ops/pad.js";
import { alongPixels, NO_SIDES, type Sides } from "./padding.js";
import type { Writer } from "./writer.js";

/** A value without the zeros around it, and how many there are on each side: a convolution can pad by itself. */
function unpadded(x: Value): { source: Value; sides: Sides } {
  const node = producer(x);
  if (node?.op !== pad || node.attrs.mode !== "zeros") {
    return { source: x, sides: NO_SIDES };
  }
  return { source: node.inputs[0]!, sides: node.attrs };
}

/** Each kernel turned by 180 degrees: its numbers in reverse. */
function turned(weights: Float32Array, size: number): Float32Array {
  const result = new Float32Array(weights.length);
  for (let at = 0; at < weights.length; at += size) {
    result.set(weights.slice(at, at + size).reverse(), at);
  }
  return result;
}

export function conv(out: Writer, node: Node<ConvAttrs>): string {
  const [x, w, b] = node.inputs as [Value, Value, Value | null];
  const { sh, sw, dh, dw, groups, flip } = node.attrs;
  if (x.shape.length === 2 && groups === 1) return gemm(out, node);
  const { source, sides } = unpadded(x);
  const kernel = w.shape.slice(2);
  const size = kernel.reduce((product, side) => product * side, 1);
  const weights = flip && size > 1 ? out.rearranged(w, "turned", (data) => turned(data, size)) : out.value(w);
  return out.node("Conv", [out.value(source), weights, b && out.value(b)], {
    kernel_shape: kernel,
    strides: alongPixels(x, [sh, sw]),
    dilations: alongPixels(x, [dh, dw]),
    pads: alongPixels(x, [sides.top, sides.left], [sides.bottom, sides.right]),
    group: groups,
  });
}

export function convTranspose(out: Writer, node: Node<ConvTransposeAttrs>): string {
  const [x, w] = node.inputs as [Value, Value, Value | null];
  const { sh, sw, dh, dw, groups, top, left, bottom, right, addH = 0, addW = 0 } = node.attrs;
  return out.node("ConvTranspose", out.inputs(node), {
    kernel_shape: w.shape.slice(2),
    strides: alongPixels(x, [sh, sw]),
    dilations: alongPixels(x, [dh, dw]),
    pads: alongPixels(x, [top, left], [bottom, right]),
    output_padding: alongPixels(x, [addH, addW]),
    group: groups,
  });
}

/** A linear layer, x w^T + b. */
export function gemm(out: Writer, node: Node): string {
  return out.node("Gemm", out.inputs(node), { transB: 1 });
}
