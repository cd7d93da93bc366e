import { producer } from "../graph/graph.js";
import { type ConvAttrs, conv2d, kernelSize } from "../ops/conv2d.js";
import type { Node } from "../ops/op.js";
import { type PaddingMode, pad } from "../ops/pad.js";
import type { Size2 } from "../ops/shape.js";

/** Four numbers, or one where they agree: pixels at the top, on the left, at the bottom, on the right. */
export type Padding4 = number | readonly [top: number, left: number, bottom: number, right: number];

/**
 * The window that a convolution, a transposed convolution or a pooling slides over its input. One number where height and
 * width agree, else [height, width]; in one dimension, the width.
 */
export interface LayerWindow {
  readonly kernel: Size2;
  readonly stride: Size2;
  readonly padding: Padding4;
  /** What the padding shows, where there is any and it is not zeros. */
  readonly paddingMode?: PaddingMode;
  readonly dilation: Size2;
  /** Of a convolution: channels fall into this many groups that do not see each other. */
  readonly groups?: number;
}

type WindowAttrs = Partial<ConvAttrs & Record<"kh" | "kw" | "top" | "left" | "bottom" | "right", number>>;

/** The window of a layer, from its own nodes; undefined where it has none. */
export function windowOf(nodes: readonly Node[]): LayerWindow | undefined {
  const node = nodes.find(
    ({ attrs, inputs }) => "sh" in attrs && "sw" in attrs && hasPixels(inputs[0]!.shape),
  );
  if (!node) return undefined;
  const attrs: WindowAttrs = node.attrs;
  const [, weight] = node.inputs;
  const [kh, kw] = weight ? kernelSize(weight.shape) : [attrs.kh ?? 1, attrs.kw ?? 1];
  const flat = node.inputs[0]!.shape.length === 3;
  const size = (h: number, w: number): Size2 => (flat || h === w ? w : [h, w]);
  const { padding, mode } = paddingOf(node, flat);
  return {
    kernel: size(kh, kw),
    stride: size(attrs.sh!, attrs.sw!),
    padding,
    ...(mode && mode !== "zeros" && { paddingMode: mode }),
    dilation: size(attrs.dh ?? 1, attrs.dw ?? 1),
    ...(attrs.groups !== undefined && { groups: attrs.groups }),
  };
}

const hasPixels = (shape: readonly number[]): boolean => shape.length === 3 || shape.length === 4;

/** Convolutions are padded by a node of their own before them, others say themselves how. */
function paddingOf(node: Node, flat: boolean): { padding: Padding4; mode?: PaddingMode } {
  const before = producer(node.inputs[0]!);
  const padder = node.op === conv2d && before?.op === pad && before.name === node.name ? before : node;
  const { top = 0, left = 0, bottom = 0, right = 0, mode } = padder.attrs;
  const equal = left === right && (flat || (top === left && bottom === left));
  return { padding: equal ? left : [top, left, bottom, right], mode };
}

/** `3×3`, `5` in one dimension. */
export function formatKernel({ kernel }: LayerWindow, flat: boolean): string {
  return typeof kernel !== "number" ? kernel.join("×") : flat ? `${kernel}` : `${kernel}×${kernel}`;
}

/** What is not as usual about a window, each in a few words: `stride 2`, `pad 1`, `dilation 2`, `groups 32`. */
export function windowExtras({ stride, padding, paddingMode, dilation, groups = 1 }: LayerWindow): string[] {
  const show = (size: Size2): string => (typeof size === "number" ? `${size}` : size.join("×"));
  return [
    stride !== 1 && `stride ${show(stride)}`,
    padding !== 0 && `${paddingMode ?? "pad"} ${formatPadding(padding)}`,
    dilation !== 1 && `dilation ${show(dilation)}`,
    groups !== 1 && `groups ${groups}`,
  ].filter((word) => word !== false);
}

/** `1`, `0×3` for none above and below, `0,0,1,1` for four sides. */
function formatPadding(padding: Padding4): string {
  if (typeof padding === "number") return `${padding}`;
  const [top, left, bottom, right] = padding;
  return top === bottom && left === right ? `${top}×${left}` : padding.join(",");
}
