import { FeatureMapError } from "../errors.js";

/** What a server says about a file: whether parts out of two answers belong to the same file. */
export interface Version {
  /** Changes with the file's bytes; absent where a server cannot promise that. */
  readonly etag?: string;
  /** Its bytes, where the server tells and can be believed. */
  readonly size?: number;
  /** Its ETag of any kind or else its date: changes when the server has another file. */
  readonly stamp?: string;
}

/** A download that is growing. */
export interface Draft {
  /** Bytes held. */
  readonly size: number;
  /** What they belong to. */
  readonly version: Version;
  /** Drops what came so far and begins anew with a version. */
  begin(version: Version): Promise<void>;
  write(piece: Uint8Array): Promise<void>;
  /** All of them. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** The download is complete and sound: where there is a cache, it is in there from now on, whole. */
  publish(): Promise<void>;
  /** The download failed. With `keep`, where there is a cache, a later one goes on from here. */
  abandon(keep: boolean): Promise<void>;
}

/** Where downloads are kept. */
export interface DownloadCache {
  /** What was published for an address, if it is there and still as long as it was. */
  read(url: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Drops it. */
  forget(url: string): Promise<void>;
  /** Begins a download, or goes on with one that was abandoned. */
  draft(url: string): Promise<Draft>;
}

const FIRST_BYTES = 2 ** 20;

/** A download in memory. `keep` receives its bytes when it is published. */
export class MemoryDraft implements Draft {
  size = 0;
  version: Version = {};
  #room = new Uint8Array(0);

  constructor(readonly keep?: (bytes: Uint8Array<ArrayBuffer>, version: Version) => Promise<void>) {}

  async begin(version: Version): Promise<void> {
    this.size = 0;
    this.version = version;
  }

  async write(piece: Uint8Array): Promise<void> {
    const needed = this.size + piece.length;
    if (needed > this.#room.length) {
      // A size that a server claims is a hint only: no more is taken than twice what really came.
      const double = Math.max(FIRST_BYTES, 2 * needed);
      const { size = double } = this.version;
      const room = allocate(size >= needed ? Math.min(size, double) : double);
      room.set(this.#room.subarray(0, this.size));
      this.#room = room;
    }
    this.#room.set(piece, this.size);
    this.size = needed;
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#room.subarray(0, this.size);
  }

  async publish(): Promise<void> {
    await this.keep?.(await this.bytes(), this.version);
  }

  async abandon(): Promise<void> {
    this.#room = new Uint8Array(0);
  }
}

function allocate(bytes: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new FeatureMapError(`There is no memory for ${bytes} bytes of weights.`, { cause });
  }
}

/** No cache: downloads are held in memory and not kept. */
export const noCache: DownloadCache = {
  read: async () => undefined,
  forget: async () => {},
  draft: async () => new MemoryDraft(),
};
