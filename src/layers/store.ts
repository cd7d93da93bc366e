import { check } from "../errors.js";
import type { Storage } from "../ops/layout.js";
import { sameShape } from "../ops/shape.js";
import { Random } from "../random.js";
import { formatShape, type Shape, sizeOf, Tensor } from "../tensor.js";
import type { Block } from "../wasm/heap.js";
import type { Runtime } from "../wasm/runtime.js";
import type { Init } from "./init.js";

/** Weights begin on cache lines, zeros between them: vectors may be read 8 floats at a time. */
const SLOT_FLOATS = 16;

/** One entry of a model's state: a parameter, which training changes, or a buffer, which layers keep. */
export interface Entry {
  readonly name: string;
  readonly shape: Shape;
  readonly kind: "parameter" | "buffer";
  readonly init: Init;
  /** Floats from the start of the store. */
  offset: number;
  trainable: boolean;
}

/**
 * The weights of a model: first declared while its layers are traced, then in one block of memory. Weights that nothing
 * initialises take none before somebody asks for them: a network of gigabytes may be summed up and drawn.
 */
export class Store {
  readonly entries = new Map<string, Entry>();
  readonly #runtime: Runtime;
  #bytes: number | undefined;
  #block: Block | undefined;
  #disposed = false;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Declares an entry, or checks that a later trace asks for the same one. */
  declare(name: string, shape: Shape, kind: Entry["kind"], init: Init): Entry {
    const known = this.entries.get(name);
    if (!known) {
      check(
        this.#bytes === undefined,
        () => `The model has no weight "${name}": its layers change from one trace to the next.`,
      );
      const entry: Entry = { name, shape, kind, init, offset: 0, trainable: kind === "parameter" };
      this.entries.set(name, entry);
      return entry;
    }
    check(
      sameShape(known.shape, shape),
      () =>
        `The weight "${name}" was built with shape ${formatShape(known.shape)}, but this input needs ` +
        `${formatShape(shape)}. Use inputs of the size the model was built for.`,
    );
    return known;
  }

  /** Gives everything its place, parameters first, and fills it by the seed. Without one all is 0. */
  allocate(seed: number | undefined): void {
    let floats = 0;
    for (const kind of ["parameter", "buffer"]) {
      for (const entry of this.entries.values()) {
        if (entry.kind !== kind) continue;
        entry.offset = floats;
        floats += Math.ceil(sizeOf(entry.shape) / SLOT_FLOATS) * SLOT_FLOATS;
      }
    }
    this.#bytes = floats * 4;
    if (seed === undefined) return;
    const random = new Random(seed);
    for (const entry of this.entries.values()) entry.init(this.floats(entry), random);
  }

  /** Bytes of the block, whether it is there yet or not. */
  get bytes(): number {
    return this.#bytes ?? 0;
  }

  /** Floats of all parameters with their padding: the part of the block that training updates. */
  get parameterFloats(): number {
    let end = 0;
    for (const { kind, offset, shape } of this.entries.values()) {
      if (kind === "parameter")
        end = Math.max(end, offset + Math.ceil(sizeOf(shape) / SLOT_FLOATS) * SLOT_FLOATS);
    }
    return end;
  }

  /** The part of the block from one float on, for a plan. */
  storage(name: string, offset: number, floats: number): Storage {
    check(!this.#disposed, "This model was disposed of; it cannot run any more.");
    return { name, bytes: floats * 4, address: this.#address + offset * 4 };
  }

  /** Runs of trainable parameters, [first float, floats]. */
  trainableRuns(): [offset: number, floats: number][] {
    const runs: [number, number][] = [];
    for (const { trainable, offset, shape } of this.entries.values()) {
      if (!trainable) continue;
      const floats = Math.ceil(sizeOf(shape) / SLOT_FLOATS) * SLOT_FLOATS;
      const last = runs.at(-1);
      if (last && last[0] + last[1] === offset) last[1] += floats;
      else runs.push([offset, floats]);
    }
    return runs;
  }

  /** A live view of an entry: valid until memory grows, so used at once. */
  floats(entry: Entry): Float32Array {
    check(!this.#disposed, "This model was disposed of; its weights are gone.");
    const address = this.#address + entry.offset * 4;
    return new Float32Array(this.#runtime.heap.memory.buffer, address, sizeOf(entry.shape));
  }

  /** A copy of an entry. */
  read(entry: Entry): Tensor {
    return new Tensor(this.floats(entry).slice(), entry.shape);
  }

  get #address(): number {
    this.#block ??= this.#runtime.heap.allocate(this.bytes, "The model's weights");
    return this.#block.address;
  }

  dispose(): void {
    if (this.#block && !this.#disposed) this.#runtime.free(this.#block);
    this.#disposed = true;
  }
}
