// Training on disk: one safetensors file with the weights under their own names, the optimiser's values under
// "optimizer/<slot>/<parameter>", the best weights under "best/<name>", and the rest as JSON in the metadata.

import { writeFileAtomic } from "#platform";
import { check, checkCount, checkIs, checkOptions, FeatureMapError } from "../errors.js";
import { readSource, type Source } from "../platform/read-source.js";
import { formatShape, type Tensor } from "../tensor.js";
import { readSafetensors } from "../weights/safetensors.js";
import { writeSafetensors } from "../weights/write-safetensors.js";
import type { Best } from "./early-stopping.js";
import type { EpochRecord } from "./fit.js";
import type { Slots } from "./trainer.js";

export interface CheckpointOptions {
  /** The file to write; an existing one stays whole if that fails. In a page, each one is offered as a download. */
  path?: string;
  /** Instead of a path: receives the file's bytes. */
  save?: (bytes: Uint8Array) => unknown;
  /** Epochs from one to the next. Default 1. One is always made when training ends. */
  every?: number;
}

/** Choices that the course of training depends on, by name. */
export type Settings = Readonly<Record<string, unknown>>;

/** Training between two epochs. */
export interface TrainingState {
  readonly settings: Settings;
  /** Of the epochs done. */
  readonly history: readonly EpochRecord[];
  readonly steps: number;
  /** Steps that the schedule reckoned with. */
  readonly totalSteps: number;
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly slots: Slots;
  readonly best: Best | undefined;
}

const KEY = "featuremap.training";
const VERSION = 1;

/** Where checkpoints go, and when. */
export class Checkpoints {
  readonly every: number;
  readonly #save: (bytes: Uint8Array) => unknown;

  constructor(options: CheckpointOptions) {
    checkOptions("fit: checkpoint", options, ["path", "save", "every"]);
    const { path, save, every = 1 } = options;
    check(
      (path === undefined) !== (save === undefined),
      "fit: checkpoint takes either a path or a function save.",
    );
    checkIs(path === undefined || typeof path === "string", "fit: checkpoint.path", path, "a string");
    checkIs(save === undefined || typeof save === "function", "fit: checkpoint.save", save, "a function");
    checkCount("fit: checkpoint.every", every);
    this.every = every;
    this.#save = save ?? ((bytes) => writeFileAtomic(path!, bytes));
  }

  async write(state: TrainingState): Promise<void> {
    await this.#save(encode(state));
  }
}

function encode({ weights, slots, best, ...rest }: TrainingState): Uint8Array {
  const tensors: [string, Tensor][] = [...weights];
  for (const [slot, values] of slots) {
    for (const [name, value] of values) tensors.push([`optimizer/${slot}/${name}`, value]);
  }
  for (const [name, value] of best?.weights ?? []) tensors.push([`best/${name}`, value]);
  const state = {
    version: VERSION,
    ...rest,
    ...(best && { best: { epoch: best.epoch, value: best.value } }),
  };
  // JSON has no NaN and no infinities.
  const json = JSON.stringify(state, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
  return writeSafetensors(tensors, { format: "pt", [KEY]: json });
}

/** Reads a checkpoint: a path (in a page an address), or its bytes. */
export async function readCheckpoint(source: Source): Promise<TrainingState & { readonly name: string }> {
  const name = typeof source === "string" ? source : "The checkpoint";
  const { tensors, metadata } = readSafetensors(await readSource("fit: resume", source), name);
  check(
    metadata[KEY] !== undefined,
    () =>
      `${name} is not a checkpoint of a training. For weights alone use model.load(), then fit without resume.`,
  );
  const { best, ...state } = parse(metadata[KEY], name);

  const weights = new Map<string, Tensor>();
  const slots = new Map<string, Map<string, Tensor>>();
  const bestWeights = new Map<string, Tensor>();
  for (const [key, value] of tensors) {
    const [, slot, parameter] = /^optimizer\/([^/]*)\/(.*)$/s.exec(key) ?? [];
    if (slot !== undefined)
      slots.set(slot, (slots.get(slot) ?? new Map<string, Tensor>()).set(parameter!, value));
    else if (key.startsWith("best/")) bestWeights.set(key.slice("best/".length), value);
    else weights.set(key, value);
  }
  if (best) {
    const shapes = (map: ReadonlyMap<string, Tensor>): string =>
      JSON.stringify([...map].map(([key, { shape }]) => `${key} ${formatShape(shape)}`).sort());
    check(
      shapes(bestWeights) === shapes(weights),
      () => `${name} is damaged: its best weights are not those of the same network as its weights.`,
    );
  }
  return { name, ...state, weights, slots, best: best && { ...best, weights: bestWeights } };
}

type Stored = Pick<TrainingState, "settings" | "history" | "steps" | "totalSteps"> & {
  best?: { epoch: number; value: number };
};

function parse(json: string, name: string): Stored {
  let state: Partial<Stored> & { version?: unknown };
  try {
    state = JSON.parse(json, (_, value: unknown) =>
      value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : value,
    ) as typeof state;
  } catch (cause) {
    throw new FeatureMapError(`${name} is damaged: what it says about the training cannot be read.`, {
      cause,
    });
  }
  check(
    state?.version === VERSION,
    () =>
      `${name} was written by another version of featuremap (format ${state?.version}, expected ${VERSION}).`,
  );
  const { settings, history, steps, totalSteps, best } = state;
  check(
    isObject(settings) &&
      Array.isArray(history) &&
      history.every(
        (record, i) => isObject(record) && record.epoch === i + 1 && typeof record.lr === "number",
      ) &&
      Number.isSafeInteger(steps) &&
      typeof totalSteps === "number" &&
      (best === undefined ||
        (isObject(best) && typeof best.epoch === "number" && typeof best.value === "number")),
    () => `${name} is damaged: what it says about the training is incomplete.`,
  );
  return { settings, history, steps: steps!, totalSteps, ...(best && { best }) };
}

/** Throws when training went on under other settings than the checkpoint's, which are listed all at once. */
export function checkSettings(name: string, saved: Settings, now: Settings): void {
  const differences = [...new Set([...Object.keys(saved), ...Object.keys(now)])]
    .filter((key) => JSON.stringify(saved[key]) !== JSON.stringify(now[key]))
    .map((key) => `${key}: ${show(saved[key])} in the checkpoint, ${show(now[key])} now`);
  check(
    differences.length === 0,
    () =>
      `${name} belongs to another training. ${differences.join("; ")}. Resume with the options it was begun with, ` +
      "or load its weights with model.load(path, { strict: false }) and begin a new training.",
  );
}

function show(setting: unknown): string {
  return typeof setting === "string" ? setting : (JSON.stringify(setting) ?? "none");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
