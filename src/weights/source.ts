// Where files come from: paths, addresses with a cache, Blobs, bytes, streams and responses.

import { readFile } from "#platform";
import { downloadCache, locate, sha256 as sha256Of } from "#sources";
import { check, checkIs, checkSignal, FeatureMapError, show } from "../errors.js";
import { DownloadError, download, type Patience, type TransferOptions } from "../platform/download.js";
import { MemoryDraft, noCache } from "../platform/draft.js";
import { nameOf } from "../platform/fetch-bytes.js";
import { BrokenStream, pump } from "../platform/pump.js";
import type { FileOptions } from "./options.js";

export { type FileOptions, fileOptions } from "./options.js";

/**
 * Where a file comes from: a path or an address (in a page always an address), a Blob or File, bytes, a stream of
 * bytes, or what `fetch` gave.
 */
export type FileSource =
  | string
  | URL
  | Blob
  | ArrayBuffer
  | Uint8Array
  | ReadableStream<Uint8Array>
  | Response;

/**
 * Reads a file and opens it. From an address it comes by a download that survives broken connections, and is kept for
 * the next time only when it is whole, has the SHA-256 that is asked for and could be opened.
 * @param what the function a user called, for errors
 * @param open what is made of the file's bytes and its name
 * @throws FeatureMapError for files that cannot be fetched, and what `open` throws; the signal's reason
 */
export async function openFile<T>(
  what: string,
  source: FileSource,
  { onProgress, signal, sha256, cache }: FileOptions,
  patience: Patience,
  open: (bytes: Uint8Array, name: string) => T | Promise<T>,
): Promise<T> {
  checkSignal(what, signal);
  const isProgress = onProgress === undefined || typeof onProgress === "function";
  checkIs(isProgress, `${what}: onProgress`, onProgress, "a function");
  const isHash = sha256 === undefined || (typeof sha256 === "string" && /^[0-9a-f]{64}$/i.test(sha256));
  checkIs(isHash, `${what}: sha256`, sha256, "a text of 64 hexadecimal digits");
  const isCache =
    cache === undefined || typeof cache === "boolean" || (typeof cache === "string" && cache !== "");
  checkIs(isCache, `${what}: cache`, cache, "true, false or a folder");
  signal?.throwIfAborted();

  const transfer: TransferOptions = { onProgress, signal };
  /** What is done with all of a file's bytes before anything else. */
  const openWhole = async (bytes: Uint8Array, name: string): Promise<T> => {
    signal?.throwIfAborted();
    if (sha256 !== undefined) await checkSha256(bytes, sha256, name);
    const opened = await open(bytes, name);
    signal?.throwIfAborted();
    return opened;
  };
  const place =
    typeof source === "string" || kindOf(source) === "URL" ? locate(source as string | URL) : undefined;
  if (place === undefined) {
    const name = nameOfSource(source);
    return openWhole(await receive(what, source, name, transfer), name);
  }
  if ("path" in place) return openWhole(await readFile(place.path, transfer), place.path);
  return fetched(place.url, cache, transfer, patience, openWhole);
}

/** What a source without an address or a path is called in messages. */
export function nameOfSource(source: FileSource, other = "The weights file"): string {
  if (typeof source === "string" || kindOf(source) === "URL") return nameOf(source as string | URL);
  if (kindOf(source) === "File") return (source as File).name;
  const url = kindOf(source) === "Response" ? (source as Response).url : "";
  return url ? nameOf(url) : other;
}

/** From the cache, or else by a download, which goes into the cache once `open` has found it sound. */
async function fetched<T>(
  url: string,
  option: boolean | string | undefined,
  transfer: TransferOptions,
  patience: Patience,
  open: (bytes: Uint8Array, name: string) => Promise<T>,
): Promise<T> {
  const { signal, onProgress } = transfer;
  const cache = (/^https?:/.test(url) ? downloadCache(option) : undefined) ?? noCache;
  const kept = await cache.read(url, signal);
  signal?.throwIfAborted();
  if (kept) {
    onProgress?.({ receivedBytes: kept.length, totalBytes: kept.length });
    try {
      return await open(kept, nameOf(url));
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof FeatureMapError)) throw error;
      // Damaged on the disk, or not what is asked for now: the server may have the right one.
      await cache.forget(url);
    }
  }
  const draft = await cache.draft(url);
  let keep = false;
  try {
    await download(url, draft, transfer, patience).catch((error) => {
      keep = error instanceof DownloadError;
      throw error;
    });
    const result = await open(await draft.bytes(), nameOf(url));
    await draft.publish();
    return result;
  } catch (error) {
    await draft.abandon(keep);
    throw error;
  }
}

/** The bytes of everything that has no address. */
async function receive(
  what: string,
  source: FileSource,
  name: string,
  transfer: TransferOptions,
): Promise<Uint8Array> {
  switch (kindOf(source)) {
    case "Uint8Array": {
      const bytes = source as Uint8Array;
      // Text decoders refuse memory that other threads may change.
      return kindOf(bytes.buffer) === "SharedArrayBuffer" ? new Uint8Array(bytes) : bytes;
    }
    case "ArrayBuffer":
      return new Uint8Array(source as ArrayBuffer);
    case "Blob":
    case "File":
      return fromStream((source as Blob).stream(), (source as Blob).size, transfer, name);
    case "ReadableStream":
      return fromStream(source as ReadableStream<Uint8Array>, undefined, transfer, name);
    case "Response":
      return fromResponse(source as Response, transfer, name);
    default:
      throw new FeatureMapError(
        `${what}: the source is ${show(source)}; it must be a path, an address (URL), bytes (Uint8Array or ` +
          "ArrayBuffer), a Blob, a ReadableStream or a Response.",
      );
  }
}

async function fromResponse(
  response: Response,
  transfer: TransferOptions,
  name: string,
): Promise<Uint8Array> {
  check(
    response.ok,
    () => `${name}: the server answered ${`${response.status} ${response.statusText}`.trim()}.`,
  );
  check(
    response.body && !response.bodyUsed,
    () => `${name}: the body of this Response was read before. Fetch it again.`,
  );
  const length = response.headers.get("Content-Length");
  const known = length !== null && !response.headers.has("Content-Encoding");
  return fromStream(response.body, known ? Number(length) : undefined, transfer, name);
}

async function fromStream(
  stream: ReadableStream<Uint8Array>,
  total: number | undefined,
  { onProgress, signal }: TransferOptions,
  name: string,
): Promise<Uint8Array> {
  check(!stream.locked, () => `${name}: something else is reading this stream already. Give one of its own.`);
  const draft = new MemoryDraft();
  await draft.begin(total === undefined ? {} : { size: total });
  const take = async (piece: unknown): Promise<void> => {
    checkIs(kindOf(piece) === "Uint8Array", `${name}: a piece of the stream`, piece, "a Uint8Array");
    await draft.write(piece as Uint8Array);
    onProgress?.({ receivedBytes: draft.size, ...(total !== undefined && { totalBytes: total }) });
  };
  try {
    await pump(stream, take, signal);
  } catch (error) {
    throw error instanceof BrokenStream ? error.cause : error;
  }
  return draft.bytes();
}

async function checkSha256(bytes: Uint8Array, expected: string, name: string): Promise<void> {
  const found = await sha256Of(bytes);
  check(
    found === expected.toLowerCase(),
    () =>
      `${name}: its SHA-256 is ${found}, not ${expected.toLowerCase()} as asked for. The file is damaged, or another version.`,
  );
}

/** By its tag: what another frame made is no instance of this one's classes. */
function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
