// Across the channels of one pixel: block by block, then over the lanes of the result.

import { laneMask, LANES, View } from "./view";

/** All ones in the lanes of block b that are channels: lanes first..first+3. */
// @ts-ignore: decorator
@inline
export function channelMask(v: View, b: i32, first: i32): v128 {
  return laneMask(v.c - b * LANES, first);
}

/** The largest of four lanes. */
// @ts-ignore: decorator
@inline
function largestLane(x: v128): f32 {
  const half = f32x4.pmax(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmax(half, v128.shuffle<f32>(half, half, 1, 0, 3, 2)), 0);
}

/** The sum of four lanes. */
// @ts-ignore: decorator
@inline
export function sumLanes(x: v128): f32 {
  const half = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.add(half, v128.shuffle<f32>(half, half, 1, 0, 3, 2)), 0);
}

/** The largest channel of the pixel at p; NaNs are passed by. */
// @ts-ignore: decorator
@inline
export function largestChannel(v: View, p: usize): f32 {
  const none = f32x4.splat(-Infinity);
  let m = none;
  for (let b = 0; b < v.blocks; ++b, p += v.block) {
    m = f32x4.pmax(m, v128.bitselect(v128.load(p), none, channelMask(v, b, 0)));
    m = f32x4.pmax(m, v128.bitselect(v128.load(p, 16), none, channelMask(v, b, 4)));
  }
  return largestLane(m);
}
