import { check, FeatureMapError } from "../errors.js";
import type { Draft, Version } from "./draft.js";
import { checkScheme, isOtherSite, nameOf, whyBroken, whyNot } from "./fetch-bytes.js";
import { BrokenStream, pump } from "./pump.js";

/** How far a transfer is. */
export interface TransferProgress {
  readonly receivedBytes: number;
  /** Where it is known. */
  readonly totalBytes?: number;
}

export interface TransferOptions {
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How long a server is waited for, and how often it is asked again. */
export interface Patience {
  /** Without a byte for so long, a connection is given up. */
  readonly stallMs: number;
  /** Failures in a row that brought no new bytes. */
  readonly failures: number;
  /** Before the second attempt; doubled from one failure to the next. */
  readonly delayMs: number;
}

export const usualPatience: Patience = { stallMs: 30_000, failures: 5, delayMs: 250 };

/** However much each brings: a server that ends every connection after a byte is no use. */
const ATTEMPTS = 100;
const LONGEST_WAIT_MS = 30_000;
/** Answers after which it makes sense to ask again. */
const temporary = [408, 425, 429, 500, 502, 503, 504];
/** Failures of a connection after which it does not. */
const permanent =
  /ENOTFOUND|ERR_INVALID|bad port|speak https|certificate|redirect|parse URL|scheme|credentials/i;

/** What went wrong with one attempt, when another may succeed. */
class Interrupted extends Error {
  constructor(
    reason: string,
    readonly waitMs = 0,
    /** Attempts in a row that make sense. */
    readonly most = Number.POSITIVE_INFINITY,
  ) {
    super(reason);
  }
}

/** The server could not be made to send the whole file; what it sent is sound as far as it goes. */
export class DownloadError extends FeatureMapError {
  override name = "DownloadError";
}

/**
 * Fetches a file into a draft. A connection that breaks off or stalls is made again, several times, and goes on where it
 * stopped if the server proves by its ETag that the file is still the same; otherwise everything is fetched anew.
 * @throws the signal's reason as soon as it is aborted; DownloadError where the server cannot be reached or keeps failing
 */
export async function download(
  url: string,
  draft: Draft,
  options: TransferOptions,
  patience: Patience,
): Promise<void> {
  const { signal } = options;
  checkScheme(url);
  let failures = 0;
  let most = draft.size;
  for (let attempts = 1; ; attempts++) {
    try {
      signal?.throwIfAborted();
      await attempt(url, draft, options, patience);
      return;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Interrupted)) throw error;
      failures = draft.size > most ? 1 : failures + 1;
      most = Math.max(most, draft.size);
      if (failures >= Math.min(patience.failures, error.most) || attempts === ATTEMPTS) {
        throw new DownloadError(
          `Cannot fetch ${nameOf(url)}: ${error.message.replace(/\.$/, "")}. That was attempt ${attempts}; try again later.`,
        );
      }
      const doubled = patience.delayMs * 2 ** (failures - 1);
      await delay(Math.min(Math.max(error.waitMs, doubled), LONGEST_WAIT_MS), signal);
    }
  }
}

async function attempt(
  url: string,
  draft: Draft,
  { onProgress, signal }: TransferOptions,
  { stallMs }: Patience,
): Promise<void> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal!.reason);
  signal?.addEventListener("abort", onAbort);
  const stall = (): void => stop.abort(new Interrupted(`nothing came for ${stallMs / 1000} s`));
  let watch = setTimeout(stall, stallMs);
  const heard = (): void => {
    clearTimeout(watch);
    watch = setTimeout(stall, stallMs);
  };
  try {
    const { body, total, version } = await open(url, draft, stop.signal);
    heard();
    onProgress?.({ receivedBytes: draft.size, ...(total !== undefined && { totalBytes: total }) });
    const take = async (piece: Uint8Array): Promise<void> => {
      heard();
      await draft.write(piece);
      onProgress?.({ receivedBytes: draft.size, ...(total !== undefined && { totalBytes: total }) });
    };
    if (body) await pump(body, take, stop.signal);
    await checkLength(draft, version);
  } catch (error) {
    if (error instanceof BrokenStream && !stop.signal.aborted) throw new Interrupted(whyBroken(error.cause));
    // What a connection throws when it is stopped differs from engine to engine; the reason does not.
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    clearTimeout(watch);
    signal?.removeEventListener("abort", onAbort);
  }
}

interface Answer {
  readonly body: ReadableStream<Uint8Array> | null;
  /** For the progress. */
  readonly total: number | undefined;
  readonly version: Version;
}

