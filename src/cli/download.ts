import { formatBytes } from "../inspect/numbers.js";
import type { ReadWeightsOptions } from "../weights/index.js";
import { interruptible } from "./exit.js";
import { duration, Progress } from "./progress.js";

/** Files up to so many bytes are there at once. */
const LITTLE = 1_000_000;

/** Reads weights with a bar while they are downloaded, which Ctrl-C ends. */
export async function downloading<T>(
  source: string,
  read: (options: ReadWeightsOptions) => Promise<T>,
): Promise<T> {
  if (!/^https?:/i.test(source)) return read({});
  const started = performance.now();
  let progress: Progress | undefined;
  const onProgress: ReadWeightsOptions["onProgress"] = ({ receivedBytes: now, totalBytes: all = 0 }) => {
    // What comes from the cache is there at once too.
    if (all > LITTLE && now < all) progress ??= new Progress("downloading", all);
    const rate = (now / (performance.now() - started)) * 1000;
    const left = duration((all - now) / rate);
    progress?.update(
      now,
      `${formatBytes(now)} of ${formatBytes(all)}  ${formatBytes(Math.round(rate))}/s  ${left} left`,
    );
  };
  try {
    return await interruptible((signal) => read({ onProgress, signal }));
  } finally {
    progress?.stop();
  }
}
