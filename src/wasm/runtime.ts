/// <reference lib="dom" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

import { cores, pause, readFile } from "#platform";
import { check, checkCount, checkFlags, checkOptions, FeatureMapError } from "../errors.js";
import { withSharedMemory } from "./binary.js";
import { hasRelaxedSimd, hasSharedMemory, hasSimd } from "./features.js";
import { type Block, Heap, PAGE_BYTES } from "./heap.js";
import { Pool } from "./pool.js";
import { type Kernel, kernelsOf, runSteps } from "./steps.js";
import { compileUrl } from "./streaming.js";

/** How to set the library up. All of it is found out by itself where left out. */
export interface RuntimeOptions {
  /** The kernels: bytes, or where to fetch them. Replaces the build that the entry point carries. */
  wasm?: Uint8Array | ArrayBuffer | URL | string;
  /** Threads for `predict` and `fit`: 1 stays on the calling thread. Default: one per core. */
  threads?: number;
  /** Fused multiply-add where the engine has it (default). `false` gives the same bits as engines without it. */
  relaxed?: boolean;
}

/** Where kernels and the workers' script come from; each entry point brings its own. */
export interface Carrier {
  /** The kernels' binary where it is at hand without waiting. */
  readonly bytes?: (relaxed: boolean) => Uint8Array;
  /** Where it is to be fetched otherwise. */
  readonly url?: (relaxed: boolean) => URL;
  readonly worker: string | URL;
}

/** 4 GiB is what 32-bit addresses reach; engines that cannot reserve that much shared memory get less. */
const MAXIMUM_PAGES = [65536, 32768, 16384, 8192];
/** The first page stays empty, so that address 0 means "none". */
const HEAP_START = 1024;
/** How long workers may take to start, on a machine under load. */
const START_MS = 20_000;
/** Fewer operations than this take less time than waking a worker: some 0.2 ms. They run on the calling thread. */
const CALLER_FLOPS = 2e6;

/** Runs the table of `steps` steps at an address, of about `flops` operations in all. */
export type RunTable = (address: number, steps: number, flops: number) => Promise<void>;

/** How long runs on the calling thread may follow each other without letting anything else happen. */
const YIELD_MS = 10;

/** A heap in a memory of its own, as large as can be had. */
function createHeap(shared: boolean): Heap {
  let cause: unknown;
  for (const maximum of MAXIMUM_PAGES) {
    try {
      return new Heap(
        new WebAssembly.Memory({ initial: 1, maximum, shared }),
        HEAP_START,
        maximum * PAGE_BYTES,
      );
    } catch (error) {
      cause = error;
    }
  }
  throw new FeatureMapError(
    `WebAssembly memory could not be reserved: ${String(cause)}. Close other tabs or programs.`,
  );
}

/** Kernels, one memory and, from the first shared run on, worker threads. */
export class Runtime {
  readonly heap: Heap;
  readonly threads: number;
  readonly relaxed: boolean;
  readonly #module: WebAssembly.Module;
  /** The kernels, in the order of their indices in step tables. */
  readonly kernels: readonly Kernel[];
  readonly #names: string[];
  readonly #worker: string | URL;
  readonly #startMs: number;
  #pool: Pool | undefined;
  #queue: Promise<void> = Promise.resolve();
  #running = 0;
  #users = 0;
  #disposed = false;
  #yielded = 0;
  /** Workers have been started before, so that they can be. */
  #hadWorkers = false;
  /** Workers cannot be started here: the calling thread does everything. */
  #alone = false;

