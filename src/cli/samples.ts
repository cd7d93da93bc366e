import type { Dataset } from "../data/index.js";
import { crop, resize } from "../image/index.js";
import type { Model } from "../index.js";
import { toTerminal } from "../inspect/index.js";
import { inputPicture } from "../inspect/report/picture.js";
import { Tensor } from "../tensor.js";
import type { Mistake } from "../train/index.js";
import { colorsOf, columns, faint, red } from "./terminal.js";

const LEAST = 12;
const MOST = 20;
const GAP = 1;

/** Samples of a data set side by side, each with what the network takes it for underneath. Mistakes are marked. */
export async function showSamples(
  model: Model,
  dataset: Dataset,
  indices: readonly number[],
  { border }: { border: number },
): Promise<string> {
  const { inputs, targets } = await dataset.get(indices);
  const outputs = await model.predict(inputs.reshape(indices.length, ...model.inputShape));
  const room = Math.floor((columns() + GAP) / indices.length) - GAP;
  // Even, because a character shows two pixels.
  const width = 2 * Math.floor(Math.min(MOST, Math.max(LEAST, room)) / 2);
  const inRow = Math.max(1, Math.floor((columns() + GAP) / (width + GAP)));
  const colors = colorsOf();
  const size = inputs.size / indices.length;

  const tiles = indices.map((_, i) => {
    const pixels = inputs.data.subarray(i * size, (i + 1) * size);
    const image = inputPicture(new Tensor(pixels, [1, ...dataset.shape]));
    const [w, h] = [image.width - 2 * border, image.height - 2 * border];
    const height = 2 * Math.max(1, Math.round((width * h) / w / 2));
    const small = resize(crop(image, border, border, w, h), { width, height });
    const lines = toTerminal(small, { colors }).split("\n");
    const { guess, probability } = best(outputs, i);
    const right = targets instanceof Int32Array && targets[i] === guess;
    const actual = targets instanceof Int32Array ? dataset.classes[targets[i]!] : "";
    const label = right
      ? `${dataset.classes[guess]} ${percentOf(probability)}`
      : `${dataset.classes[guess]} ✗ is ${actual}`;
    const padded = centred(label, width);
    return [
      ...(colors === "none" ? lines.map((line) => line.padEnd(width)) : lines),
      right ? faint(padded) : red(padded),
    ];
  });

  const rows: string[] = [];
  for (let start = 0; start < tiles.length; start += inRow) {
    const row = tiles.slice(start, start + inRow);
    for (let line = 0; line < row[0]!.length; line++)
      rows.push(
        row
          .map((tile) => tile[line])
          .join(" ".repeat(GAP))
          .trimEnd(),
      );
    rows.push("");
  }
  return rows.join("\n").trimEnd();
}

/** Samples worth a look: the first ones, and in place of the last the surest mistakes. */
export function worthShowing(count: number, length: number, mistakes: readonly Mistake[]): number[] {
  const wrong = [...mistakes].sort((a, b) => b.probability - a.probability || a.index - b.index);
  const shown = wrong.slice(0, Math.floor(count / 3)).map(({ index }) => index);
  const right = Array.from({ length }, (_, i) => i)
    .filter((index) => !mistakes.some((mistake) => mistake.index === index))
    .slice(0, count - shown.length);
  return [...right, ...shown];
}

/** The class with the highest score of output i, and its probability by softmax. */
function best({ data, shape }: Tensor, i: number): { guess: number; probability: number } {
  const size = shape[1]!;
  const scores = data.subarray(i * size, (i + 1) * size);
  const guess = scores.reduce((top, score, index) => (score > scores[top]! ? index : top), 0);
  const probability = 1 / scores.reduce((sum, score) => sum + Math.exp(score - scores[guess]!), 0);
  return { guess, probability };
}

/** Rounded down: nothing is certain. */
function percentOf(probability: number): string {
  return `${(Math.floor(probability * 1000) / 10).toFixed(1)} %`;
}

function centred(text: string, width: number): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  return cut.padStart(Math.floor((width + cut.length) / 2)).padEnd(width);
}
