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
 * One step in the table, as int32s: kernel index, units of work, grain (units taken at a time; all of them when the
 * step is too small to share), flags, number of arguments, arguments.
 */
export const STEP_HEADER = 5;
/** The step is small and runs on thread 0 alone. */
export const SERIAL = 1;
/** Every thread must have finished the steps before. */
export const BARRIER = 2;

/** Where things lie in a pool's control block, in int32s. Counters keep 128 bytes apart. */
export const CONTROL = {
  /** Counts commands; workers sleep on it. */
  command: 0,
  /** Address of the plan to run and its number of steps. */
  plan: 1,
  steps: 2,
  arrived: 32,
  /** Counts barriers passed; threads sleep on it. */
  barrier: 64,
  sleepers: 96,
  /** Next unit of thread t's share: cursors + 32 t. */
  cursors: 128,
} as const;
const CURSOR_STRIDE = 32;
/** In place of a number of steps: the worker shall leave. */
export const LEAVE = -1;

/** Size of the control block of a pool. */
export function controlBytes(threads: number): number {
  return (CONTROL.cursors + CURSOR_STRIDE * threads) * 4;
}

/** Polls before a waiting thread goes to sleep: about the time that waking it would cost. */
const SPINS = 20_000;

/** Calls a kernel with the arguments at `at` and a range. Spelled out for short lists, which spreading would copy. */
function call(kernel: Kernel, t: Int32Array, at: number, begin: number, end: number): void {
  const count = t[at - 1]!;
  if (count === 2) kernel(t[at]!, t[at + 1]!, begin, end);
  else if (count === 3) kernel(t[at]!, t[at + 1]!, t[at + 2]!, begin, end);
  else if (count === 4) kernel(t[at]!, t[at + 1]!, t[at + 2]!, t[at + 3]!, begin, end);
  else if (count === 5) kernel(t[at]!, t[at + 1]!, t[at + 2]!, t[at + 3]!, t[at + 4]!, begin, end);
  else kernel(...t.subarray(at, at + count), begin, end);
}

/** Runs the whole table on the calling thread. */
export function runSteps(kernels: readonly Kernel[], table: Int32Array, start: number, steps: number): void {
  for (let step = 0, at = start; step < steps; step++, at += STEP_HEADER + table[at + 4]!) {
    call(kernels[table[at]!]!, table, at + STEP_HEADER, 0, table[at + 1]!);
  }
}

/** Sleeps until the counter at `index` is no longer `seen`, after polling it for a moment. */
export function waitForChange(control: Int32Array, index: number, seen: number): void {
  for (let spin = 0; spin < SPINS; spin++) {
    if (Atomics.load(control, index) !== seen) return;
  }
  Atomics.add(control, CONTROL.sleepers, 1);
  while (Atomics.load(control, index) === seen) Atomics.wait(control, index, seen);
  Atomics.sub(control, CONTROL.sleepers, 1);
}

/** Moves a counter on and wakes whoever sleeps on it. */
export function announce(control: Int32Array, index: number): void {
  Atomics.add(control, index, 1);
  if (Atomics.load(control, CONTROL.sleepers) > 0) Atomics.notify(control, index);
}

/** Thread t of T owns the units from this one to the next thread's. */
function shareStart(units: number, thread: number, threads: number): number {
  return Math.floor((units * thread) / threads);
}

/** Waits for all threads; the last to arrive lays out the shares of the next step. */
function barrier(control: Int32Array, threads: number, units: number): void {
  const seen = Atomics.load(control, CONTROL.barrier);
  if (Atomics.add(control, CONTROL.arrived, 1) + 1 < threads) {
    waitForChange(control, CONTROL.barrier, seen);
    return;
  }
  Atomics.store(control, CONTROL.arrived, 0);
  for (let t = 0; t < threads; t++) {
    Atomics.store(control, CONTROL.cursors + t * CURSOR_STRIDE, shareStart(units, t, threads));
  }
  announce(control, CONTROL.barrier);
}

/**
 * One thread's part in running the table that `control` names. Units are computed the same way whoever runs them, so
 * the results do not depend on the number of threads nor on who was faster.
 */
export function runShare(
  kernels: readonly Kernel[],
  control: Int32Array,
  memory: Int32Array,
  thread: number,
  threads: number,
): void {
  const steps = Atomics.load(control, CONTROL.steps);
  let at = Atomics.load(control, CONTROL.plan) >>> 2;
  for (let step = 0; step < steps; step++, at += STEP_HEADER + memory[at + 4]!) {
    const units = memory[at + 1]!;
    const grain = memory[at + 2]!;
    const flags = memory[at + 3]!;
    const kernel = kernels[memory[at]!]!;
    if (flags & BARRIER) barrier(control, threads, units);
    if (flags & SERIAL) {
      if (thread === 0) call(kernel, memory, at + STEP_HEADER, 0, units);
      continue;
    }
    // The own share first, for the sake of the cache; then what is left of the others'.
    for (let i = 0; i < threads; i++) {
      const owner = (thread + i) % threads;
      const end = shareStart(units, owner + 1, threads);
      const cursor = CONTROL.cursors + owner * CURSOR_STRIDE;
      for (let begin = Atomics.add(control, cursor, grain); begin < end; ) {
        call(kernel, memory, at + STEP_HEADER, begin, Math.min(begin + grain, end));
        begin = Atomics.add(control, cursor, grain);
      }
    }
  }
  barrier(control, threads, 0);
}
