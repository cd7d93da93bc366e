import * as fs from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { FeatureMapError } from "../errors.js";
import type { TransferOptions } from "./download.js";

const PIECE_BYTES = 2 ** 24;

/** The whole file. */
export async function readFile(
  path: string | URL,
  { onProgress, signal }: TransferOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  signal?.throwIfAborted();
  const report = (receivedBytes: number, totalBytes: number): void => {
    signal?.throwIfAborted();
    onProgress?.({ receivedBytes, totalBytes });
  };
  const file = await attempt(path, () => fs.open(path));
  try {
    const stats = await attempt(path, () => file.stat());
    // What a pipe or a device holds shows only in the end.
    if (!stats.isFile()) return new Uint8Array(await attempt(path, () => file.readFile()));
    const bytes = await attempt(path, async () => new Uint8Array(stats.size));
    let done = 0;
    report(0, stats.size);
    while (done < bytes.length) {
      const count = Math.min(PIECE_BYTES, bytes.length - done);
      const { bytesRead } = await attempt(path, () => file.read(bytes, done, count, done));
      // Shortened meanwhile by somebody else.
      if (bytesRead === 0) return bytes.slice(0, done);
      done += bytesRead;
      report(done, stats.size);
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** Whether a file is, by links, neither below the folder of another nor beside what that one is a link to. */
export async function isElsewhere(path: string, other: string): Promise<boolean> {
  const [file, own, folder] = await Promise.all([path, other, dirname(other)].map((one) => realPath(one)));
  return !file!.startsWith(join(folder!, sep)) && dirname(file!) !== dirname(own!);
}

/** Without links; a path that leads nowhere as it is. */
function realPath(path: string): Promise<string> {
  return fs.realpath(path).catch(() => resolve(path));
}

async function attempt<T>(path: string | URL, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new FeatureMapError(`Cannot read ${path}: ${reason(cause)}`);
  }
}

const remedies: Record<string, string> = {
  ENOENT: "there is no such file or folder. Check the path.",
  EACCES: "permission denied. Check who may use it, or choose another path.",
  EPERM: "the operation is not permitted. Choose another path.",
  EISDIR: "it is a folder. Give the path of a file.",
  ENOTDIR: "a part of the path is not a folder. Check the path.",
  ENOSPC: "the disk is full. Free some space or choose another disk.",
  EDQUOT: "the disk quota is used up. Free some space or choose another disk.",
  EFBIG: "the file is larger than is allowed here. Raise the limit or choose another disk.",
  EROFS: "the file system is read-only. Choose another path.",
  EMFILE: "too many files are open. Close some and try again.",
};

/** Of a failure of the file system, and what to do about it. */
export function reason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return remedies[code ?? ""] ?? `${message}.`;
}
