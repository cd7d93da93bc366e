// Running a plan's table of steps, by one thread or by several that share the memory it lies in.

/** A kernel: addresses, then the range of units of work. */
export type Kernel = (...args: number[]) => void;

/** The kernels of an instance by name, in an order that is the same for every instance of a module. */
export function kernelsOf(instance: WebAssembly.Instance): [name: string, kernel: Kernel][] {
  return Object.entries(instance.exports).filter(
    (entry): entry is [string, Kernel] => typeof entry[1] === "function",
  );
}

/**
 * One step in the table, as int32s: kernel index, units of work, grain (units of a piece; all of them when the step is
 * too small to share), flags, number of arguments, bytes from one thread's copy of the last argument to the next's (0 where
 * all share it), arguments.
 */
export const STEP_HEADER = 6;
/** The step is too small to share: whoever finished the one before runs it, before others are told. */
export const SERIAL = 1;

/** Where things lie in a pool's control block, in int32s. What threads write often keeps 128 bytes apart. */
const CONTROL = {
  /** Counts the steps that were laid out; threads sleep on it. */
  state: 0,
  /** Index in memory, in int32s, of the step laid out, or IDLE or LEAVE; and steps from it to the end. */
  at: 1,
  left: 2,
  /** Pieces of the step that are done. */
  done: 32,
  sleepers: 64,
  /** Thread t's share of pieces, the next one and whose step it is: cursors + 32 t. */
  cursors: 96,
} as const;
const CURSOR_STRIDE = 32;
/** In place of a step: there is none, and the worker shall leave. */
const IDLE = 0;
const LEAVE = -1;
/** A cursor holds the low bits of `state` above the number of a piece. */
const PIECE_BITS = 12;
const NO_PIECE = (1 << PIECE_BITS) - 1;

/** Size of the control block of a pool. */
export function controlBytes(threads: number): number {
  return (CONTROL.cursors + CURSOR_STRIDE * threads) * 4;
}

/** Polls before a waiting thread goes to sleep: about the time that waking it would cost. */
const SPINS = 20_000;

/** Calls a kernel with the arguments at `at` and a range. Spelled out for short lists, which spreading would copy. */
function call(kernel: Kernel, t: Int32Array, at: number, thread: number, begin: number, end: number): void {
  const count = t[at - 2]!;
  const own = t[at - 1]! * thread;
  if (own > 0) kernel(...t.subarray(at, at + count - 1), t[at + count - 1]! + own, begin, end);
  else if (count === 2) kernel(t[at]!, t[at + 1]!, begin, end);
  else if (count === 3) kernel(t[at]!, t[at + 1]!, t[at + 2]!, begin, end);
  else if (count === 4) kernel(t[at]!, t[at + 1]!, t[at + 2]!, t[at + 3]!, begin, end);
  else if (count === 5) kernel(t[at]!, t[at + 1]!, t[at + 2]!, t[at + 3]!, t[at + 4]!, begin, end);
  else if (count === 6)
    kernel(t[at]!, t[at + 1]!, t[at + 2]!, t[at + 3]!, t[at + 4]!, t[at + 5]!, begin, end);
  else kernel(...t.subarray(at, at + count), begin, end);
}

/** Runs the whole table on the calling thread, as thread 0: no worker is at work then. */
export function runSteps(kernels: readonly Kernel[], table: Int32Array, start: number, steps: number): void {
  for (let step = 0, at = start; step < steps; step++, at += STEP_HEADER + table[at + 4]!) {
    call(kernels[table[at]!]!, table, at + STEP_HEADER, 0, 0, table[at + 1]!);
  }
}

/** Sleeps until the state is no longer `seen`, after polling it for a moment. */
function waitForChange(control: Int32Array, seen: number): void {
  for (let spin = 0; spin < SPINS; spin++) {
    if (Atomics.load(control, CONTROL.state) !== seen) return;
  }
  Atomics.add(control, CONTROL.sleepers, 1);
  while (Atomics.load(control, CONTROL.state) === seen) Atomics.wait(control, CONTROL.state, seen);
  Atomics.sub(control, CONTROL.sleepers, 1);
}

/** Moves the state on and wakes whoever sleeps on it. */
function announce(control: Int32Array): void {
  Atomics.add(control, CONTROL.state, 1);
  if (Atomics.load(control, CONTROL.sleepers) > 0) Atomics.notify(control, CONTROL.state);
}

/** The piece that a cursor of this state points to. */
function cursorOf(state: number, piece: number): number {
  return (state << PIECE_BITS) | piece;
}

