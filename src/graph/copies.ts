// Copies of weights in the form in which kernels read them, which all plans of a model share: one for each form, whatever the
// number of batch sizes.

import type { Block } from "../wasm/heap.js";
import type { Runtime } from "../wasm/runtime.js";

/** In place of a token: nothing has been computed from the weights as they are now. */
export const UNKNOWN = Symbol("unknown");

/** One of them. */
export interface Copy {
  readonly block: Block;
  /** A token for the state of the weights that it was computed from. */
  weights: unknown;
}

/** Keeps a copy as long as some plan uses it. */
export class Copies {
  readonly #runtime: Runtime;
  readonly #copies = new Map<string | symbol, Copy & { users: number }>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** The copy of that name, for one more plan. `what`: for the error where memory is short. */
  acquire(name: string | symbol, bytes: number, what: string): Copy {
    const known = this.#copies.get(name);
    if (known) {
      known.users++;
      return known;
    }
    const copy = { block: this.#runtime.heap.allocate(bytes, what), weights: UNKNOWN, users: 1 };
    this.#copies.set(name, copy);
    return copy;
  }

  /** One plan less uses the copy of that name. */
  release(name: string | symbol): void {
    const copy = this.#copies.get(name)!;
    if (--copy.users > 0) return;
    this.#copies.delete(name);
    this.#runtime.free(copy.block);
  }
}
