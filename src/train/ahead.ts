/**
 * Calls `work` with each item, and fetches the next one while it is under way: the workers compute a step while this
 * thread prepares the next batch. Ends when `work` gives false. An aborted signal ends it with the signal's reason
 * before the next item, or while that is waited for.
 */
export async function ahead<T>(
  items: AsyncIterable<T>,
  signal: AbortSignal | undefined,
  work: (item: T) => Promise<boolean>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  const fetch = (): Promise<IteratorResult<T>> => {
    const next = iterator.next();
    // Whether it failed is asked when it is awaited, unless something else fails first.
    next.catch(() => {});
    return next;
  };
  try {
    let next = fetch();
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await orAbort(next, signal);
      if (done) return;
      const working = work(value);
      working.catch(() => {});
      await start();
      next = fetch();
      if (!(await working)) return;
    }
  } finally {
    Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

/** Promises between asking for a run and its start on the workers, with room to spare. */
const TURNS = 16;

/** Lets what was just asked for start, before this thread is busy with something else. */
async function start(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await undefined;
}

/** The promise, unless the signal is aborted first. */
async function orAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