  /** `kernels`: the binary, or a module compiled of it (with shared memory where there are several threads). */
  constructor(
    kernels: Uint8Array | WebAssembly.Module,
    worker: string | URL,
    options: { threads: number; relaxed: boolean; startMs?: number },
  ) {
    this.threads = options.threads;
    this.relaxed = options.relaxed;
    this.#worker = worker;
    this.#startMs = options.startMs ?? START_MS;
    const shared = options.threads > 1;
    this.heap = createHeap(shared);
    this.#module =
      kernels instanceof WebAssembly.Module
        ? kernels
        : new WebAssembly.Module(shared ? withSharedMemory(kernels) : new Uint8Array(kernels));
    const instance = new WebAssembly.Instance(this.#module, { env: { memory: this.heap.memory } });
    const exported = kernelsOf(instance);
    this.#names = exported.map(([name]) => name);
    this.kernels = exported.map(([, kernel]) => kernel);
  }

  /** Index of a kernel in step tables, checked against the number of arguments it will get. */
  kernelIndex(name: string, args: number): number {
    const index = this.#names.indexOf(name);
    check(index >= 0, () => `There is no kernel "${name}". Is the wasm given to init() of this version?`);
    const expected = this.kernels[index]!.length - 2;
    check(
      args === expected,
      () => `The kernel "${name}" takes ${expected} arguments before its range, not ${args}.`,
    );
    return index;
  }

  /** It cannot be used any more. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** A plan or model now lives in this runtime. */
  retain(): void {
    check(!this.#disposed, "The runtime was disposed of. Call init() again before building models.");
    this.#users++;
  }

  /** One fewer. Workers end with the last model, and start again with the next run. */
  release(): void {
    if (--this.#users > 0) return;
    void this.#queue.then(() => {
      if (this.#users > 0) return;
      this.#pool?.dispose();
      this.#pool = undefined;
    });
  }

  /** Takes a block back, once no run is in progress that may still use it. */
  free(block: Block): void {
    if (this.#running === 0) this.heap.free(block);
    else void this.#queue.then(() => this.heap.free(block));
  }

  /** Throws when a run is in progress, or the runtime was disposed of. */
  checkIdle(what: string): void {
    check(!this.#disposed, "The runtime was disposed of. Call init() again.");
    check(
      this.#running === 0,
      () =>
        `${what} cannot run while another run is in progress. Await that one first, or use predict, which waits its turn.`,
    );
  }

  /** Runs a table of steps on the calling thread. */
  runSync(address: number, steps: number): void {
    runSteps(this.kernels, new Int32Array(this.heap.memory.buffer), address >>> 2, steps);
  }

  /**
   * Runs work that needs the memory to itself, one caller after the other: `work` fills inputs, awaits `run` and reads
   * outputs.
   */
  exclusive<T>(work: (run: RunTable) => Promise<T>): Promise<T> {
    // Counted from now on, so that predictSync does not get ahead of what is queued.
    this.#running++;
    const result = this.#queue.then(() => {
      check(!this.#disposed, "The runtime was disposed of. Call init() again.");
      return work((...table) => this.#run(...table));
    });
    const over = (): void => {
      this.#running--;
    };
    this.#queue = result.then(over, over);
    return result;
  }

  /** Ends the workers; models built here cannot run any more. */
  dispose(): void {
    this.#disposed = true;
    this.#pool?.dispose();
    this.#pool = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #run(address: number, steps: number, flops: number): Promise<void> {
    check(!this.#disposed, "The runtime was disposed of during a run, which was given up.");
    if (this.threads === 1 || this.#alone || flops < CALLER_FLOPS) {
      // Now and then a macrotask, so that timers, events and the painting of a page go on.
      if (performance.now() - this.#yielded > YIELD_MS) {
        await pause();
        this.#yielded = performance.now();
      }
      runSteps(this.kernels, new Int32Array(this.heap.memory.buffer), address >>> 2, steps);
      return;
    }
    if (!this.#pool || this.#pool.failed) {
      this.#pool = new Pool(this.#worker, this.#module, this.heap, this.threads, this.#startMs);
    }
    const pool = this.#pool;
    if (!this.#hadWorkers) {
      await pool.ready.catch(() => {});
      this.#hadWorkers = !pool.failed;
      if (pool.why) {
        this.#alone = true;
        console.warn(`featuremap: ${pool.why} Everything runs on the calling thread instead.`);
        return this.#run(address, steps, flops);
      }
    }
    await pool.run(address, steps);
  }
}

let carrier: Carrier | undefined;
let current: Runtime | undefined;
let warned = false;

/** Called by each entry point before anything else: where its kernels come from. */
export function setCarrier(value: Carrier): void {
  carrier ??= value;
}

function settle(options: RuntimeOptions): { threads: number; relaxed: boolean } {
  checkOptions("init", options, ["wasm", "threads", "relaxed"]);
  const { threads: wanted, relaxed: relaxing = true } = options;
  if (wanted !== undefined) checkCount("init: threads", wanted, 1, 64);
  checkFlags("init", { relaxed: relaxing });
  check(
    hasSimd(),
    "This engine lacks WebAssembly SIMD. Use Node 20, Chrome 91, Firefox 89, Safari 16.4 or later.",
  );
  let threads = wanted ?? Math.min(cores(), 16);
  if (threads > 1 && !hasSharedMemory()) {
    if (!warned) {
      console.warn(
        "featuremap: this page is not cross-origin isolated, so it runs on one thread. " +
          "To use all cores, serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.",
      );
    }
    warned = true;
    threads = 1;
  }
  return { threads, relaxed: relaxing && hasRelaxedSimd() };
}

/** The kernels from bytes, a file, or an address; declared shared where threads need it. */
async function compile(
  wasm: NonNullable<RuntimeOptions["wasm"]>,
  shared: boolean,
): Promise<WebAssembly.Module> {
  const isFile =
    wasm instanceof URL
      ? wasm.protocol === "file:"
      : typeof wasm === "string" && !/^(https?|blob|data):/.test(wasm);
  const remote = typeof globalThis.document !== "undefined" || !isFile;
  if (remote && (typeof wasm === "string" || wasm instanceof URL)) return compileUrl(String(wasm), shared);
  const path = typeof wasm === "string" && wasm.startsWith("file:") ? new URL(wasm) : wasm;
  const bytes = typeof path === "string" || path instanceof URL ? await readFile(path) : new Uint8Array(path);
  return WebAssembly.compile(shared ? withSharedMemory(bytes) : new Uint8Array(bytes));
}

/**
 * Sets the library up with options of your own. Not needed otherwise: the first model does it. Replaces the runtime
 * that later models are built in; models that exist keep theirs.
 */
export async function init(options: RuntimeOptions = {}): Promise<Runtime> {
  const settled = settle(options);
  check(carrier, "No entry point of featuremap was imported.");
  const wasm = options.wasm ?? carrier.bytes?.(settled.relaxed) ?? carrier.url!(settled.relaxed);
  const unfit = (why: string): string =>
    `The kernels could not be instantiated: ${why}. Is "wasm" this version's file?`;
  try {
    const fresh = new Runtime(await compile(wasm, settled.threads > 1), carrier.worker, settled);
    check(fresh.kernels.length > 0, () => unfit("there are none"));
    current = fresh;
  } catch (error) {
    throw error instanceof FeatureMapError ? error : new FeatureMapError(unfit(String(error)));
  }
  return current;
}

/** The runtime in use; set up with defaults at first use, and after it was disposed of. */
export function runtime(): Runtime {
  if (current && !current.disposed) return current;
  check(carrier?.bytes, 'This entry point loads its kernels by URL. Call "await init()" first.');
  const settled = settle({});
  current = new Runtime(carrier.bytes(settled.relaxed), carrier.worker, settled);
  return current;
}

/** Ends the worker threads and lets go of the memory. Models that exist cannot run any more; new ones set up anew. */
export function dispose(): void {
  current?.dispose();
  current = undefined;
}
