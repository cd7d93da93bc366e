import { check, checkIs, checkOptions, checkSignal, show } from "../../errors.js";
import { type Input, toTensor } from "../../functional/call.js";
import type { Image } from "../../image/image.js";
import { toTensor as imageToTensor } from "../../image/to-tensor.js";
import { network } from "../../layers/containers.js";
import { type ConvOptions, conv2d } from "../../layers/convolution.js";
import type { Model } from "../../layers/model.js";
import { formatShape, Tensor } from "../../tensor.js";
import { checkModel } from "../../train/given.js";
import type { Figure } from "../figure/figure.js";
import { asBatch } from "../target.js";
import type { Progress } from "../watched.js";
import { equivarianceFigure } from "./shift-figure.js";
import {
  axesOf,
  type Deviation,
  deviation,
  insideOf,
  type Rectangle,
  rolled,
  type SeenAxis,
  unitsFor,
} from "./shifting.js";

export interface ShiftEquivarianceOptions extends Pick<ConvOptions, "stride" | "padding" | "paddingMode"> {
  /** Pixels that the picture moves down and to the right. */
  readonly shift: readonly [dy: number, dx: number];
  /** Name of a layer of the model. Default: the model's output. */
  readonly layer?: string;
  readonly signal?: AbortSignal;
  /** Shifts that were measured, of all. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What was measured for one shift. */
export interface MeasuredShift {
  /** Pixels to the right. */
  readonly shift: number;
  /** Where neither border nor seam is seen; null where all units see one. */
  readonly inside: Deviation | null;
  readonly everywhere: Deviation;
}

export interface ShiftEquivariance {
  /** The network's output for the moved picture, [c, oh, ow]. */
  readonly shiftedFirst: Tensor;
  /** The network's output, moved, [c, oh, ow]. */
  readonly shiftedLast: Tensor;
  /** The larger of all channels' differences, [oh, ow]. */
  readonly error: Tensor;
  /** Pixels by which the picture has to move for the output to move by one, [height, width]; 0 where there is one place. */
  readonly stride: readonly [sh: number, sw: number];
  /** Places by which the output was moved: shift / stride, to the nearest whole number. */
  readonly outputShift: readonly [dy: number, dx: number];
  /** Whether the shift is a multiple of the stride. */
  readonly whole: boolean;
  /** The units that see neither the border nor the seam, where what left on one side comes in on the other; null if there are none. */
  readonly insideUnits: Rectangle | null;
  /** Their error; null if there are none. */
  readonly inside: Deviation | null;
  /** The error of the others; null if there are none. */
  readonly border: Deviation | null;
  /** The error against the shift, from 0 pixels to the right on. */
  readonly curve: readonly MeasuredShift[];
  /** The result in words. */
  readonly verdict: string;
  readonly figure: Figure;
}

/** Differences that are rounding, relative. */
const ROUNDING = 1e-5;

/** The curve goes at least so far, in pixels. */
const SHIFTS = 8;

/**
 * Whether moving the picture moves the output: shift, then network against network, then shift. The picture moves as on a ring,
 * so that nothing is lost. A network of stride s can follow only shifts that are multiples of s; how far off it is for others is
 * measured too (Zhang, 2019: Making convolutional networks shift-invariant again).
 * @param of a model, or a kernel [kh, kw] or [k, c, kh, kw], which then takes the options stride, padding and paddingMode of `conv2d`
 * @param picture an image, which the model's `prepare` makes an input of, or numbers [c, h, w], of one channel also [h, w]
 */
export async function shiftEquivariance(
  of: Model | Input,
  picture: Image | Input,
  options: ShiftEquivarianceOptions,
): Promise<ShiftEquivariance> {
  const what = "shiftEquivariance";
  checkOptions(what, options, ["shift", "layer", "stride", "padding", "paddingMode", "signal", "onProgress"]);
  const { shift, layer, signal, onProgress, ...conv } = options;
  const isPair = Array.isArray(shift) && shift.length === 2 && shift.every(Number.isSafeInteger);
  checkIs(isPair, `${what}: shift`, shift, "[down, right] in whole pixels");
  checkSignal(what, signal);
  const isKernel = of instanceof Tensor || Array.isArray(of) || ArrayBuffer.isView(of);
  if (!isKernel) {
    checkModel(what, of as Model);
    check(
      Object.keys(conv).length === 0,
      () => `${what}: ${Object.keys(conv)[0]} belongs to a kernel; the model has its own.`,
    );
    const model = of as Model;
    return measured(model, layer ?? "the network", await inputFor(what, model, picture), options);
  }
  check(layer === undefined, () => `${what}: a kernel has no layer ${show(layer)}. Leave it out.`);
  const given = toTensor(of as Input);
  check(
    given.shape.length === 2 || given.shape.length === 4,
    () => `${what}: the kernel has shape ${formatShape(given.shape)}; it must be [kh, kw] or [k, c, kh, kw].`,
  );
  const weight = given.reshape(...(given.shape.length === 2 ? [1, 1] : []), ...given.shape);
  const [k = 1, c = 1, kh = 1, kw = 1] = weight.shape;
  const x = numbersOf(what, picture, c);
  const convolution = network(conv2d(k, [kh, kw], { ...conv, bias: false }));
  using model = await convolution.build(x.shape.slice(1), { initialize: false });
  model.loadStateDict(new Map([["weight", weight]]));
  return await measured(model, "the kernel", x, options);
}

/** The picture as the one input of a batch, [1, ...inputShape]. */
async function inputFor(what: string, model: Model, picture: Image | Input): Promise<Tensor> {
  check(
    model.inputShape.length === 3,
    () => `${what}: the model takes ${formatShape(model.inputShape)}; it must take pictures, [c, h, w].`,
  );
  const isImage = typeof picture === "object" && picture !== null && "channels" in picture;
  const x =
    isImage && model.prepare ? await model.prepare(picture) : numbersOf(what, picture, model.inputShape[0]!);
  const batch = asBatch(what, model, x);
  check(batch.shape[0] === 1, () => `${what} takes one picture, not a batch of ${batch.shape[0]}.`);
  return batch;
}

/** The picture as numbers [1, c, h, w]. */
function numbersOf(what: string, picture: Image | Input, channels: number): Tensor {
  const isImage = typeof picture === "object" && picture !== null && "channels" in picture;
  if (isImage) return imageToTensor(picture, { grayscale: channels === 1 });
  const isList = picture instanceof Tensor || Array.isArray(picture) || ArrayBuffer.isView(picture);
  checkIs(isList, `${what}: the picture`, picture, "an image, a Tensor or nested arrays");
  const x = toTensor(picture);
  const missing = 4 - x.shape.length;
  const full = [...Array<number>(Math.max(0, missing)).fill(1), ...x.shape];
  check(
    missing >= 0 && missing <= 2 && full[0] === 1 && full[1] === channels,
    () =>
      `${what}: the picture has shape ${formatShape(x.shape)}; it must be ${channels === 1 ? "[h, w] or " : ""}[${channels}, h, w].`,
  );
  return x.reshape(...full);
}

async function measured(
  model: Model,
  name: string,
  x: Tensor,
  { shift, layer, signal, onProgress }: ShiftEquivarianceOptions,
): Promise<ShiftEquivariance> {
  const output = async (moved: Tensor): Promise<Tensor> => {
    signal?.throwIfAborted();
    const results = await model.taps(moved, layer === undefined ? [] : [layer]);
    const { shape, data } = results[layer ?? model.outputNames[0]!]!;
    const [, c = 1, h = 1, w = 1] = shape;
    return new Tensor(data, [c, h, w]);
  };
  const plain = await output(x);
  const axes = axesOf(model, layer);

  const last = Math.min(Math.max(SHIFTS, axes[1].step), axes[1].pixels - 1);
  const total = last + 2;
  const curve: MeasuredShift[] = [];
  const compare = async ([dy, dx]: readonly [number, number]) => {
    const moved = await output(rolled(x, [dy, dx]));
    const by = [unitsFor(dy, axes[0]), unitsFor(dx, axes[1])] as const;
    return { moved, expected: rolled(plain, by), by, ...regions([dy, dx], axes) };
  };
  for (let dx = 0; dx <= last; dx++) {
    const { moved, expected, isInside } = await compare([0, dx]);
    curve.push({
      shift: dx,
      inside: deviation(moved, expected, isInside),
      everywhere: deviation(moved, expected, () => true)!,
    });
    onProgress?.({ done: dx + 1, total });
  }

  const { moved, expected, by, isInside, insideUnits } = await compare(shift);
  onProgress?.({ done: total, total });
  const whole = axes.every(({ step }, axis) => step === 0 || shift[axis]! % step === 0);
  const result = {
    shiftedFirst: moved,
    shiftedLast: expected,
    error: largestOfChannels(moved, expected),
    stride: [axes[0].step, axes[1].step] as const,
    outputShift: by,
    whole,
    insideUnits,
    inside: deviation(moved, expected, isInside),
    border: deviation(moved, expected, (y, x) => !isInside(y, x)),
    curve,
  };
  const described = { ...result, verdict: verdictOf(shift, result) };
  return { ...described, figure: equivarianceFigure(x, shift, described, name) };
}

/** Which units see neither border nor seam. */
function regions([dy, dx]: readonly [number, number], axes: readonly [SeenAxis, SeenAxis]) {
  const [top, bottom] = insideOf(dy, axes[0]);
  const [left, right] = insideOf(dx, axes[1]);
  return {
    insideUnits: top < bottom && left < right ? { top, left, bottom, right } : null,
    isInside: (y: number, x: number): boolean => y >= top && y < bottom && x >= left && x < right,
  };
}

function largestOfChannels(a: Tensor, b: Tensor): Tensor {
  const [, h = 1, w = 1] = a.shape;
  const largest = new Float32Array(h * w);
  for (let i = 0; i < a.size; i++) {
    largest[i % (h * w)] = Math.max(largest[i % (h * w)]!, Math.abs(a.data[i]! - b.data[i]!));
  }
  return new Tensor(largest, [h, w]);
}

type Measured = Omit<ShiftEquivariance, "verdict" | "figure">;

function verdictOf([dy, dx]: readonly [number, number], result: Measured): string {
  const { stride, whole, inside, border } = result;
  const percent = ({ relative }: Deviation): string => `${Number((100 * relative).toPrecision(2))} %`;
  if (stride[0] === 0 && stride[1] === 0) {
    const change = border!;
    return change.relative <= ROUNDING
      ? "Invariant: the output has no places that could move, and it does not change."
      : `Not invariant: the output has no places that could move, so it should stay the same. It changes by ${percent(change)} of its size.`;
  }
  if (!whole) {
    return (
      `Not equivariant: ${dy} down and ${dx} to the right are not both multiples of the strides ${stride.join(" and ")}, and the output ` +
      `moves by whole places only. At the nearest one it is off by ${percent((inside ?? border)!)} of its size` +
      `${inside ? ", where no border is seen" : ""}.`
    );
  }
  if (!inside) {
    return border!.relative <= ROUNDING
      ? "Equivariant: both orders give the same, even though every unit sees the border."
      : `Every unit sees the border or the seam, so nothing is left that could move unchanged: both orders differ by ${percent(border!)} of the output's size.`;
  }
  if (inside.relative > ROUNDING) {
    return `Not equivariant: both orders differ by ${percent(inside)} of the output's size even where no border is seen.`;
  }
  const where = "Equivariant: where no border is seen, both orders give the same";
  if (!border || border.relative <= ROUNDING) return `${where}, and at the border too.`;
  return `${where}. At the border they differ by ${percent(border)} of the output's size: what the padding shows does not move with the picture.`;
}
