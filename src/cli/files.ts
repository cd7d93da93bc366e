import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { FeatureMapError } from "../errors.js";
import { UsageError } from "./exit.js";

/**
 * Throws when an output could not be written, or would replace another output or an input: better before the work than
 * after it.
 */
export async function checkOutputs(
  outputs: readonly (string | undefined)[],
  inputs: readonly string[] = [],
): Promise<void> {
  const taken = new Set(inputs.map((path) => resolve(path)));
  for (const path of outputs) {
    if (path === undefined) continue;
    if (taken.has(resolve(path)))
      throw new UsageError(
        `${path} is given twice, and one would replace the other. Give each file a name of its own.`,
      );
    taken.add(resolve(path));
    await checkWritable(path);
  }
}

async function checkWritable(path: string): Promise<void> {
  const folder = dirname(resolve(path));
  const inside = await stat(folder).catch(() => undefined);
  if (!inside)
    throw new FeatureMapError(`Cannot write ${path}: the folder ${folder} does not exist. Make it first.`);
  if (!inside.isDirectory()) throw new FeatureMapError(`Cannot write ${path}: ${folder} is not a folder.`);
  const old = await stat(path).catch(() => undefined);
  if (old?.isDirectory())
    throw new FeatureMapError(`Cannot write ${path}: it is a folder. Give the path of a file.`);
  for (const place of old ? [path, folder] : [folder]) {
    try {
      await access(place, constants.W_OK);
    } catch {
      throw new FeatureMapError(`Cannot write ${path}: ${place} may not be written to. Choose another path.`);
    }
  }
}