/** Thread t of T owns the pieces from this one to the next thread's. */
function shareStart(pieces: number, thread: number, threads: number): number {
  return Math.floor((pieces * thread) / threads);
}

function piecesOf(memory: Int32Array, at: number): number {
  return Math.ceil(memory[at + 1]! / memory[at + 2]!);
}

/**
 * Lays out the step at `at`, the first of `left`, for the workers to share. Cursors carry the state they belong to and go
 * first, so that a thread that is late, and still looks at an earlier step, finds nothing there to take.
 */
export function layOut(
  control: Int32Array,
  memory: Int32Array,
  threads: number,
  at: number,
  left: number,
): void {
  const state = Atomics.load(control, CONTROL.state) + 1;
  const pieces = left > 0 ? piecesOf(memory, at) : 0;
  for (let t = 0; t < threads; t++) {
    const piece = left > 0 ? shareStart(pieces, t, threads) : NO_PIECE;
    Atomics.store(control, CONTROL.cursors + t * CURSOR_STRIDE, cursorOf(state, piece));
  }
  Atomics.store(control, CONTROL.done, 0);
  Atomics.store(control, CONTROL.left, left);
  Atomics.store(control, CONTROL.at, left > 0 ? at : IDLE);
  announce(control);
}

/** Tells the workers to leave. */
export function dismiss(control: Int32Array): void {
  Atomics.store(control, CONTROL.at, LEAVE);
  announce(control);
}

/**
 * A worker's life: takes pieces of the steps that are laid out until it is dismissed; calls `done` when it finished the
 * last step of a plan. A step is over when all its pieces are done, whoever did them: a thread that has lost its core, or
 * has not woken up yet, holds nobody up unless it is at work on a piece. A unit is computed the same way whoever does it,
 * so the results do not depend on the number of threads nor on who was faster.
 */
export function takePart(
  kernels: readonly Kernel[],
  control: Int32Array,
  shared: WebAssembly.Memory,
  thread: number,
  threads: number,
  done: () => void,
): void {
  let memory = new Int32Array(shared.buffer);
  for (;;) {
    const state = Atomics.load(control, CONTROL.state);
    const at = Atomics.load(control, CONTROL.at);
    if (at === LEAVE) return;
    // A fresh view where the owner has grown the memory.
    if (memory.buffer !== shared.buffer) memory = new Int32Array(shared.buffer);
    if (at !== IDLE && finishes(kernels, control, memory, thread, threads, state, at)) {
      if (advance(kernels, control, memory, thread, threads, at)) done();
    } else waitForChange(control, state);
  }
}

/** Takes pieces of a step while there are any. Whether the last one to be done was among them. */
function finishes(
  kernels: readonly Kernel[],
  control: Int32Array,
  memory: Int32Array,
  thread: number,
  threads: number,
  state: number,
  at: number,
): boolean {
  const units = memory[at + 1]!;
  const grain = memory[at + 2]!;
  const pieces = piecesOf(memory, at);
  const tag = cursorOf(state, 0);
  // The own share first, for the sake of the cache; then what is left of the others'.
  for (let i = 0; i < threads; i++) {
    const owner = (thread + i) % threads;
    const end = shareStart(pieces, owner + 1, threads);
    const cursor = CONTROL.cursors + owner * CURSOR_STRIDE;
    for (;;) {
      const next = Atomics.load(control, cursor);
      const piece = next & NO_PIECE;
      if ((next & ~NO_PIECE) !== tag) return false;
      if (piece >= end) break;
      if (Atomics.compareExchange(control, cursor, next, next + 1) !== next) continue;
      const begin = piece * grain;
      call(kernels[memory[at]!]!, memory, at + STEP_HEADER, thread, begin, Math.min(begin + grain, units));
      if (Atomics.add(control, CONTROL.done, 1) + 1 === pieces) return true;
    }
  }
  return false;
}

/** Goes on to the next step that is worth sharing, running those before it. Whether the plan is at its end. */
function advance(
  kernels: readonly Kernel[],
  control: Int32Array,
  memory: Int32Array,
  thread: number,
  threads: number,
  at: number,
): boolean {
  let left = Atomics.load(control, CONTROL.left) - 1;
  at += STEP_HEADER + memory[at + 4]!;
  for (; left > 0 && memory[at + 3]! & SERIAL; left--, at += STEP_HEADER + memory[at + 4]!) {
    call(kernels[memory[at]!]!, memory, at + STEP_HEADER, thread, 0, memory[at + 1]!);
  }
  layOut(control, memory, threads, at, left);
  return left === 0;
}
