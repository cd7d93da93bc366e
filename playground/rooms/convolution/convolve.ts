// What the room shows, computed by the library.

import { conv2d, multiply, pad, Tensor } from "featuremap/functional";
import type { PaddingMode } from "../../parts/padding-modes.js";
import type { Kernel } from "./kernels.js";

export interface Settings {
  readonly mode: PaddingMode | "none";
  readonly amount: number;
  readonly stride: number;
  readonly dilation: number;
  /** True convolution: the kernel is turned by 180 degrees. */
  readonly flip: boolean;
}

/** The pixels added on each side. */
export const paddingOf = ({ mode, amount }: Settings): number => (mode === "none" ? 0 : amount);

/** How far a kernel reaches, first tap to last. */
export const spanOf = (size: number, dilation: number): number => (size - 1) * dilation + 1;

/** A picture [c, h, w] with its padding around it. */
export function padded(picture: Tensor, settings: Settings): Tensor {
  const amount = paddingOf(settings);
  return amount === 0 ? picture : pad(picture, amount, settings.mode as PaddingMode);
}

/** The picture [c, h, w] under the kernel, each channel by itself. */
export function convolved(picture: Tensor, kernel: Kernel, settings: Settings): Tensor {
  const weights = kernel.cells.map((cell) => cell / kernel.divisor);
  return correlated(picture, weights, kernel.size, settings);
}

/** The same with bare numbers [size, size]. */
export function correlated(
  picture: Tensor,
  weights: readonly number[],
  size: number,
  settings: Settings,
): Tensor {
  const [channels, height, width] = picture.shape as [number, number, number];
  const { mode, stride, dilation, flip } = settings;
  const output = conv2d(
    picture.reshape(channels, 1, height, width),
    new Tensor(Float32Array.from(weights), [1, 1, size, size]),
    {
      stride,
      dilation,
      flip,
      padding: paddingOf(settings),
      paddingMode: mode === "none" ? "zeros" : mode,
    },
  );
  const [, , oh, ow] = output.shape as [number, number, number, number];
  return output.reshape(channels, oh, ow);
}

/** Everything behind one output pixel; grids are [size, size]. */
export interface Sum {
  /** Upper left corner of the window in the padded input. */
  readonly top: number;
  readonly left: number;
  readonly window: Tensor;
  /** The kernel as it lies on the window: turned for true convolution. */
  readonly kernel: Tensor;
  readonly products: Tensor;
  /** Of the products, before it is divided. */
  readonly sum: number;
}

/** The sum behind the output pixel at row `y`, column `x` of a channel. */
export function sumAt(
  input: Tensor,
  channel: number,
  { y, x }: { y: number; x: number },
  { size, cells }: Kernel,
  { stride, dilation, flip }: Settings,
): Sum {
  const [top, left] = [y * stride, x * stride];
  const window = new Tensor(
    Float32Array.from({ length: size * size }, (_, i) =>
      input.at(channel, top + Math.floor(i / size) * dilation, left + (i % size) * dilation),
    ),
    [size, size],
  );
  const kernel = new Tensor(Float32Array.from(flip ? [...cells].reverse() : cells), [size, size]);
  return {
    top,
    left,
    window,
    kernel,
    products: multiply(window, kernel),
    sum: conv2d(window, kernel).data[0]!,
  };
}
