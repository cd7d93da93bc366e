// How often a network is right about photographs in a folder for each class: read, prepared and predicted a few at a time,
// so that any number of them takes the same memory.

import { listFolder } from "#platform";
import { filesBelow, isPictureFile } from "../data/image-folder.js";
import { check, FeatureMapError } from "../errors.js";
import { readImage } from "../image/index.js";
import type { Model } from "../index.js";
import { Tensor } from "../tensor.js";
import { shares, spread } from "./evenly.js";
import { classFinder } from "./labels.js";

/** A folder of photographs of one class. */
export interface ClassFolder {
  readonly name: string;
  /** The class's index among the network's outputs. */
  readonly index: number;
  readonly files: readonly string[];
  /** Files in it of other kinds. */
  readonly skipped: readonly string[];
}

export interface PhotosResult {
  /** Photographs that were read. */
  readonly count: number;
  /** Share of them whose class has the highest score, and one of the five highest. */
  readonly top1: number;
  readonly top5: number;
  readonly folders: readonly {
    readonly name: string;
    readonly count: number;
    readonly top1: number;
    readonly top5: number;
  }[];
  readonly unreadable: readonly { readonly file: string; readonly error: string }[];
  readonly seconds: number;
  readonly imagesPerSecond: number;
}

/** Photographs predicted at once, where the network takes any number. */
const BATCH = 16;
const LISTED = 20;

/** The class folders in a folder, or in its part for tests, with the classes that their names mean. */
export async function findPhotos(data: string, model: Model): Promise<ClassFolder[]> {
  const subfolders = async (path: string): Promise<string[]> =>
    (await listFolder(path))
      .filter(({ name, isFolder }) => isFolder && !name.startsWith("."))
      .map(({ name }) => name);
  const all = await subfolders(data);
  // Also where the pictures to train on are elsewhere.
  const parts = ["train", "test", "val"];
  const isParent = all.includes("train") || (all.length > 0 && all.every((name) => parts.includes(name)));
  const part = isParent ? ["test", "val"].find((name) => all.includes(name)) : undefined;
  const root = part === undefined ? data : `${data}/${part}`;
  const names = part === undefined ? all : await subfolders(root);
  check(
    names.length > 0,
    () => `${root} has no subfolders. Put the pictures of each class into a subfolder with the class's name.`,
  );
  const indices = classesOf(names, model, root);
  return Promise.all(
    names.map(async (name, i) => {
      const all = await filesBelow(`${root}/${name}`);
      const [files, skipped] = [true, false].map((is) =>
        all.filter((file) => isPictureFile(nameIn(file)) === is),
      );
      return { name, index: indices[i]!, files: files!, skipped: skipped! };
    }),
  );
}

const nameIn = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

function classesOf(names: readonly string[], { classes, outputShape }: Model, root: string): number[] {
  const [outputs = 0] = outputShape;
  // Nobody has named the outputs: then they are in the order of the folders, as torchvision's ImageFolder has them.
  if (classes.length === 0 && names.length === outputs) return names.map((_, i) => i);
  const { find, ambiguous } = classFinder(classes, outputs);
  const unclear = names.map((name) => [name, find(name) === undefined ? ambiguous(name) : []] as const);
  const [doubtful, meant = []] = unclear.find(([, indices]) => indices.length > 1) ?? [];
  check(doubtful === undefined, () => {
    const all = meant.map((index) => `"${classes[index]}" (${index})`).join(" and ");
    return `The folder "${doubtful}" in ${root} is ambiguous: it may be ${all}. Name it after the index, such as ${meant[0]}, or by its WordNet number.`;
  });
  const strangers = names.filter((name) => find(name) === undefined);
  check(strangers.length === 0, () => {
    const listed = strangers.slice(0, LISTED).map((name) => `"${name}"`);
    const more = strangers.length > LISTED ? `, and ${strangers.length - LISTED} more` : "";
    const known = classes.length > 0 ? `, such as "${classes[0]}"` : "";
    return (
      `${strangers.length} of the ${names.length} folders in ${root} are no class of the network: ${listed.join(", ")}${more}. ` +
      `Name a folder after one of its ${outputs} classes${known}, or by its index from 0; ImageNet's also by its WordNet number, n01440764.`
    );
  });
  return names.map((name) => find(name)!);
}

