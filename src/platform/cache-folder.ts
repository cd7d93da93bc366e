// Downloads kept in a folder, in Node. Each has a folder of its own, which appears there by a single rename when it is
// whole; until then it is a draft that belongs to one process:
//
//   <hash of the address>-<file name>/                 content, about.json
//   <hash of the address>-<file name>.part.<owner>/    the same, growing
//   <hash of the address>-<file name>.part.left/       given up by its owner; whoever comes next goes on with it

import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { FeatureMapError } from "../errors.js";
import { type DownloadCache, type Draft, MemoryDraft, type Version } from "./draft.js";
import { readFile, reason } from "./node-files.js";

const CONTENT = "content";
const ABOUT = "about.json";
/** A draft that nobody has written to for so long has lost its owner: connections are given up much sooner. */
const LOST_MS = 5 * 60_000;

interface About {
  readonly etag?: string;
  readonly size?: number;
}

/** The user's folder for caches. `FEATUREMAP_CACHE` names another. */
export function defaultCacheFolder(env = process.env, platform = process.platform, home = homedir()): string {
  if (env.FEATUREMAP_CACHE) return resolve(env.FEATUREMAP_CACHE);
  const usual = {
    win32: env.LOCALAPPDATA || join(home, "AppData", "Local"),
    darwin: join(home, "Library", "Caches"),
  }[platform as string];
  // By its specification a relative XDG_CACHE_HOME is to be ignored.
  const xdg =
    env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : join(home, ".cache");
  return join(usual ?? xdg, "featuremap");
}

/**
 * Keeps downloads in a folder, which may be shared by processes and deleted at any time.
 * @param folder by default the user's; where that cannot be written, downloads are not kept, with a warning
 */
export function folderCache(folder?: string): DownloadCache {
  const root = folder ?? defaultCacheFolder();
  const place = (url: string): string => join(root, nameFor(url));
  return {
    read: (url, signal) => readPublished(place(url), signal),
    forget: (url) => remove(place(url)),
    async draft(url) {
      const giveUp = (cause: unknown): void => {
        const problem = `The cache folder ${root} cannot be used: ${reason(cause)}`;
        const remedy =
          "Set FEATUREMAP_CACHE or the option cache to a folder that can be written, or cache to false.";
        if (folder !== undefined) throw new FeatureMapError(`${problem} ${remedy}`, { cause });
        console.warn(`${problem} What is downloaded now is not kept. ${remedy}`);
      };
      try {
        await fs.mkdir(root, { recursive: true, mode: 0o700 });
        return new UncertainDraft(await FolderDraft.open(place(url)), giveUp);
      } catch (cause) {
        giveUp(cause);
        return new MemoryDraft();
      }
    },
  };
}

/** The address may hold secrets, and signs that file names may not. */
function nameFor(url: string): string {
  const hash = createHash("sha256").update(url).digest("hex").slice(0, 16);
  const name = new URL(url).pathname
    .split("/")
    .at(-1)!
    .replace(/[^\w.-]/g, "_")
    .slice(-80);
  return name ? `${hash}-${name}` : hash;
}

async function readPublished(
  place: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { size } = await readAbout(place);
  const content = join(place, CONTENT);
  const bytes = size === undefined ? undefined : await readFile(content, { signal }).catch(() => undefined);
  signal?.throwIfAborted();
  if (bytes && bytes.length === size) return bytes;
  // Nothing, or damaged: then it must make room.
  await remove(place);
  return undefined;
}

/** Nothing where it is missing or damaged. */
async function readAbout(place: string): Promise<About> {
  try {
    const about: unknown = JSON.parse(await fs.readFile(join(place, ABOUT), "utf8"));
    const { etag, size } = Object(about) as Record<string, unknown>;
    return {
      ...(typeof etag === "string" && { etag }),
      ...(Number.isSafeInteger(size) && { size: size as number }),
    };
  } catch {
    return {};
  }
}

/** Under another name first, so that nobody finds half of it. */
async function remove(place: string): Promise<void> {
  const grave = `${place}.part.${ownerName()}`;
  await fs.rename(place, grave).then(
    () => fs.rm(grave, { recursive: true, force: true }),
    () => {},
  );
}

const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
const ownerName = (): string => `${host}-${process.pid}-${randomBytes(4).toString("hex")}`;

class FolderDraft implements Draft {
  size = 0;
  version: Version = {};

  private constructor(
    readonly place: string,
    readonly folder: string,
    readonly file: fs.FileHandle,
  ) {}

