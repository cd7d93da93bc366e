import { check } from "../errors.js";
import { type DownloadCache, MemoryDraft } from "./draft.js";
import { nameOf } from "./fetch-bytes.js";

const NAME = "featuremap";
/** The browser's cache keeps whole answers only; this header lets us see that it did. */
const SIZE_HEADER = "x-featuremap-bytes";

/** Keeps downloads in the browser's Cache API; undefined where the page has none, as without https. */
export function storageCache(): DownloadCache | undefined {
  if (typeof caches === "undefined") return undefined;
  const cache = (): Promise<Cache> => caches.open(NAME);
  return {
    async read(url) {
      const response = await cache()
        .then((opened) => opened.match(url))
        .catch(() => undefined);
      if (!response) return undefined;
      const bytes = new Uint8Array(await response.arrayBuffer());
      return String(bytes.length) === response.headers.get(SIZE_HEADER) ? bytes : undefined;
    },
    async forget(url) {
      await (await cache()).delete(url);
    },
    draft: async (url) =>
      new MemoryDraft(async (bytes) => {
        const headers = { "Content-Type": "application/octet-stream", [SIZE_HEADER]: String(bytes.length) };
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
