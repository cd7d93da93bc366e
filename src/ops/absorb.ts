// What convolutions and linear layers take over from the nodes behind them, so that it costs no pass over memory: batch
// norm by given statistics goes into weights and bias; the addition of another value, and what clamps, into the epilogue.

import { add } from "./add.js";
import { batchNorm } from "./batch-norm.js";
import { type Epilogue, NO_EPILOGUE } from "./epilogue.js";
import { after, type Place } from "./layout.js";
import { float, type Node, type StepWriter, type Value } from "./op.js";
import { sameShape } from "./shape.js";

/** In the attributes of a convolution that has taken something over. */
export interface Absorbed {
  /** Of the batch norm whose weight, bias, mean and variance, the first two perhaps null, are inputs 4 to 7. */
  readonly eps?: number;
  /** The convolution's values are kept between these; input 3 has been added before. */
  readonly clamp?: { readonly low: number; readonly high: number };
}

/** A convolution's inputs: x, weight, bias, what is added to its results, and the vectors of a batch norm. */
function inputsOf({ inputs }: Node) {
  const [x, w, b = null, residual = null, ...norm] = inputs;
  return { x: x!, w: w!, b, residual, norm };
}

/** See {@link Op.absorb}. */
export function absorb<A extends Absorbed>(node: Node<A>, next: Node, index: number): Node<A> | null {
  const { x, w, b, residual, norm } = inputsOf(node);
  if (node.attrs.clamp) return null;
  const { outputs } = next;
  const clamp = next.op.clamps?.(next.attrs);
  if (clamp) return { ...node, outputs, attrs: { ...node.attrs, clamp } };
  if (residual) return null;
  if (next.op === batchNorm && norm.length === 0) {
    const inputs = [x, w, b, null, ...next.inputs.slice(1)];
    return { ...node, inputs, outputs, attrs: { ...node.attrs, eps: next.attrs.eps } };
  }
  const other = next.inputs[1 - index];
  if (next.op === add && other?.form === "blocked" && sameShape(other.shape, outputs[0]!.shape)) {
    return { ...node, inputs: [x, w, b, other, ...norm], outputs };
  }
  return null;
}

/** Factors for the weights of each output channel. */
export interface Scaling {
  readonly place: Place;
  /** What they are computed from. */
  readonly from: readonly Value[];
}

/** The scaling of a convolution's weights, if any, and its epilogue. */
export function finishOf(
  node: Node<Absorbed>,
  plan: StepWriter,
): { scaling: Scaling | null; epilogue: Epilogue } {
  const { w, b, residual, norm } = inputsOf(node);
  const added = residual && plan.view(residual);
  const epilogue = { ...NO_EPILOGUE, ...node.attrs.clamp, residual: added };
  if (norm.length === 0) return { scaling: null, epilogue: { ...epilogue, bias: b && plan.place(b) } };

  const from = [...norm, b].filter((value) => value !== null);
  const outs = w.shape[0]!;
  const whole = Math.ceil(outs / 8) * 8;
  const eps = node.attrs.eps!;
  const place = plan.derived(from, `folded ${eps}`, 2 * whole, (folded) => {
    const vectors = [...norm, b].map((value) => (value ? plan.place(value) : 0));
    const constants = plan.constants([outs, whole, float(eps)]);
    plan.step("batchNormFold", whole / 4, [folded, ...vectors, constants], 40);
  });
  return { scaling: { place, from }, epilogue: { ...epilogue, bias: after(place, whole * 4) } };
}