/** So many of the photographs, evenly from all classes. */
export function thinned(folders: readonly ClassFolder[], limit: number): ClassFolder[] {
  const counts = shares(
    folders.map(({ files }) => files.length),
    limit,
  );
  return folders.map((folder, i) => ({ ...folder, files: spread(folder.files, counts[i]!) }));
}

interface Options {
  /** Throw at the first photograph that cannot be read. */
  readonly strict?: boolean | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, top1: number, imagesPerSecond: number) => void;
}

interface Photo {
  readonly folder: number;
  readonly input: Tensor;
}

/** Predicts all photographs, and compares. */
export async function evaluatePhotos(
  model: Model,
  folders: readonly ClassFolder[],
  { strict = false, signal, onProgress }: Options,
): Promise<PhotosResult> {
  const { batch } = model.ports[0]!;
  const isFixed = typeof batch === "number";
  const size = isFixed ? batch : batch ? BATCH : 1;
  const tallies = folders.map(({ name }) => ({ name, count: 0, top1: 0, top5: 0 }));
  const unreadable: { file: string; error: string }[] = [];
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const sum = (key: "count" | "top1" | "top5"): number => tallies.reduce((all, tally) => all + tally[key], 0);

  let photos: Photo[] = [];
  /** The batch under way: while threads predict it, the next one is read. */
  let running: Promise<void> = Promise.resolve();
  const run = async (these: readonly Photo[]): Promise<void> => {
    const inputs = stacked(these, isFixed ? size : these.length);
    const outputs = await model.predict(inputs);
    const classes = outputs.size / inputs.shape[0]!;
    for (const [i, { folder }] of these.entries()) {
      const rank = rankOf(outputs.data.subarray(i * classes, (i + 1) * classes), folders[folder]!.index);
      const tally = tallies[folder]!;
      tally.count++;
      if (rank < 1) tally.top1++;
      if (rank < 5) tally.top5++;
    }
    const count = sum("count");
    onProgress(count + unreadable.length, sum("top1") / count, count / seconds());
  };
  const flush = async (): Promise<void> => {
    await running;
    signal.throwIfAborted();
    const these = photos;
    photos = [];
    running = these.length > 0 ? run(these) : Promise.resolve();
    // Where it is awaited, it throws; until then nothing has to.
    running.catch(() => {});
  };

  for (const [folder, { files }] of folders.entries()) {
    for (const file of files) {
      try {
        const input = await model.prepare!(await readImage(file));
        photos.push({ folder, input });
      } catch (error) {
        if (!(error instanceof FeatureMapError) || strict) throw error;
        unreadable.push({ file, error: error.message });
      }
      if (photos.length === size) await flush();
    }
  }
  await flush();
  await running;
  const count = sum("count");
  check(
    count > 0,
    () => `None of the ${unreadable.length} pictures can be read. ${unreadable[0]?.error ?? ""}`,
  );
  return {
    count,
    top1: sum("top1") / count,
    top5: sum("top5") / count,
    folders: tallies.map(({ name, count: n, top1, top5 }) => ({
      name,
      count: n,
      top1: top1 / n,
      top5: top5 / n,
    })),
    unreadable,
    seconds: seconds(),
    imagesPerSecond: count / seconds(),
  };
}

/** Inputs as a batch of so many, filled up with the first one. */
function stacked(photos: readonly Photo[], count: number): Tensor {
  const { input } = photos[0]!;
  const data = new Float32Array(count * input.size);
  for (let i = 0; i < count; i++) data.set((photos[i]?.input ?? input).data, i * input.size);
  return new Tensor(data, [count, ...input.shape.slice(1)]);
}

/** How many classes have a higher score; among equals the first counts as higher. A score that is no number is the lowest. */
function rankOf(scores: Float32Array, index: number): number {
  const own = scores[index]!;
  if (Number.isNaN(own)) return scores.length;
  let rank = 0;
  for (let i = 0; i < scores.length; i++) if (scores[i]! > own || (scores[i] === own && i < index)) rank++;
  return rank;
}
