// What the mobile networks share: how wide they are, and where they were trained.

import { checkFlags, checkIs, checkNumber } from "../errors.js";
import { conv2d, depthwiseConv2d } from "../layers/convolution.js";
import { filled, heNormal } from "../layers/init.js";
import type { Layer } from "../layers/layer.js";
import { batchNorm2d } from "../layers/normalization.js";

/** How the convolutions of a network are padded and normalised: for weights from TensorFlow. */
export interface ConvStyle {
  /**
   * "same" is TensorFlow's padding, the odd pixel after: kernels of stride 2 see even images a pixel further down and
   * right. Default "symmetric", torch's: kernel / 2 pixels on each side.
   */
  padding?: "symmetric" | "same";
  /** Default true. Without batch norm convolutions have biases: it is folded into the weights. */
  batchNorm?: boolean;
  /** What batch norm adds to the variance. Default 1e-5, as in torch; TensorFlow's networks have 1e-3. */
  eps?: number;
}

export const CONV_STYLE = ["padding", "batchNorm", "eps"] as const;

/** Convolutions of a style. They begin as torchvision's mobile networks do. */
export interface Styled {
  conv(channels: number, kernel: number, stride?: number): Layer;
  depthwise(kernel: number, stride?: number): Layer;
  /** Batch norm under a name, or nothing where the network has none. */
  norm(name: string): Record<string, Layer>;
}

/** Throws unless the style makes sense. */
export function styled(what: string, style: ConvStyle): Styled {
  const { batchNorm = true, eps = 1e-5 } = style;
  const padding = checkPadding(what, style.padding);
  checkFlags(what, { batchNorm });
  checkNumber(`${what}: eps`, eps, { above: 0 });
  const options = (kernel: number, stride: number) => ({
    stride,
    padding: padding === "same" ? padding : (kernel - 1) / 2,
    bias: !batchNorm,
    init: { weight: heNormal({ mode: "fanOut" }), bias: filled(0) },
  });
  return {
    conv: (channels, kernel, stride = 1) => conv2d(channels, kernel, options(kernel, stride)),
    depthwise: (kernel, stride = 1) => depthwiseConv2d(kernel, options(kernel, stride)),
    norm: (name) => (batchNorm ? { [name]: batchNorm2d({ eps }) } : {}),
  };
}

/** The padding with its default. */
export function checkPadding(
  what: string,
  padding: ConvStyle["padding"] = "symmetric",
): NonNullable<ConvStyle["padding"]> {
  const fits = padding === "symmetric" || padding === "same";
  checkIs(fits, `${what}: padding`, padding, '"symmetric" or "same"');
  return padding;
}

/** Throws unless a network can be that wide. */
export function checkWidth(what: string, width: number): void {
  checkNumber(`${what}: width`, width, { above: 0, max: 16 });
}

/**
 * A number of channels times the width, as a multiple of 8 that is at most a tenth too small: the rule of TensorFlow's
 * models, which torchvision and timm follow.
 */
export function widened(channels: number, width: number): number {
  const wanted = channels * width;
  const nearest = Math.max(8, Math.floor((wanted + 4) / 8) * 8);
  return nearest < 0.9 * wanted ? nearest + 8 : nearest;
}