  /** With what an earlier download left, if anything. */
  static async open(place: string): Promise<FolderDraft> {
    const folder = `${place}.part.${ownerName()}`;
    if (!(await adopt(place, folder))) await fs.mkdir(folder, { mode: 0o700 });
    const file = await fs.open(join(folder, CONTENT), fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
    const draft = new FolderDraft(place, folder, file);
    try {
      const { size } = await file.stat();
      draft.version = await readAbout(folder);
      draft.size = size;
      const sound = draft.version.etag !== undefined && size <= (draft.version.size ?? size);
      if (!sound) await draft.begin({});
    } catch (error) {
      await draft.abandon(false);
      throw error;
    }
    return draft;
  }

  async begin(version: Version): Promise<void> {
    await this.file.truncate(0);
    this.size = 0;
    this.version = version;
    await fs.writeFile(join(this.folder, ABOUT), JSON.stringify(version));
  }

  async write(piece: Uint8Array): Promise<void> {
    for (let done = 0; done < piece.length; ) {
      const { bytesWritten } = await this.file.write(piece, done, piece.length - done, this.size);
      done += bytesWritten;
      this.size += bytesWritten;
    }
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return readFile(join(this.folder, CONTENT));
  }

  async publish(): Promise<void> {
    await this.file.sync();
    await this.file.close();
    await fs.writeFile(join(this.folder, ABOUT), JSON.stringify({ ...this.version, size: this.size }));
    // Another process may have been faster; what it published is as good.
    await fs.rename(this.folder, this.place).catch(() => this.#discard());
  }

  async abandon(keep: boolean): Promise<void> {
    await this.file.close().catch(() => {});
    const useful = keep && this.size > 0 && this.version.etag !== undefined;
    const left =
      useful &&
      (await fs.rename(this.folder, `${this.place}.part.left`).then(
        () => true,
        () => false,
      ));
    if (!left) await this.#discard();
  }

  async #discard(): Promise<void> {
    await fs.rm(this.folder, { recursive: true, force: true }).catch(() => {});
  }
}

/** A draft in a folder that goes on in memory, not to be kept, when the folder fails: the disk may become full. */
class UncertainDraft implements Draft {
  #draft: Draft;

  /** @param giveUp is told the cause, and throws where that must be an error */
  constructor(
    draft: FolderDraft,
    readonly giveUp: (cause: unknown) => void,
  ) {
    this.#draft = draft;
  }

  get size(): number {
    return this.#draft.size;
  }

  get version(): Version {
    return this.#draft.version;
  }

  async begin(version: Version): Promise<void> {
    await this.#do(0, () => this.#draft.begin(version));
  }

  async write(piece: Uint8Array): Promise<void> {
    await this.#do(this.size, () => this.#draft.write(piece));
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#draft.bytes();
  }

  async publish(): Promise<void> {
    const draft = this.#draft;
    await draft.publish().catch(async (cause) => {
      await draft.abandon(false);
      this.giveUp(cause);
    });
  }

  abandon(keep: boolean): Promise<void> {
    return this.#draft.abandon(keep);
  }

  /** Once more in memory where it fails, after what the draft held before. */
  async #do(held: number, work: () => Promise<void>): Promise<void> {
    const folder = this.#draft;
    if (!(folder instanceof FolderDraft)) return work();
    try {
      await work();
    } catch (cause) {
      this.giveUp(cause);
      const memory = new MemoryDraft();
      await memory.begin(folder.version);
      if (held > 0) await memory.write((await folder.bytes()).subarray(0, held));
      await folder.abandon(false);
      this.#draft = memory;
      await work();
    }
  }
}

/** Makes a draft without an owner one's own. Of several processes that try, a rename lets one succeed. */
async function adopt(place: string, folder: string): Promise<boolean> {
  const root = join(place, "..");
  const prefix = `${place.slice(root.length + 1)}.part.`;
  for (const name of await fs.readdir(root)) {
    if (!name.startsWith(prefix) || !(await isLost(join(root, name), name.slice(prefix.length)))) continue;
    const adopted = await fs.rename(join(root, name), folder).then(
      () => true,
      () => false,
    );
    if (adopted) return true;
  }
  return false;
}

async function isLost(draft: string, owner: string): Promise<boolean> {
  if (owner === "left") return true;
  const [machine, pid] = owner.split("-");
  if (machine === host && !isRunning(Number(pid))) return true;
  const stats = await fs.stat(join(draft, CONTENT)).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs > LOST_MS;
}

/** The signal 0 only asks whether the process is there. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
