import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { FeatureMapError } from "../errors.js";

/** Throws when the file could not be written: better before the work than after it. */
export async function checkWritable(path: string): Promise<void> {
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
