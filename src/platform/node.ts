import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { FeatureMapError } from "../errors.js";
import { reason } from "./node-files.js";
import type { Thread } from "./thread.js";

export { readFile } from "./node-files.js";

/** The files and folders in a folder, by the characters of their names. */
export async function listFolder(path: string): Promise<{ name: string; isFolder: boolean }[]> {
  try {
    const entries = await fs.readdir(path);
    // A link counts as what it leads to; one that leads nowhere as a file.
    const isFolder = (name: string) =>
      fs.stat(join(path, name)).then(
        (stats) => stats.isDirectory(),
        () => false,
      );
    return await Promise.all(entries.sort().map(async (name) => ({ name, isFolder: await isFolder(name) })));
  } catch (cause) {
    throw new FeatureMapError(`Cannot list the folder ${path}: ${reason(cause)}`);
  }
}

/** Where an npm package is installed, as seen from the current folder or else from this library; undefined if nowhere. */
export async function packageFolder(name: string): Promise<string | undefined> {
  for (const base of [join(process.cwd(), "package.json"), import.meta.url]) {
    try {
      return dirname(createRequire(base).resolve(`${name}/package.json`));
    } catch {
      // Not there: the next place.
    }
  }
  return undefined;
}

/** Writes a file so that the path holds either all of the new bytes or, after a failure, what it held before. */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  try {
    const old = await fs.stat(path).catch(() => undefined);
    if (old && !old.isFile()) {
      // A terminal, a pipe, a device: nothing to keep whole, and a rename would put a file in its place.
      await fs.writeFile(path, bytes);
    } else {
      // Through a link to the file itself, which is what must be replaced.
      await replaceFile(old ? await fs.realpath(path) : path, bytes, old?.mode);
    }
  } catch (cause) {
    throw new FeatureMapError(`Cannot write ${path}: ${reason(cause)} What was there before is unchanged.`);
  }
}

async function replaceFile(path: string, bytes: Uint8Array, mode?: number): Promise<void> {
  // In the same folder: a rename replaces a file in one step only within a file system.
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString("hex")}.tmp`);
  try {
    const file = await fs.open(draft, "wx", mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(draft, path);
  } catch (cause) {
    await fs.rm(draft, { force: true }).catch(() => {});
    throw cause;
  }
}

/** How many threads can run at once. */
export function cores(): number {
  return availableParallelism();
}

/** Lets timers, input and output have their turn. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Starts a worker from its source text, or from the address of its file; its `onStart` receives `data`. */
export function startWorker(
  source: string | URL,
  data: unknown,
  onMessage: (message: unknown) => void,
  onError: (error: Error) => void,
): Thread {
  const worker = new Worker(source, { eval: typeof source === "string", execArgv: [] });
  let over = false;
  const fail = (error: Error) => {
    if (!over) onError(error);
    over = true;
  };
  worker.on("message", onMessage);
  worker.on("messageerror", fail);
  worker.on("error", fail);
  worker.on("exit", (code) =>
    fail(new FeatureMapError(`A worker thread ended by itself, with exit code ${code}.`)),
  );
  worker.postMessage(data);
  return {
    post: (message) => worker.postMessage(message),
    terminate() {
      over = true;
      void worker.terminate();
    },
    ref: () => worker.ref(),
    unref: () => worker.unref(),
  };
}
