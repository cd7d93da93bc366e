import { startWorker } from "#platform";
import { FeatureMapError } from "../errors.js";
import type { Thread } from "../platform/thread.js";
import type { Block, Heap } from "./heap.js";
import { controlBytes, dismiss, layOut } from "./steps.js";
import type { WorkerMessage, WorkerStart } from "./worker.js";

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
  /** All workers wait for work. Rejects where they do not get so far. */
  readonly ready: Promise<void>;
  #pending: Pending | undefined;
  #failure: FeatureMapError | undefined;
  #why: string | undefined;
  /** Workers that have yet to leave after {@link dispose}. */
  #leaving = 0;

  /** `startMs`: how long workers may take to start before that is called a failure. */
  constructor(
    source: string | URL,
    module: WebAssembly.Module,
    heap: Heap,
    threads: number,
    startMs: number,
  ) {
    this.threads = threads;
    this.#heap = heap;
    this.#control = heap.allocate(controlBytes(threads), "Starting worker threads");
    const { memory } = heap;
    const control = this.#control.address;
    let waiting = threads;
    this.#workers = [];
    this.ready = new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      const started = (): void => {
        if (--waiting === 0) this.#finish();
      };
      try {
        for (let thread = 0; thread < threads; thread++) {
          const data: WorkerStart = { module, memory, control, thread, threads };
          const onMessage = (sent: unknown): void => {
            const message = sent as WorkerMessage | null;
            if (message === "ready") started();
            else if (message === "done") this.#finish();
            else if (message === "left") this.#left();
            else this.#fail(`failed: ${message?.error ?? "it sent a message that means nothing"}`);
          };
          this.#workers.push(
            startWorker(source, data, onMessage, (error) => this.#fail(`failed: ${error.message}`)),
          );
        }
      } catch (error) {
        this.#fail(`could not be started: ${String(error)}`);
      }
    });
    const timer = setTimeout(() => this.#fail(`did not start within ${startMs / 1000} seconds`), startMs);
    const started = (): void => clearTimeout(timer);
    this.ready.then(started, started);
  }

  /** The pool cannot run any more: a worker died, or it was disposed of. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** What became of the worker that failed, as a sentence. */
  get why(): string | undefined {
    return this.#why;
  }

  /** Runs the table of `steps` steps at `address` on all threads. One run at a time: the runtime queues them. */
  async run(address: number, steps: number): Promise<void> {
    await this.ready;
    if (this.#failure) throw this.#failure;
    // A process that waits for an answer must not exit; one that merely has a pool may.
    for (const worker of this.#workers) worker.ref();
    await new Promise<void>((resolve, reject) => {
      this.#pending = { resolve, reject };
      layOut(this.#view(), new Int32Array(this.#heap.memory.buffer), this.threads, address / 4, steps);
    });
  }

  /**
   * Ends the workers. A run in progress fails. Idle ones leave by themselves: engines take their time to end a thread
   * that sleeps, up to two seconds in Chromium, and until then it would still answer to its control block, which only
   * the last to leave gives back. After a failure nobody knows who still looks at the block, so it is not used again.
   */
  dispose(): void {
    if (this.#failure) return;
    const ended = new FeatureMapError("The runtime was disposed of during a run, which was given up.");
    if (this.#pending) this.#end(ended);
    else {
      this.#failure = ended;
      this.#leaving = this.threads;
      dismiss(this.#view());
    }
  }

  #view(): Int32Array {
    const { address } = this.#control;
    return new Int32Array(this.#heap.memory.buffer, address, controlBytes(this.threads) / 4);
  }

  #left(): void {
    if (--this.#leaving > 0) return;
    for (const worker of this.#workers) worker.terminate();
    this.#heap.free(this.#control);
  }

  #finish(): void {
    for (const worker of this.#workers) worker.unref();
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.resolve();
  }

  #fail(reason: string): void {
    if (this.#failure) return;
    this.#why = `A worker thread ${reason}${/[.!?]$/.test(reason) ? "" : "."}`;
    this.#end(
      new FeatureMapError(
        `${this.#why} The run was given up; the next one starts new workers. ` +
          "To stay on the calling thread, use init({ threads: 1 }) or predictSync.",
      ),
    );
  }

  #end(failure: FeatureMapError): void {
    this.#failure = failure;
    for (const worker of this.#workers) worker.terminate();
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(failure);
  }
}
