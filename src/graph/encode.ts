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
  /** Addresses of the step tables: see src/wasm/steps.ts. */
  readonly tables: { readonly prologue: number; readonly steps: number };
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

/**
 * Gives everything an address in one block of memory and writes what kernels read there: constants and view
 * descriptions, then the step tables, then what lasts between runs, then the arena.
 */
export function encode(builder: Builder, runtime: Runtime, guardBytes: number, what: string): Encoded {
  const { prologue, steps, lasting, constantStorage, words } = builder;
  const all = [...prologue, ...steps];
  const room = (storage: Storage): number => align(storage.bytes) + guardBytes;
  const shared = [...builder.lifetimes.values()].filter(
    ({ storage }) => storage.address === undefined && !lasting.has(storage) && storage !== constantStorage,
  );
  const { bytes: arenaBytes, offsets } = assignOffsets(shared, guardBytes);
  const views = all.flatMap((step) => step.args.filter(isView));
  const constantBytes = align(words.length * 4);
  const viewBytes = align(views.length * VIEW_WORDS * 4);
  const tableBytes = align(all.reduce((sum, step) => sum + STEP_HEADER + step.args.length, 0) * 4);
  const lastingBytes = [...lasting].reduce((sum, storage) => sum + room(storage), 0);
  const bytes = constantBytes + viewBytes + tableBytes + lastingBytes + arenaBytes;
  const block = runtime.heap.allocate(bytes, what);

  constantStorage.address = block.address;
  const viewAddress = block.address + constantBytes;
  const tableAddress = viewAddress + viewBytes;
  let address = tableAddress + tableBytes;
  for (const storage of lasting) {
    storage.address = address;
    address += room(storage);
  }
  for (const [storage, offset] of offsets) storage.address = address + offset;

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
  for (const description of views.map(describe)) {
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
  const writeTable = (table: readonly Step[]): number => {
    const start = at * 4;
    for (const { kernel, units, args, flops } of table) {
      const serial = units === 1 || units * flops < SHARED_FLOPS;
      const grain = serial
        ? units
        : Math.max(1, Math.ceil(PIECE_FLOPS / flops), Math.floor(units / (runtime.threads * PIECES)));
      const index = runtime.kernelIndex(kernel, args.length);
      ints.set([index, units, grain, serial ? SERIAL : 0, args.length, ...args.map(resolve)], at);
      at += STEP_HEADER + args.length;
    }
    return start;
  };
  const tables = { prologue: writeTable(prologue), steps: writeTable(steps) };
  const guarded = guardBytes > 0 ? [...lasting, ...offsets.keys()] : [];
  const guards = guarded.map(({ address = 0, bytes }) => ({
    address: address + bytes,
    bytes: align(bytes) - bytes + guardBytes,
  }));
  return { block, tables, arenaBytes, guards };
}
