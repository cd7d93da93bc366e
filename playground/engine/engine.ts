// The worker in which everything long is computed, so that the page stays free. It runs one job a call; jobs report progress
// and can be given up.

import { expose } from "comlink";
import { init } from "featuremap";
import { type JobName, jobModules } from "./jobs.js";

/** What a job is given besides its arguments. */
export interface Job {
  readonly signal: AbortSignal;
  /** Tells the page how far it is, or what it found on the way. */
  readonly report: (value: unknown) => void;
}

// Without isolation there is one thread; asking for it keeps the library from warning about that.
const ready = init(crossOriginIsolated ? {} : { threads: 1 });
const running = new Map<number, AbortController>();

export const engine = {
  async run(id: number, name: JobName, args: unknown, report?: (value: unknown) => void): Promise<unknown> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      await ready;
      const [module, job] = name.split("/") as [keyof typeof jobModules, string];
      const jobs = (await jobModules[module]()) as unknown as Record<
        string,
        (args: unknown, job: Job) => unknown
      >;
      return await jobs[job]!(args, { signal: controller.signal, report: report ?? (() => {}) });
    } finally {
      running.delete(id);
    }
  },

  /** Gives a job up; its promise rejects. */
  cancel(id: number): void {
    running.get(id)?.abort();
  },
};

expose(engine);
