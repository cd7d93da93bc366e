import { proxy, type Remote, wrap } from "comlink";
import type { engine } from "./engine.js";
import type { ArgsOf, JobName, ResultOf } from "./jobs.js";

let remote: Remote<typeof engine> | undefined;
let calls = 0;

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
  remote ??= wrap<typeof engine>(
    new Worker(new URL("./engine.js", import.meta.url), { type: "module", name: "featuremap engine" }),
  );
  const engineNow = remote;
  const id = calls++;
  const cancel = () => void engineNow.cancel(id);
  signal?.throwIfAborted();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    return (await engineNow.run(id, name, args, onReport && proxy(onReport))) as ResultOf<K>;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

/** Whether an error only says that something was given up on purpose. */
export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === "AbortError";
