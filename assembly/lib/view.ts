// Where a tensor lies. Logical [n, c, h, w]; in memory [n][c / 8][h][w][8]: channels in blocks of 8, the lanes past c zero.
// Strides are in bytes, so a view may be the inside of a padded tensor, or a channel range of a concatenation.

import { inMemory } from "./simd";

/** Channels in a block, and bytes of a block at one pixel. */
export const LANES: i32 = 8;
export const BLOCK_BYTES: i32 = 32;

// @ts-ignore: decorator
@unmanaged @final
export class View {
  data: usize;
  n: i32;
  c: i32;
  /** Channel blocks, ceil(c / 8). */
  blocks: i32;
  h: i32;
  w: i32;
  image: i32;
  block: i32;
  row: i32;
  pixel: i32;

  /** Address of the first pixel of a row, rows counted through y, then block, then image. */
  // @ts-ignore: decorator
  @inline rowOf(unit: i32): usize {
    if (!ASC_NO_ASSERT) assert(unit >= 0 && unit < this.n * this.blocks * this.h);
    const plane = unit / this.h;
    return this.planeOf(plane) + (unit - plane * this.h) * this.row;
  }

  /** Address of the first pixel of a plane, planes counted through block, then image. */
  // @ts-ignore: decorator
  @inline planeOf(unit: i32): usize {
    if (!ASC_NO_ASSERT) assert(unit >= 0 && unit < this.n * this.blocks);
    const n = unit / this.blocks;
    return this.data + n * this.image + (unit - n * this.blocks) * this.block;
  }

  /** Whether it is a tensor inside the memory. For assertions. */
  fits(): bool {
    const last = (this.n - 1) * this.image + (this.blocks - 1) * this.block + (this.h - 1) * this.row;
    return (
      this.n > 0 && this.c > 0 && this.h > 0 && this.w > 0 && this.blocks * LANES >= this.c &&
      inMemory(this.data) && inMemory(this.data + last + this.w * this.pixel)
    );
  }

  /** Channels that really exist in the block of a row: 8, or fewer in the last one. */
  // @ts-ignore: decorator
  @inline lanesOfRow(unit: i32): i32 {
    const b = (unit / this.h) % this.blocks;
    return min(LANES, this.c - b * LANES);
  }
}

/** The view at an address. */
// @ts-ignore: decorator
@inline export function view(p: usize): View {
  if (!ASC_NO_ASSERT) assert(p % 4 == 0 && inMemory(p) && changetype<View>(p).fits());
  return changetype<View>(p);
}

/** All ones in the lanes below `lanes`, for lanes first..first+3. */
// @ts-ignore: decorator
@inline export function laneMask(lanes: i32, first: i32): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3)), i32x4.splat(lanes));
}
