// Names of classes: from files, and what people call the folders of their pictures.

import { readFile } from "#platform";
import { check } from "../errors.js";
import { imagenetLabels } from "../zoo/imagenet.js";
import { wordnetIds } from "../zoo/wordnet.js";

/** The labels in a file: one a line, or a JSON list, or a JSON object by index, as in `{"0": ["n01440764", "tench"]}`. */
export async function labelsFrom(path: string): Promise<string[]> {
  const text = new TextDecoder().decode(await readFile(path)).trim();
  const labels = /^[[{]/.test(text) ? fromJson(text, path) : text.split(/\r?\n/).map((line) => line.trim());
  check(
    labels.length > 0 && labels.every(Boolean),
    () => `${path}: there must be one label a line, and no empty one.`,
  );
  return labels;
}

function fromJson(text: string, path: string): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    check(false, `${path} is not JSON: ${(error as Error).message}.`);
  }
  const list = Array.isArray(parsed)
    ? parsed
    : Object.keys(parsed as object).map((_, i) => (parsed as Record<string, unknown>)[i]);
  const labels = list.map((item) => (Array.isArray(item) ? item.at(-1) : item));
  check(
    labels.every((label) => typeof label === "string"),
    `${path}: the JSON must be a list of labels, or an object of them by index from 0.`,
  );
  return labels as string[];
}

/** The labels of a network that nobody named: ImageNet's where it has as many outputs, with or without a background. */
export function usualLabels(outputs: number): readonly string[] {
  if (outputs === imagenetLabels.length) return imagenetLabels;
  return outputs === imagenetLabels.length + 1 ? ["background", ...imagenetLabels] : [];
}

/** What names of folders mean. */
export interface ClassFinder {
  readonly find: (folder: string) => number | undefined;
  /** The classes that a name may mean. */
  readonly ambiguous: (folder: string) => number[];
}

/** The index of the class that a folder's name means, by its label, one of its synonyms, its WordNet number or its index. */
export function classFinder(classes: readonly string[], outputs: number): ClassFinder {
  // Of a name that several classes have nobody can tell which is meant.
  const whole = new Map<string, number | undefined>();
  const parts = new Map<string, number | undefined>();
  for (const [index, label] of classes.entries()) {
    const name = plain(label);
    whole.set(name, whole.has(name) ? undefined : index);
    for (const part of new Set(label.split(",").map(plain)))
      parts.set(part, parts.has(part) ? undefined : index);
  }
  const first = classes.length - imagenetLabels.length;
  const isImagenet = first >= 0 && imagenetLabels.every((label, i) => classes[first + i] === label);
  const numbers = new Map(isImagenet ? wordnetIds.map((id, i) => [id, first + i]) : []);
  const find = (folder: string): number | undefined => {
    const name = plain(folder);
    const found = whole.get(name) ?? parts.get(name) ?? numbers.get(name);
    if (found !== undefined) return found;
    // ImageNet's classes are counted without a background in front of them.
    const index = /^\d+$/.test(name) ? Number(name) + (isImagenet ? first : 0) : Number.NaN;
    return index < outputs ? index : undefined;
  };
  const ambiguous = (folder: string): number[] =>
    [...classes.keys()].filter((index) => {
      const label = classes[index]!;
      return [label, ...label.split(",")].map(plain).includes(plain(folder));
    });
  return { find, ambiguous };
}

/** As names are compared: "Great_White-Shark" is "great white shark". */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[\s,_-]+/g, " ")
    .trim();
