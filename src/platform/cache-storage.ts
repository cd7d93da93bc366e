import { check } from "../errors.js";
import { stampOf } from "./download.js";
import { type DownloadCache, MemoryDraft } from "./draft.js";
import { nameOf } from "./fetch-bytes.js";

const NAME = "featuremap";
/** The browser's cache keeps whole answers only; this header lets us see that it did. */
const SIZE_HEADER = "x-featuremap-bytes";
const STAMP_HEADER = "x-featuremap-stamp";
const PATIENCE_MS = 10_000;

/** Keeps downloads in the browser's Cache API; undefined where the page has none, as without https. */
export function storageCache(): DownloadCache | undefined {
  if (typeof caches === "undefined") return undefined;
  const cache = (): Promise<Cache> => caches.open(NAME);
  return {
    async read(url, signal) {
      const response = await cache()
        .then((opened) => opened.match(url))
        .catch(() => undefined);
      if (!response || (await isOutdated(url, response.headers.get(STAMP_HEADER), signal))) return undefined;
      const bytes = new Uint8Array(await response.arrayBuffer());
      return String(bytes.length) === response.headers.get(SIZE_HEADER) ? bytes : undefined;
    },
    async forget(url) {
      await (await cache()).delete(url);
    },
    draft: async (url) =>
      new MemoryDraft(async (bytes, { stamp }) => {
        const headers = {
          "Content-Type": "application/octet-stream",
          [SIZE_HEADER]: String(bytes.length),
          ...(stamp !== undefined && { [STAMP_HEADER]: stamp }),
        };
        try {
          await (await cache()).put(url, new Response(bytes, { headers }));
        } catch (error) {
          console.warn(
            `${nameOf(url)} could not be kept in the browser's cache (${(error as Error).message}) and will be fetched again.`,
          );
        }
      }),
  };
}

/**
 * Whether the page's own site has another file by now. Its files change with it, and a developer's all the time; those of
 * other sites are kept as they are. Where the site does not answer, what is kept has to do.
 */
async function isOutdated(
  url: string,
  stamp: string | null,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (stamp === null || new URL(url).origin !== location.origin) return false;
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  signal?.addEventListener("abort", onAbort);
  const timer = setTimeout(onAbort, PATIENCE_MS);
  try {
    const response = await fetch(url, { method: "HEAD", cache: "no-store", signal: stop.signal });
    const { stamp: now } = stampOf(response);
    return response.ok && now !== undefined && now !== stamp;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Where a page keeps downloads, as the option `cache` wants it: see the same function for Node. */
export function downloadCache(option: boolean | string | undefined): DownloadCache | undefined {
  check(
    typeof option !== "string",
    () => `cache: a page has no folders such as ${option}. Use true or false.`,
  );
  if (option === false) return undefined;
  const cache = storageCache();
  check(
    cache || option === undefined,
    "cache: this page has no Cache API, which browsers give to https pages only. Leave the option out.",
  );
  return cache;
}
