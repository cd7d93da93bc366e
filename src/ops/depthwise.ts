// Convolutions of each channel by itself (groups = in channels = out channels). As contractions of 8 channels with 8
// they would be zeros for the most part.

import {
  type Channels,
  type Convolution,
  packed,
  packing,
  panelsOf,
  type WeightOrder,
  type Window,
} from "./contraction.js";
import { bounds, NO_EPILOGUE } from "./epilogue.js";
import { LANES, type Place, type View } from "./layout.js";
import { float, type StepWriter, type Word } from "./op.js";
import { writeRows } from "./rows.js";

/** Whether each output channel sees one input channel, its own. */
export function isDepthwise({ outs, groupOuts, ins, groupIns }: Channels): boolean {
  return outs === ins && outs > 1 && groupOuts === 1 && groupIns === 1;
}

/** Weights [c, 1, kh, kw] as panels [c / 8][kh][kw][8]: all channels are outputs of a single input. */
function layout(c: number, window: Window, { rotated }: WeightOrder) {
  const channels = { outs: c, groupOuts: c, ins: 1, groupIns: 1 };
  const order = { group: 0, out: window.kh * window.kw, in: 0, rotated };
  return { kernels: { channels, window, order }, panels: panelsOf(channels, window, 1) };
}

/** The window as the kernels take it: see assembly/lib/window.ts. */
const taps = ({ kh, kw, sh, sw, dh, dw }: Window): Word[] => [kh, kw, sh, sw, dh, dw];

/** Appends one. */
export function writeDepthwise(plan: StepWriter, conv: Convolution): void {
  const { out, x, window, epilogue } = conv;
  const { kernels, panels } = layout(out.c, window, conv.order);
  const weights = packed(plan, { ...conv, ...kernels }, panels);
  const { bias, residual, low, high } = epilogue;
  const summed = residual ? { ...NO_EPILOGUE, bias } : epilogue;
  plan.step(
    "depthwiseConv2d",
    out.n * out.blocks * out.h,
    [out, x, weights, bias ?? 0, plan.constants([...taps(window), ...bounds(summed)])],
    2 * out.w * LANES * window.kh * window.kw,
  );
  if (!residual) return;
  // Seldom, so that the kernel need not know of it.
  writeRows(plan, "add", [out, out, residual], [], 1);
  if (low !== NO_EPILOGUE.low || high !== NO_EPILOGUE.high) {
    writeRows(plan, "clip", [out, out], [plan.constants([1, 0, low, high].map(float))], 4);
  }
}

/** dw = what each tap of the windows saw of x, times dy: by images, which are then added up. */
export function writeDepthwiseGradWeight(
  plan: StepWriter,
  dw: Place,
  x: View,
  dy: View,
  window: Window,
  order: WeightOrder,
): void {
  const { kernels, panels } = layout(x.c, window, order);
  const partial = plan.scratch((x.n * panels.count * panels.bytes) / 4);
  const flops = 2 * dy.h * dy.w * LANES * window.kh * window.kw;
  plan.step(
    "depthwiseConv2dGradWeight",
    x.n * x.blocks,
    [partial, x, dy, plan.constants(taps(window))],
    flops,
  );
  const constants = packing(plan, kernels, panels, x.n);
  plan.step("unpack", panels.count, [dw, partial, constants], (panels.bytes / 2) * x.n);
}
