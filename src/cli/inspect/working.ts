import type { Progress as Done } from "../../inspect/index.js";
import { interruptible } from "../exit.js";
import { duration, Progress } from "../progress.js";

/** Long work with a bar on standard error, which Ctrl-C ends. */
export async function working<T>(
  title: string,
  work: (options: { signal: AbortSignal; onProgress: (progress: Done) => void }) => Promise<T>,
): Promise<T> {
  const started = performance.now();
  let progress: Progress | undefined;
  const onProgress = ({ done, total }: Done): void => {
    progress ??= new Progress(title, total);
    const left = ((performance.now() - started) / 1000 / done) * (total - done);
    progress.update(done, `${done} of ${total}${done > 0 ? `  ${duration(left)} left` : ""}`);
  };
  try {
    return await interruptible((signal) => work({ signal, onProgress }));
  } finally {
    progress?.stop();
  }
}
