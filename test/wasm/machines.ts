// Runtimes with threads, networks to keep them busy, and a look at the workers they start.

import simd from "wasm:simd";
import worker from "worker:inline";
import { relu } from "../../src/layers/activation.js";
import { parallel, residual, sequential } from "../../src/layers/containers.js";
import { conv2d } from "../../src/layers/convolution.js";
import { linear } from "../../src/layers/linear.js";
import type { Model } from "../../src/layers/model.js";
import { globalAvgPool2d, maxPool2d } from "../../src/layers/pooling.js";
import { flatten } from "../../src/layers/shape.js";
import { Random } from "../../src/random.js";
import { type Shape, sizeOf, Tensor } from "../../src/tensor.js";
import { Runtime } from "../../src/wasm/runtime.js";
import { skip } from "../harness/suite.js";

/** A runtime of this many threads, on the build that every engine has. `source`: the worker's script. */
export function machine(threads: number, source = worker, startMs?: number): Runtime {
  return new Runtime(simd, source, { threads, relaxed: false, startMs });
}

/** A branching network with steps on both sides of what is worth sharing: 3x16x16 to 10. */
export function branching(on: Runtime, seed = 1): Promise<Model> {
  return sequential([
    conv2d(12, 3, { padding: 1 }),
    relu(),
    parallel([
      conv2d(8, 1),
      sequential([conv2d(8, 3, { padding: 1, stride: 1 }), relu()]),
      conv2d(5, 5, { padding: 2 }),
    ]),
    residual([conv2d(21, 3, { padding: 1 }), relu()]),
    maxPool2d(2),
    conv2d(32, 3),
    globalAvgPool2d(),
    flatten(),
    linear(10),
  ]).build([3, 16, 16], { seed, runtime: on, warm: false });
}

/** Seeded values. */
export function noise(shape: Shape, seed = 1): Tensor {
  const random = new Random(seed);
  return new Tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
    shape,
  );
}

/** A network whose run takes some tenths of a second. */
export function heavy(on: Runtime): Promise<Model> {
  return sequential([conv2d(64, 7), relu(), conv2d(64, 7)]).build([16, 96, 96], { runtime: on, warm: false });
}

/** A worker that was started while {@link watchWorkers} looked on. */
export interface Watched {
  ended: boolean;
  /** Ends it from outside, as if it had crashed. Node only. */
  kill(): void;
}

/** Notes the workers that are started until `stop`. */
export function watchWorkers(): { workers: Watched[]; stop(): void } {
  const workers: Watched[] = [];
  const channel = globalThis.process?.getBuiltinModule?.("node:diagnostics_channel");
  if (channel) {
    const listener = (message: unknown): void => {
      const { worker } = message as { worker: import("node:worker_threads").Worker };
      const watched: Watched = { ended: false, kill: () => void worker.terminate() };
      worker.on("exit", () => {
        watched.ended = true;
      });
      workers.push(watched);
    };
    channel.subscribe("worker_threads", listener);
    return { workers, stop: () => channel.unsubscribe("worker_threads", listener) };
  }
  const Original = globalThis.Worker;
  globalThis.Worker = class extends Original {
    readonly #watched: Watched = {
      ended: false,
      kill: () => skip("a page cannot tell that a worker was killed"),
    };
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      workers.push(this.#watched);
    }
    override terminate(): void {
      this.#watched.ended = true;
      super.terminate();
    }
  };
  return {
    workers,
    stop() {
      globalThis.Worker = Original;
    },
  };
}

/** Waits until the condition holds, at most so long. */
export async function until(condition: () => boolean, what: string, ms = 5000): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > ms) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Lets a run begin, but not end: that takes a message from a worker, which is none of the promises waited for here. */
export async function underWay(): Promise<void> {
  for (let i = 0; i < 100; i++) await Promise.resolve();
}
