import { startWorker } from "#platform";
import { FeatureMapError } from "../errors.js";
import type { Thread } from "../platform/thread.js";
import type { Block, Heap } from "./heap.js";
import { announce, CONTROL, controlBytes } from "./steps.js";
import type { WorkerMessage, WorkerStart } from "./worker.js";

/** How long workers may take to start before that is called a failure. */
const START_TIMEOUT_MS = 20_000;

interface Pending {
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Worker threads on one shared memory, the same for Node and browsers. All of them run each plan together while the
 * thread that asked stays free. A worker that dies takes the pool with it: the run fails with one error, and the next
 * run starts a new pool.
 */
export class Pool {
  readonly threads: number;
  readonly #heap: Heap;
  /** A block of this pool alone: workers that are being ended cannot disturb the next pool. */
  readonly #control: Block;
  readonly #workers: Thread[];
  readonly #ready: Promise<void>;
  #pending: Pending | undefined;
  #failure: FeatureMapError | undefined;

  constructor(source: string | URL, module: WebAssembly.Module, heap: Heap, threads: number) {
    this.threads = threads;
    this.#heap = heap;
    this.#control = heap.allocate(controlBytes(threads), "Starting worker threads");
    const { memory } = heap;
    const control = this.#control.address;
    let waiting = threads;
    this.#workers = [];
    this.#ready = new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      const timer = setTimeout(
        () => this.#fail(`did not start within ${START_TIMEOUT_MS / 1000} seconds`),
        START_TIMEOUT_MS,
      );
      const started = (): void => {
        if (--waiting > 0) return;
        clearTimeout(timer);
        this.#finish();
      };
      try {
        for (let thread = 0; thread < threads; thread++) {
          const data: WorkerStart = { module, memory, control, thread, threads };
          const onMessage = (sent: unknown): void => {
            const message = sent as WorkerMessage;
            if (message === "ready") started();
            else if (message === "done") this.#finish();
            else this.#fail(`failed: ${message.error}`);
          };
          this.#workers.push(startWorker(source, data, onMessage, (error) => this.#fail(`failed: ${error.message}`)));
        }
      } catch (error) {
        this.#fail(`could not be started: ${String(error)}`);
      }
      if (this.#failure) clearTimeout(timer);
    });
    this.#ready.catch(() => {});
  }

  /** The pool cannot run any more: a worker died, or it was disposed of. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Runs the table of `steps` steps at `address` on all threads. One run at a time: the runtime queues them. */
  async run(address: number, steps: number): Promise<void> {
    await this.#ready;
    if (this.#failure) throw this.#failure;
    // A process that waits for an answer must not exit; one that merely has a pool may.
    for (const worker of this.#workers) worker.ref();
    await new Promise<void>((resolve, reject) => {
      this.#pending = { resolve, reject };
      const control = new Int32Array(this.#heap.memory.buffer, this.#control.address, controlBytes(this.threads) / 4);
      Atomics.store(control, CONTROL.plan, address);
      Atomics.store(control, CONTROL.steps, steps);
      announce(control, CONTROL.command);
    });
  }

  /** Ends the workers. A run in progress fails. */
  dispose(): void {
    const idle = !this.#failure && !this.#pending;
    this.#fail("was ended by dispose()");
    // After a failure a thread may still be on its way out, so its block is not reused.
    if (idle) this.#heap.free(this.#control);
  }

  #finish(): void {
    for (const worker of this.#workers) worker.unref();
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.resolve();
  }

  #fail(reason: string): void {
    if (this.#failure) return;
    this.#failure = new FeatureMapError(
      `A worker thread ${reason}. The run was given up; the next one starts new workers. ` +
        "To stay on the calling thread, use init({ threads: 1 }) or predictSync.",
    );
    for (const worker of this.#workers) worker.terminate();
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(this.#failure);
  }
}
