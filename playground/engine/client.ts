import { proxy, type Remote, wrap } from "comlink";
import type { engine } from "./engine.js";
import type { ArgsOf, JobName, ResultOf } from "./jobs.js";

interface Connection {
  readonly remote: Remote<typeof engine>;
  /** Rejects when the worker cannot be started or ends by itself. */
  readonly failed: Promise<never>;
}

let connection: Connection | undefined;
let calls = 0;

/** The engine's worker, started at the first call. */
function connect(): Connection {
  // Beside the page: chunks lie in a folder of their own.
  const address = new URL("engine.js", document.baseURI);
  const worker = new Worker(address, { type: "module", name: "featuremap engine" });
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener("error", (event) => {
      // The next call starts another one.
      connection = undefined;
      worker.terminate();
      reject(
        new Error(
          `The engine stopped: ${event.message || "it could not be loaded"}. Try again, or reload the page.`,
        ),
      );
    });
  });
  failed.catch(() => {});
  return { remote: wrap<typeof engine>(worker), failed };
}

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onReport?: (value: unknown) => void;
}

/** Runs a job in the engine's worker. Rejects with what it throws; also when `signal` gives it up. */
export async function call<K extends JobName>(
  name: K,
  args: ArgsOf<K>,
  { signal, onReport }: CallOptions = {},
): Promise<ResultOf<K>> {
  signal?.throwIfAborted();
  connection ??= connect();
  const { remote, failed } = connection;
  const id = calls++;
  const cancel = () => void remote.cancel(id);
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    const result = remote.run(id, name, args, onReport && proxy(onReport)) as Promise<ResultOf<K>>;
    return await Promise.race([result, failed]);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

/** Whether an error only says that something was given up on purpose. */
export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === "AbortError";
