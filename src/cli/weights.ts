// Files of weights as the command line writes them: besides the weights they say what network they belong to, and what its
// pictures go through.

import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { writeFileAtomic } from "#platform";
import { FeatureMapError } from "../errors.js";
import { isPreprocessing, type Preprocessing } from "../image/index.js";
import type { Model } from "../index.js";
import { classNames } from "../weights/class-names.js";
import { writeSafetensors } from "../weights/index.js";

const MODEL = "featuremap.model";
const INPUT = "featuremap.input";

/** What a file of weights says besides the weights. */
export interface Origin {
  /** The network's name in the zoo. */
  readonly name?: string;
  readonly preprocessing?: Preprocessing;
  readonly classes?: readonly string[];
}

const LENGTH_BYTES = 8;
const MOST_BYTES = 10_000_000;

/** What a safetensors file says of its origin; nothing where it is another kind of file, damaged or elsewhere. */
export async function originOf(path: string): Promise<Origin> {
  return originIn(await metadataOf(path).catch(() => ({}) as Record<string, unknown>));
}

/** What metadata say of a file's origin. */
export function originIn(metadata: Readonly<Record<string, unknown>>): Origin {
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  const name = text(metadata[MODEL]);
  const preprocessing = parse(text(metadata[INPUT]), isPreprocessing);
  const classes = classNames(metadata);
  return { ...(name && { name }), ...(preprocessing && { preprocessing }), ...(classes && { classes }) };
}

/** The metadata at the head of a safetensors file, without reading its weights. */
async function metadataOf(path: string): Promise<Record<string, unknown>> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(LENGTH_BYTES), 0, LENGTH_BYTES, 0);
    const length = Number(buffer.readBigUInt64LE());
    if (length > MOST_BYTES) return {};
    const { buffer: header } = await file.read(Buffer.alloc(length), 0, length, LENGTH_BYTES);
    const { __metadata__: metadata } = JSON.parse(header.toString()) as { __metadata__?: object };
    return { ...metadata };
  } finally {
    await file.close();
  }
}

/** A network whose weights are to be saved. */
export interface Saved {
  /** In the zoo, if it is of it. */
  readonly name?: string | undefined;
  readonly model: Model;
  /** What its pictures go through, where that is not what the network's pictures go through as a rule. */
  readonly preprocessing?: Preprocessing | undefined;
}

/** The weights of a network as a safetensors file that says what it belongs to. */
export function modelFile({ name, model, preprocessing }: Saved): Uint8Array {
  return writeSafetensors(model.stateDict(), {
    format: "pt",
    ...(model.classes.length > 0 && { classes: JSON.stringify(model.classes) }),
    ...metadataFor({ name, preprocessing }),
  });
}

/** What a file says about its origin, besides the classes. */
export function metadataFor({ name, preprocessing }: Omit<Saved, "model">): Record<string, string> {
  return {
    ...(name !== undefined && { [MODEL]: name }),
    ...(preprocessing && { [INPUT]: JSON.stringify(preprocessing) }),
  };
}

/**
 * Writes the weights of a network. Where that fails, for what was learned not to be lost, to the folder for temporary
 * files, with an error that says so.
 */
export async function saveModel(path: string, saved: Saved): Promise<void> {
  const bytes = modelFile(saved);
  try {
    await writeFileAtomic(path, bytes);
  } catch (error) {
    const refuge = join(tmpdir(), `${process.pid}-${basename(path)}`);
    await writeFileAtomic(refuge, bytes).catch(() => {
      throw error;
    });
    throw new FeatureMapError(`${(error as Error).message} The new weights are in ${refuge} instead.`);
  }
}

/** JSON of a certain kind, or nothing. */
function parse<T>(json: string | undefined, is: (value: unknown) => value is T): T | undefined {
  if (json === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return is(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
