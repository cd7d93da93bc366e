// The script of a worker thread: instantiates the kernels on the shared memory, then runs its share of every plan.
// It returns to its event loop only to be ended. Bundled on its own and kept as text by the build.

import { onStart } from "../platform/thread.js";
import { CONTROL, controlBytes, kernelsOf, LEAVE, runShare, waitForChange } from "./steps.js";

export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the pool's control block. */
  readonly control: number;
  readonly thread: number;
  readonly threads: number;
}

/** What a worker tells its owner. Thread 0 alone says "done". */
export type WorkerMessage = "ready" | "done" | "left" | { readonly error: string };

function serve(start: WorkerStart, post: (message: WorkerMessage) => void): void {
  const { module, memory, thread, threads } = start;
  const control = new Int32Array(memory.buffer, start.control, controlBytes(threads) / 4);
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = kernelsOf(instance).map(([, kernel]) => kernel);
  post("ready");
  // The control block is fresh, so the first command is number 1.
  for (let command = 0; ; command++) {
    waitForChange(control, CONTROL.command, command);
    if (Atomics.load(control, CONTROL.steps) === LEAVE) break;
    // A fresh view each time: the owner may have grown the memory.
    runShare(kernels, control, new Int32Array(memory.buffer), thread, threads);
    if (thread === 0) post("done");
  }
  post("left");
}

onStart((data, port) => {
  try {
    serve(data as WorkerStart, port.post);
  } catch (error) {
    port.post({ error: String(error) } satisfies WorkerMessage);
  }
});
