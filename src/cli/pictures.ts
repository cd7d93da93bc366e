// Options about what pictures go through before a network, for networks that do not know it themselves.

import { type Command, InvalidArgumentError, Option } from "commander";
import { type Preprocessing, preparedShape, preprocessingFor } from "../image/index.js";
import { UsageError } from "./exit.js";
import type { Opened } from "./model.js";
import { shapeOption, whole } from "./options.js";
import { note } from "./terminal.js";

export interface PictureOptions {
  readonly size?: readonly [number, number] | undefined;
  readonly shorter?: number | undefined;
  readonly method?: "bilinear" | "bicubic" | undefined;
  readonly mean?: readonly number[] | undefined;
  readonly std?: readonly number[] | undefined;
}

export const sizeOption = (): Option =>
  new Option(
    "--size <n>",
    "height and width that the network sees, 224 or 224x320 (default: the network's own)",
  ).argParser(sizes);

export const pictureOptions = (command: Command): Command =>
  command
    .addOption(sizeOption())
    .addOption(shapeOption())
    .addOption(
      new Option("--shorter <n>", "resize the shorter side to this before the middle is cut out").argParser(
        whole(1, 4096),
      ),
    )
    .addOption(new Option("--method <name>", "how to resize").choices(["bilinear", "bicubic"]))
    .addOption(
      new Option("--mean <numbers>", "subtracted from samples of 0 to 1: 0.5 or 0.485,0.456,0.406").argParser(
        numbers,
      ),
    )
    .addOption(
      new Option("--std <numbers>", "that they are then divided by: 0.5 or 0.229,0.224,0.225").argParser(
        numbers,
      ),
    );

function sizes(text: string): [number, number] {
  const [, height, width = height] = /^(\d+)(?:x(\d+))?$/.exec(text) ?? [];
  const [h, w] = [Number(height), Number(width)];
  if (h >= 1 && w >= 1 && h <= 4096 && w <= 4096) return [h, w];
  throw new InvalidArgumentError(
    "It must be a whole number of pixels from 1 to 4096, or height x width: 224x320.",
  );
}

function numbers(text: string): number[] {
  const values = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (values.every(Number.isFinite) && (values.length === 1 || values.length === 3)) return values;
  throw new InvalidArgumentError("It must be a number, or three with commas between them.");
}

/** A preprocessing with what the options ask for. */
export function changed(
  usual: Preprocessing,
  { size, shorter, method, mean, std }: PictureOptions,
): Preprocessing {
  const [c, ...own] = preparedShape(usual) as [number, number, number];
  const border = 2 * (usual.pad ?? 0);
  const [h, w] = size ? [size[0] + border, size[1] + border] : own;
  const sized = size ? preprocessingFor(usual, [c, h!, w!])! : usual;
  if (shorter !== undefined && shorter < Math.min(...sized.size))
    throw new UsageError(
      `--shorter ${shorter} is less than the ${sized.size.join(" x ")} pixels that are cut out.`,
    );
  const one = (values: readonly number[]): number | readonly number[] =>
    values.length === 1 ? values[0]! : values;
  return {
    ...sized,
    ...(shorter !== undefined && { shorter }),
    ...(method && { method }),
    ...(mean && { mean: one(mean) }),
    ...(std && { std: one(std) }),
  };
}

/** Says what pictures go through where the file does not, and the options do not either. */
export function tellGuess({ name, preprocessing, isGuess }: Opened, { mean, std }: PictureOptions): void {
  if (!isGuess || !preprocessing || (mean && std)) return;
  const { size, shorter } = preprocessing;
  const listed = (numbers: number | readonly number[] = []): string => [numbers].flat().join(", ");
  note(
    `${name} does not say how pictures are prepared. Taken, as for torchvision's networks: ${size.join(" × ")} pixels` +
      `${shorter === undefined ? "" : ` out of a shorter side of ${shorter}`}, mean ${listed(preprocessing.mean)}, ` +
      `std ${listed(preprocessing.std)}. Give others as --size, --shorter, --mean and --std.`,
  );
}
