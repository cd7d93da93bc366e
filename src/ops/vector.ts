// A linear layer for a single input: a matrix times a vector, bound by the memory that the matrix comes from.

import { type Convolution, type Kernels, packed, panelsOf } from "./contraction.js";
import { bounds } from "./epilogue.js";
import { dataOf, LANES, lanesOf, type Place } from "./layout.js";
import type { StepWriter } from "./op.js";

/** Panels of a unit of the kernels. */
const PANELS = 4;

/** Whether it is one. */
export function isVector({ out, x, channels, window }: Convolution): boolean {
  const single = out.n * out.h * out.w === 1 && window.kh === 1 && window.kw === 1;
  return single && channels.outs === channels.groupOuts && lanesOf(x) === LANES && x.block === x.pixel;
}

/** Appends it. */
export function writeVector(plan: StepWriter, conv: Convolution): void {
  const { out, x, epilogue } = conv;
  const { bias, residual } = epilogue;
  const panels = panelsOf(conv.channels, conv.window, LANES);
  const count = panels.blocks * LANES;
  const short = plan.linearWeights === "int16" && !plan.changes(conv.weight) && conv.order.in === 1;
  const weights = short ? packedInt16(plan, conv, count) : packed(plan, conv, panels);
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
function packedInt16(plan: StepWriter, { weight, channels, scaling }: Kernels, count: number): Place {
  const { outs, ins } = channels;
  const panels = Math.ceil(outs / LANES);
  const floats = (panels * count * LANES) / 2 + panels * LANES;
  return plan.derived([weight, ...(scaling?.from ?? [])], "packed as int16", floats, (place) => {
    const args = [place, plan.place(weight), scaling?.place ?? 0, plan.constants([outs, ins, count])];
    plan.step("packInt16", panels, args, 10 * LANES * count);
  });
}