/** Asks for what is missing in the draft, and begins it anew if the server sends everything. */
async function open(url: string, draft: Draft, signal: AbortSignal): Promise<Answer> {
  const { etag, size } = draft.version;
  const from = etag !== undefined ? draft.size : 0;
  if (from > 0 && from === size) return { body: null, total: size, version: draft.version };
  const resume = from > 0 && { Range: `bytes=${from}-`, "If-Range": etag! };
  // Compressed, a file has another length and cannot be resumed. Browsers decide on this themselves.
  const headers = { "Accept-Encoding": "identity", ...resume };
  const response = await fetch(url, { headers, signal, cache: "no-store" }).catch((cause) =>
    unreachable(url, cause, draft),
  );
  if (response.status === 206 && from > 0) {
    const whole = continues(response, draft);
    if (whole !== undefined)
      return { body: response.body, total: whole, version: { ...draft.version, size: whole } };
    await dismiss(response);
    await draft.begin({});
    throw new Interrupted("the server sent a part of another version of the file");
  }
  if (response.status === 416 && from > 0) {
    await dismiss(response);
    await draft.begin({});
    throw new Interrupted("the file became shorter while it was fetched");
  }
  await checkStatus(response, url);
  const version = versionOf(response);
  await draft.begin(version);
  return { body: response.body, total: announcedBytes(response), version };
}

/** The whole file's size, if the answer begins where the draft ends, in the same version; undefined otherwise. */
function continues(response: Response, draft: Draft): number | undefined {
  const { etag, size } = draft.version;
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "") ?? [];
  const same =
    Number(first) === draft.size &&
    (size === undefined || Number(total) === size) &&
    response.headers.get("ETag") === etag;
  return same ? Number(total) : undefined;
}

async function checkStatus(response: Response, url: string): Promise<void> {
  const { status, statusText } = response;
  if (status === 200) return;
  await dismiss(response);
  const said = `the server answered ${`${status} ${statusText}`.trim()}`;
  if (temporary.includes(status)) {
    throw new Interrupted(said, 1000 * (Number(response.headers.get("Retry-After")) || 0));
  }
  const name = nameOf(url);
  check(
    status !== 404 && status !== 410,
    () => `Cannot fetch ${name}: there is nothing at this address (${said}). Check it.`,
  );
  throw new FeatureMapError(
    `Cannot fetch ${name}: ${said}. Check the address, and that it may be read from here.`,
  );
}

function versionOf(response: Response): Version {
  const etag = response.headers.get("ETag");
  const size = announcedBytes(response);
  // A page sees only some headers of other sites; not whether the length is that of compressed bytes.
  const elsewhere = isOtherSite(response.url);
  const encoded = isEncoded(response);
  return {
    // A weak one, W/"...", stays when only unimportant bytes change.
    ...(etag?.startsWith('"') && !encoded && { etag }),
    ...(size !== undefined && !elsewhere && { size }),
    ...stampOf(response),
  };
}

/** What changes when the server has another file at the address. */
export function stampOf({ headers }: Response): { stamp?: string } {
  const stamp = headers.get("ETag") ?? headers.get("Last-Modified");
  return stamp === null ? {} : { stamp };
}

function isEncoded(response: Response): boolean {
  return !["", "identity"].includes(response.headers.get("Content-Encoding") ?? "");
}

/** What the body will hold; unknown where that is compressed. */
function announcedBytes(response: Response): number | undefined {
  const length = response.headers.get("Content-Length");
  return length === null || isEncoded(response) || !/^\d{1,15}$/.test(length) ? undefined : Number(length);
}

async function checkLength(draft: Draft, { size }: Version): Promise<void> {
  if (size === undefined || draft.size === size) return;
  const got = `${draft.size} bytes instead of the ${size} that the server announced`;
  if (draft.size < size) throw new Interrupted(`the connection ended after ${got}`);
  await draft.begin({});
  throw new Interrupted(`there came ${got}`);
}

/** No connection: worth another attempt, unless the cause will stay. */
function unreachable(url: string, cause: unknown, { size }: Draft): never {
  if (!(cause instanceof TypeError)) throw cause;
  const reason = whyNot(cause, url);
  check(!permanent.test(`${cause.message} ${reason}`), () => `Cannot fetch ${nameOf(url)}: ${reason}`);
  // A page is not told whether another site forbids it to read the file. One that could be read before does not.
  throw new Interrupted(reason, 0, isOtherSite(url) && size === 0 ? 2 : undefined);
}

async function dismiss(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}

function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
