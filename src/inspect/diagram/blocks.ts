import type { Shape } from "../../tensor.js";
import { sizeOf } from "../../tensor.js";

/** Sizes of a block on the screen, in pixels: its front, and how far its back lies to the right and up. */
export interface Block {
  readonly width: number;
  readonly height: number;
  readonly backX: number;
  readonly backY: number;
}

/** The largest tensors of a picture, which the others are drawn in relation to. */
export interface Largest {
  readonly pixels: number;
  readonly channels: number;
  readonly features: number;
}

/** A tensor without its batch. */
interface Extent {
  readonly h: number;
  readonly w: number;
  readonly c: number;
}

/** A vector has no height and width; of a line of pixels the length counts as the height. */
function extentOf([c = 1, ...pixels]: Shape): Extent | undefined {
  if (pixels.length === 0 || sizeOf(pixels) === 1) return undefined;
  const [h = 1, w = 1] = pixels.length === 1 ? [pixels[0], 1] : pixels;
  return { h, w, c };
}

/** Of shapes without the batch. */
export function largestOf(shapes: readonly Shape[]): Largest {
  const extents = shapes.map(extentOf).filter((one) => one !== undefined);
  const vectors = shapes.filter((shape) => !extentOf(shape)).map(sizeOf);
  return {
    pixels: Math.max(1, ...extents.flatMap(({ h, w }) => [h, w])),
    channels: Math.max(256, ...extents.map(({ c }) => c)),
    features: Math.max(1000, ...vectors),
  };
}

const share = (size: number, most: number): number => Math.sqrt(size / most);

/**
 * The block of a tensor, by its shape without the batch, `tallest` pixels high at most: height and depth follow its height and width, thickness its
 * channels, all by square roots, so that 7 × 7 is still to be seen beside 224 × 224. Vectors are bars.
 */
export function blockOf(shape: Shape, { pixels, channels, features }: Largest, tallest: number): Block {
  const extent = extentOf(shape);
  if (!extent) {
    const height = 14 + (tallest - 14) * share(sizeOf(shape), features);
    return { width: 7, height, backX: 4, backY: 3 };
  }
  const back = 1.5 + 0.28 * tallest * share(extent.w, pixels);
  return {
    width: 4 + 0.4 * tallest * share(extent.c, channels),
    height: 6 + (tallest - 6) * share(extent.h, pixels),
    backX: back,
    backY: 0.75 * back,
  };
}
