// Ops that map each number by itself.

import type { AffineAttrs } from "../../ops/affine.js";
import type { ClipAttrs } from "../../ops/clip.js";
import type { Node } from "../../ops/op.js";
import type { SoftplusAttrs } from "../../ops/softplus.js";
import type { Writer } from "./writer.js";

/** scale x + shift, without what changes nothing. */
export function affine(out: Writer, node: Node<AffineAttrs>): string {
  const { scale, shift } = node.attrs;
  const x = out.value(node.inputs[0]!);
  const scaled =
    scale === 1 ? x : scale === -1 ? out.node("Neg", [x]) : out.node("Mul", [x, out.floats([scale])]);
  return shift === 0 ? scaled : out.node("Add", [scaled, out.floats([shift])]);
}

/** A bound that is infinite is left out. */
export function clip(out: Writer, node: Node<ClipAttrs>): string {
  const { min, max } = node.attrs;
  const bounds = [min, max].map((bound) => (Number.isFinite(bound) ? out.floats([bound]) : null));
  return out.node("Clip", [out.value(node.inputs[0]!), ...bounds]);
}

/** x times the part of the normal distribution below x, (1 + erf(x / sqrt 2)) / 2; a node of its own from opset 20 on. */
export function gelu(out: Writer, node: Node): string {
  const x = out.value(node.inputs[0]!);
  if (out.opset >= 20) return out.node("Gelu", [x]);
  const error = out.node("Erf", [out.node("Mul", [x, out.floats([Math.SQRT1_2])])]);
  const half = out.node("Mul", [x, out.floats([0.5])]);
  return out.node("Mul", [half, out.node("Add", [error, out.floats([1])])]);
}

/** ln(1 + e^(beta x)) / beta. */
export function softplus(out: Writer, node: Node<SoftplusAttrs>): string {
  const { beta } = node.attrs;
  const x = out.value(node.inputs[0]!);
  if (beta === 1) return out.node("Softplus", [x]);
  const scaled = out.node("Softplus", [out.node("Mul", [x, out.floats([beta])])]);
  return out.node("Div", [scaled, out.floats([beta])]);
}

/** Down where positive, up where negative: ONNX rounds to one side at a time. */
export function trunc(out: Writer, node: Node): string {
  const x = out.value(node.inputs[0]!);
  const down = out.node("Floor", [out.node("Clip", [x, out.floats([0])])]);
  const up = out.node("Ceil", [out.node("Clip", [x, null, out.floats([0])])]);
  return out.node("Add", [down, up]);
}
