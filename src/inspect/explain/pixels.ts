import { check } from "../../errors.js";
import type { Image } from "../../image/image.js";
import type { Model, Picture } from "../../layers/model.js";
import { formatShape, type Tensor } from "../../tensor.js";
import { extentOf } from "../scale.js";
import { checkLookedInto } from "../target.js";
import { inputOf, sizesOf } from "./subject.js";

/** What the channels of a network's inputs are: colours, and the numbers for their ends. */
export interface PixelScale {
  /** For each channel, the number that stands for black, and for white. */
  readonly black: Float32Array;
  readonly white: Float32Array;
  /** For each of three channels, which of red, green and blue it is. */
  readonly colours: readonly number[];
}

// Under half of white: what is made for dark ground does not take it for light and invert it.
const GREY = 127;

/**
 * Finds out what the model's `prepare` does to colours, by giving it pictures of one colour. Undefined where it has none, or
 * one that makes nothing of them; and for inputs that have neither one channel nor three.
 */
export async function pixelScale({ prepare, inputShape }: Model): Promise<PixelScale | undefined> {
  const [c, height = 1, width = 1] = inputShape;
  if (!prepare || inputShape.length !== 3 || (c !== 1 && c !== 3)) return undefined;
  /** Of each channel the number in the middle. */
  const seen = async (...colour: number[]): Promise<Float32Array> => {
    const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => colour[i % 3]!);
    const { data: made, shape } = await prepare({ width, height, channels: 3, data } satisfies Image);
    const [h = 1, w = 1] = shape.slice(-2);
    const middle = Math.floor(h / 2) * w + Math.floor(w / 2);
    return Float32Array.from({ length: c }, (_, channel) => made[channel * h * w + middle]!);
  };
  try {
    const black = await seen(0, 0, 0);
    const grey = await seen(GREY, GREY, GREY);
    const pure = [await seen(GREY, 0, 0), await seen(0, GREY, 0), await seen(0, 0, GREY)];
    const white = grey.map((value, channel) => black[channel]! + ((value - black[channel]!) * 255) / GREY);
    const colours = Array.from(black, (zero, channel) => {
      const answers = pure.map((colour) => Math.abs(colour[channel]! - zero));
      return answers.indexOf(Math.max(...answers));
    });
    const tells = white.every((value, channel) => Number.isFinite(value) && value !== black[channel]);
    const isOrder = c === 1 || new Set(colours).size === 3;
    return tells ? { black, white, colours: isOrder ? colours : [0, 1, 2] } : undefined;
  } catch {
    // Made for pictures of another kind, which only its author can give it.
    return undefined;
  }
}

/**
 * What the network sees, as a picture: the input [1, c, h, w] of one or three channels, or what `prepare` makes of a
 * picture, with its normalisation undone. Where the model has no `prepare`, from the least of the numbers to the largest.
 */
export async function inputImage(model: Model, input: Tensor | Picture): Promise<Image> {
  const what = "inputImage";
  checkLookedInto(what, model);
  const tensor = await inputOf(what, model, input);
  const [c, height, width] = sizesOf(tensor);
  check(
    c === 1 || c === 3,
    () =>
      `${what}: an input of shape ${formatShape(tensor.shape)} is no picture; it must have 1 or 3 channels.`,
  );
  const { black, white, colours } = (await pixelScale(model)) ?? ownScale(tensor, c);
  const area = height * width;
  const data = new Uint8Array(c * area);
  for (let channel = 0; channel < c; channel++) {
    const [zero, one] = [black[channel]!, white[channel]!];
    const colour = c === 1 ? 0 : colours[channel]!;
    for (let i = 0; i < area; i++) {
      const share = (tensor.data[channel * area + i]! - zero) / (one - zero || 1);
      data[i * c + colour] = Math.round(255 * Math.min(Math.max(share, 0), 1));
    }
  }
  return { width, height, channels: c, data };
}

function ownScale({ data }: Tensor, c: number): PixelScale {
  const [black, white] = (extentOf(data) ?? [0, 0]).map((value) => new Float32Array(c).fill(value));
  return { black: black!, white: white!, colours: [0, 1, 2] };
}
