// The script of a worker thread: instantiates the kernels on the shared memory, then runs its part of every plan.
// It returns to its event loop only to be ended. Bundled on its own and kept as text by the build.

import { onStart } from "../platform/thread.js";
import { controlBytes, kernelsOf, takePart } from "./steps.js";

export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the pool's control block. */
  readonly control: number;
  readonly thread: number;
  readonly threads: number;
}

/** What a worker tells its owner. "done" comes from the one that finished a plan. */
export type WorkerMessage = "ready" | "done" | "left" | { readonly error: string };

function serve(start: WorkerStart, post: (message: WorkerMessage) => void): void {
  const { module, memory, thread, threads } = start;
  const control = new Int32Array(memory.buffer, start.control, controlBytes(threads) / 4);
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = kernelsOf(instance).map(([, kernel]) => kernel);
  post("ready");
  takePart(kernels, control, memory, thread, threads, () => post("done"));
  post("left");
}

onStart((data, port) => {
  try {
    serve(data as WorkerStart, port.post);
  } catch (error) {
    port.post({ error: String(error) } satisfies WorkerMessage);
  }
});
