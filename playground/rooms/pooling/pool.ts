// What the room shows, computed by the library.

import { avgPool2d, globalAvgPool2d, maxPool2d, pad, Tensor } from "featuremap/functional";
import type { PaddingMode } from "../../parts/padding-modes.js";

export interface PoolSettings {
  readonly kind: "max" | "mean" | "global";
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
  readonly ceil: boolean;
  /** The mean counts padding as zeros. */
  readonly countPadding: boolean;
}

/** The most padding that pooling takes: half the window. */
export const mostPadding = (size: number): number => Math.floor(size / 2);

/** The picture [c, h, w] pooled, each channel by itself. */
export function pooled(picture: Tensor, settings: PoolSettings): Tensor {
  const { kind, size, stride, padding, ceil: ceilMode, countPadding: countIncludePad } = settings;
  const [channels] = picture.shape as [number];
  const batch = picture.reshape(1, ...picture.shape);
  const output =
    kind === "global"
      ? globalAvgPool2d(batch)
      : kind === "max"
        ? maxPool2d(batch, size, { stride, padding, ceilMode })
        : avgPool2d(batch, size, { stride, padding, ceilMode, countIncludePad });
  return output.reshape(channels, ...output.shape.slice(2));
}

/** The window on one output pixel. */
export interface Seen {
  /** Upper left corner, in the picture with its padding. */
  readonly top: number;
  readonly left: number;
  /** [h, w]; 0 outside of the picture. */
  readonly values: Tensor;
  /** Whether a cell lies in the picture. */
  readonly inside: (y: number, x: number) => boolean;
  /** What the mean divides by. */
  readonly count: number;
  /** The cells that hold the largest value. */
  readonly won: readonly { readonly y: number; readonly x: number }[];
}

/** The window on the output pixel at row `y`, column `x`, whose value is `result`. */
export function seenBy(
  picture: Tensor,
  channel: number,
  { y, x }: { y: number; x: number },
  { kind, size, stride, padding, countPadding }: PoolSettings,
  result: number,
): Seen {
  const [, height, width] = picture.shape as [number, number, number];
  const [top, left] = [y * stride, x * stride];
  const at = (row: number, column: number) => [top + row - padding, left + column - padding] as const;
  const within = (row: number, column: number, around: number): boolean => {
    const [r, c] = at(row, column);
    return r >= -around && c >= -around && r < height + around && c < width + around;
  };
  const cells = Array.from({ length: size * size }, (_, i) => ({ y: Math.floor(i / size), x: i % size }));
  const inside = (row: number, column: number) => within(row, column, 0);
  const value = (row: number, column: number) =>
    inside(row, column) ? picture.at(channel, ...at(row, column)) : 0;
  return {
    top,
    left,
    values: new Tensor(
      Float32Array.from(cells, (cell) => value(cell.y, cell.x)),
      [size, size],
    ),
    inside,
    // A window that reaches beyond the padding counts what lies in the padding at most, as in torch.
    count: cells.filter((cell) => within(cell.y, cell.x, countPadding ? padding : 0)).length,
    won:
      kind === "max"
        ? cells.filter((cell) => inside(cell.y, cell.x) && value(cell.y, cell.x) === result)
        : [],
  };
}

/** How far the last window reaches beyond the padding, under ceil mode. */
export function beyond(size: number, out: number, { size: window, stride, padding }: PoolSettings): number {
  return Math.max(0, (out - 1) * stride + window - size - 2 * padding);
}

/** For each pixel of a padded picture the pixel of the picture that it shows: its index plus 1; 0 where it shows none. */
export function origins(height: number, width: number, sides: Sides, mode: PaddingMode): Tensor {
  const indices = Float32Array.from({ length: height * width }, (_, i) => i + 1);
  return pad(new Tensor(indices, [height, width]), { ...sides }, mode);
}

export interface Sides {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}
