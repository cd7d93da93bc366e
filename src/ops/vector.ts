// A linear layer for a single input: a matrix times a vector, bound by the memory that the matrix comes from.

import type { Scaling } from "./absorb.js";
import { type Channels, packed, panelsOf, type WeightOrder, type Window } from "./contraction.js";
import { bounds, type Epilogue } from "./epilogue.js";
import { dataOf, LANES, lanesOf, type Place, type View } from "./layout.js";
import type { StepWriter, Value } from "./op.js";

const SINGLE: Window = { kh: 1, kw: 1, sh: 1, sw: 1, dh: 1, dw: 1 };
/** Panels of a unit of the kernels. */
const PANELS = 4;

/** Whether it is one. */
export function isVector(out: View, x: View, { outs, groupOuts }: Channels, { kh, kw }: Window): boolean {
  const single = out.n * out.h * out.w === 1 && kh === 1 && kw === 1;
  return single && outs === groupOuts && lanesOf(x) === LANES && x.block === x.pixel;
}

/** out = the weights times x, and the epilogue. */
export function writeVector(
  plan: StepWriter,
  out: View,
  x: View,
  weight: Value,
  channels: Channels,
  order: WeightOrder,
  scaling: Scaling | null,
  epilogue: Epilogue,
): void {
  const { bias, residual } = epilogue;
  const panels = panelsOf(channels, SINGLE, LANES);
  const count = panels.blocks * LANES;
  const short = plan.linearWeights === "int16" && !plan.changes(weight) && order.in === 1;
  const weights = short
    ? packedInt16(plan, weight, channels, count, scaling)
    : packed(plan, weight, channels, SINGLE, panels, order, scaling);
  const matrix = [
    panels.count,
    count,
    out.block,
    short ? panels.bytes / 2 : panels.bytes,
    residual?.block ?? 0,
  ];
  plan.step(
    short ? "contractVectorInt16" : "contractVector",
    Math.ceil(panels.count / PANELS),
    [
      dataOf(out),
      dataOf(x),
      weights,
      bias ?? 0,
      residual ? dataOf(residual) : 0,
      plan.constants([...matrix, ...bounds(epilogue)]),
    ],
    2 * LANES * PANELS * count,
  );
}

/** Weights [out, in] as panels of 16-bit whole numbers, and a factor for each output behind them. */
function packedInt16(
  plan: StepWriter,
  weight: Value,
  { outs, ins }: Channels,
  count: number,
  scaling: Scaling | null,
): Place {
  const panels = Math.ceil(outs / LANES);
  const floats = (panels * count * LANES) / 2 + panels * LANES;
  return plan.derived([weight, ...(scaling?.from ?? [])], "packed as int16", floats, (place) => {
    const args = [place, plan.place(weight), scaling?.place ?? 0, plan.constants([outs, ins, count])];
    plan.step("packInt16", panels, args, 10 * LANES * count);
  });
}
