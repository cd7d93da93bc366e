import { assert } from "./suite.js";

const inNode = typeof location === "undefined";
/** A stranger's small file may not take longer. Of processor time, which does not count what else the machine does. */
const LIMIT_MS = inNode ? 1000 : 10_000;
/** How much a process may grow over thousands of small files, one after another. */
const LIMIT_BYTES = 512 * 2 ** 20;

/** In Node, time of all the process's threads. */
function now(): number {
  if (!inNode) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** So many files are worth a line. */
const TOLD = 10_000;

const peakBytes = (): number => (inNode ? 1024 * process.resourceUsage().maxRSS : 0);

/** Sees to it that none of many pieces of work takes long, and that all of them together take no more and more memory. */
export class Watch {
  #count = 0;
  #longest = { ms: 0, what: "" };
  readonly #before = peakBytes();

  /** Does one piece of work. `what`: which one, for errors. */
  async over<T>(what: string, work: () => T | Promise<T>): Promise<T> {
    const started = now();
    try {
      return await work();
    } finally {
      const ms = now() - started;
      this.#count++;
      if (ms > this.#longest.ms) this.#longest = { ms, what };
    }
  }

  /** Throws where a limit was passed; of very many files it tells how far away it was. */
  check(name: string): void {
    const { ms, what } = this.#longest;
    const grown = peakBytes() - this.#before;
    const said = `${this.#count} files of ${name}: the longest took ${ms.toFixed()} ms (${what})`;
    if (this.#count >= TOLD) console.log(`${said}, the process grew by ${Math.round(grown / 2 ** 20)} MiB`);
    assert.ok(ms < LIMIT_MS, said);
    assert.ok(grown < LIMIT_BYTES, `${name}: the process grew by ${grown} bytes`);
  }
}
