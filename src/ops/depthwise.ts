// Convolutions of each channel by itself (groups = in channels = out channels). As contractions of 8 channels with 8
// they would be zeros for the most part.

import type { Scaling } from "./absorb.js";
import {
  type Channels,
  type Panels,
  packed,
  packing,
  panelsOf,
  type WeightOrder,
  type Window,
} from "./contraction.js";
import type { Epilogue } from "./epilogue.js";
import { LANES, type Place, type View } from "./layout.js";
import type { StepWriter, Value } from "./op.js";

/** Whether each output channel sees one input channel, its own. */
export function isDepthwise({ outs, groupOuts, ins, groupIns }: Channels): boolean {
  return outs === ins && outs > 1 && groupOuts === 1 && groupIns === 1;
}

/** Weights [c, 1, kh, kw] as panels [c / 8][kh][kw][8]: all channels are outputs of a single input. */
function layout(
  c: number,
  window: Window,
  rotated: boolean,
): { channels: Channels; panels: Panels; order: WeightOrder } {
  const channels = { outs: c, groupOuts: c, ins: 1, groupIns: 1 };
  const order = { group: 0, out: window.kh * window.kw, in: 0, rotated };
  return { channels, panels: panelsOf(channels, window, 1), order };
}

/** The window as the kernels take it: see assembly/lib/window.ts. */
function taps(plan: StepWriter, { kh, kw, sh, sw, dh, dw }: Window): Place {
  return plan.constants([kh, kw, sh, sw, dh, dw]);
}

/** out = the windows of x, which is already padded, times the weights of each channel. */
export function writeDepthwise(
  plan: StepWriter,
  out: View,
  x: View,
  weight: Value,
  window: Window,
  { rotated }: WeightOrder,
  scaling: Scaling | null,
  { bias }: Epilogue,
): void {
  const { channels, panels, order } = layout(out.c, window, rotated);
  const weights = packed(plan, weight, channels, window, panels, order, scaling);
  plan.step(
    "depthwiseConv2d",
    out.n * out.blocks * out.h,
    [out, x, weights, bias ?? 0, taps(plan, window)],
    2 * out.w * LANES * window.kh * window.kw,
  );
}

/** dw = what each tap of the windows saw of x, times dy: by images, which are then added up. */
export function writeDepthwiseGradWeight(
  plan: StepWriter,
  dw: Place,
  x: View,
  dy: View,
  window: Window,
  { rotated }: WeightOrder,
): void {
  const { channels, panels, order } = layout(x.c, window, rotated);
  const partial = plan.scratch((x.n * panels.count * panels.bytes) / 4);
  const flops = 2 * dy.h * dy.w * LANES * window.kh * window.kw;
  plan.step("depthwiseConv2dGradWeight", x.n * x.blocks, [partial, x, dy, taps(plan, window)], flops);
  const constants = packing(plan, channels, window, panels, order, x.n);
  plan.step("unpack", panels.count, [dw, partial, constants], (panels.bytes / 2) * x.n);
}
