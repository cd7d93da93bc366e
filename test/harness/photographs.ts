// The photographs of the shared data, and what other programs made of them.

import { readFile } from "#platform";
import type { Image } from "../../src/image/index.js";
import type { Tensor } from "../../src/tensor.js";
import { readNpy } from "../../src/weights/index.js";
import { sharedData, skip } from "./suite.js";

export interface Photo {
  readonly file: string;
  readonly rgb: string;
  /** Indices of the classes of ImageNet that it may be taken for. */
  readonly classes: readonly number[];
  readonly labels: readonly string[];
}

/** The folder of the shared data; skips the test where there is none. */
export const folder = (): string => sharedData() ?? skip("needs the shared data");

export const npy = async (path: string): Promise<Tensor> =>
  readNpy(await readFile(`${folder()}/${path}`), path);

export const json = async (path: string): Promise<unknown> =>
  JSON.parse(new TextDecoder().decode(await readFile(`${folder()}/${path}`)));

export const photos = async (): Promise<Photo[]> => (await json("photos/manifest.json")) as Photo[];

/** Pillow's bytes: the shorter side 256, the middle 224 x 224. */
export async function raw({ rgb }: Photo): Promise<Image> {
  return { width: 224, height: 224, channels: 3, data: await readFile(`${folder()}/photos/${rgb}`) };
}

export function softmax(scores: Float32Array): number[] {
  const most = Math.max(...scores);
  const powers = Array.from(scores, (score) => Math.exp(score - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}
