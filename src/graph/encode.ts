import { type Arg, isView, type Storage, type View } from "../ops/layout.js";
import type { Block } from "../wasm/heap.js";
import type { Runtime } from "../wasm/runtime.js";
import { SERIAL, STEP_HEADER } from "../wasm/steps.js";
import type { Builder, Step } from "./builder.js";
import { assignOffsets } from "./lifetimes.js";

/** A step is shared between threads from so many operations on, in pieces of at least that many. */
const SHARED_FLOPS = 60_000;
const PIECE_FLOPS = 15_000;
/** Pieces per thread, so that one that is held up leaves work for the others to take. */
const PIECES = 4;

/** A plan in memory. */
export interface Encoded {
  readonly block: Block;
  /** Addresses of each step of the prologue, and of the table of steps: see src/wasm/steps.ts. */
  readonly tables: { readonly prologue: readonly number[]; readonly steps: number };
  /** Bytes in which values take turns. */
  readonly arenaBytes: number;
  /** Unused bytes after each storage, where a guard was asked for: what rounds it up to cache lines, then the guard. */
  readonly guards: readonly Block[];
}

const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** Words of a view's description: see assembly/lib/view.ts. */
const VIEW_WORDS = 10;

function describe(view: View): number[] {
  const data = view.storage.address! + view.offset;
  const { n, c, blocks, h, w, image, block, row, pixel } = view;
  return [data, n, c, blocks, h, w, image, block, row, pixel];
}

/** How much memory a plan takes, and how the arena is shared. */
export interface Sizes {
  readonly constants: number;
  readonly views: number;
  readonly tables: number;
  readonly lasting: number;
  readonly arena: number;
  /** Scratch memory of one thread. */
  readonly thread: number;
  /** Of those that share the arena. */
  readonly offsets: ReadonlyMap<Storage, number>;
}

/** Bytes of all parts of a plan. */
export function sizesOf(builder: Builder, guardBytes = 0): Sizes {
  const { prologue, steps, lasting, constantStorage, threadStorage, words } = builder;
  const all = [...prologue, ...steps];
  const apart = new Set([...lasting, constantStorage, threadStorage]);
  const shared = [...builder.lifetimes.values()].filter(
    ({ storage }) => storage.address === undefined && !apart.has(storage),
  );
  const { bytes: arena, offsets } = assignOffsets(shared, guardBytes);
  return {
    constants: align(words.length * 4),
    views: align(viewsOf(builder).length * VIEW_WORDS * 4),
    tables: align(all.reduce((sum, step) => sum + STEP_HEADER + step.args.length, 0) * 4),
    lasting: [...lasting]
      .filter(({ address }) => address === undefined)
      .reduce((sum, storage) => sum + roomOf(storage, guardBytes), 0),
    arena,
    thread: builder.threadBytes === 0 ? 0 : align(builder.threadBytes) + guardBytes,
    offsets,
  };
}

const viewsOf = ({ prologue, steps }: Builder): View[] =>
  [...prologue, ...steps].flatMap(({ args }) => args.filter(isView));

/** Bytes of a storage with its guard. */
export const roomOf = ({ bytes }: Storage, guardBytes = 0): number => align(bytes) + guardBytes;

/**
 * Gives everything an address in one block of memory and writes what kernels read there: constants and view
 * descriptions, then the step tables, then what lasts between runs, then the arena, then scratch memory for each thread.
 */
export function encode(builder: Builder, runtime: Runtime, guardBytes: number, what: string): Encoded {
  const { prologue, steps, lasting, constantStorage, threadStorage, words } = builder;
  const sizes = sizesOf(builder, guardBytes);
  const { arena: arenaBytes, thread, offsets } = sizes;
  const withoutThreads = sizes.constants + sizes.views + sizes.tables + sizes.lasting + arenaBytes;
  const bytes = withoutThreads + thread * runtime.threads;
  const block = runtime.heap.allocate(bytes, what);

  constantStorage.address = block.address;
  const viewAddress = block.address + sizes.constants;
  const tableAddress = viewAddress + sizes.views;
  let address = tableAddress + sizes.tables;
  for (const storage of lasting) {
    // Copies of weights lie elsewhere.
    if (storage.address !== undefined) continue;
    storage.address = address;
    address += roomOf(storage, guardBytes);
  }
  for (const [storage, offset] of offsets) storage.address = address + offset;
  threadStorage.address = block.address + withoutThreads;

  const ints = new Int32Array(runtime.heap.memory.buffer);
  const floats = new Float32Array(runtime.heap.memory.buffer);
  words.forEach((word, i) => {
    const index = block.address / 4 + i;
    if (typeof word === "number") ints[index] = word;
    else floats[index] = word.float;
  });
  for (const { address = 0, contents } of lasting) {
    if (contents) (contents instanceof Int32Array ? ints : floats).set(contents, address / 4);
  }
  const descriptions = new Map<string, number>();
  for (const description of viewsOf(builder).map(describe)) {
    const key = description.join();
    if (descriptions.has(key)) continue;
    const at = viewAddress + descriptions.size * VIEW_WORDS * 4;
    descriptions.set(key, at);
    ints.set(description, at / 4);
  }

  const resolve = (arg: Arg): number => {
    if (typeof arg === "number") return arg;
    return isView(arg) ? descriptions.get(describe(arg).join())! : arg.storage.address! + arg.offset;
  };
  let at = tableAddress / 4;
  const writeTable = (table: readonly Step[]): number[] =>
    table.map(({ kernel, units, args, flops }) => {
      const start = at * 4;
      const serial = units === 1 || units * flops < SHARED_FLOPS;
      const grain = serial
        ? units
        : Math.max(1, Math.ceil(PIECE_FLOPS / flops), Math.floor(units / (runtime.threads * PIECES)));
      const index = runtime.kernelIndex(kernel, args.length);
      const last = args.at(-1);
      const own = typeof last === "object" && last.storage === threadStorage ? thread : 0;
      ints.set([index, units, grain, serial ? SERIAL : 0, args.length, own, ...args.map(resolve)], at);
      at += STEP_HEADER + args.length;
      return start;
    });
  const tables = { prologue: writeTable(prologue), steps: writeTable(steps)[0] ?? 0 };
  const own = { address: threadStorage.address, bytes: builder.threadBytes };
  const guarded = guardBytes > 0 ? [...lasting, ...offsets.keys(), ...(thread > 0 ? [own] : [])] : [];
  const guards = guarded.map(({ address = 0, bytes }) => ({
    address: address + bytes,
    bytes: align(bytes) - bytes + guardBytes,
  }));
  return { block, tables, arenaBytes, guards };
}
