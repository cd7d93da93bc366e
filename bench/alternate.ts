// Timing several contenders beside each other. A machine's speed drifts within seconds, so they take turns in short
// blocks, and ratios are formed within a round.

/** Something that does the work that is measured. */
export interface Contender {
  readonly name: string;
  /** Does it so many times, one after the other; the milliseconds of each. */
  run(times: number): Promise<ArrayLike<number>>;
}

/** Where the middle half of some numbers lies. */
export interface Spread {
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
}

/** What was measured of one contender. */
export interface Timing {
  readonly name: string;
  /** Milliseconds for one time, averaged over each block. */
  readonly ms: Spread;
  /** Milliseconds that 95 in 100 single times stay below. */
  readonly p95: number;
  /** Averages of the blocks, round by round; null for a round that was left out. */
  readonly rounds: readonly (number | null)[];
}

export interface AlternateOptions {
  readonly rounds?: number;
  /** About how long a block takes. */
  readonly blockMs?: number;
  /** About how long all of it may take: fewer rounds then, but some. */
  readonly budgetMs?: number;
  /** How long each runs before; 0 where all are warm. */
  readonly warmUpMs?: number;
}

/** Rounds at least, whatever they take. */
const FEWEST = 5;
/** A contender that takes so many times as long as the fastest comes in one round of four. */
const SLOW = 10;
const SLOW_EVERY = 4;
/** Threads of the last contender may still be polling. */
const PAUSE_MS = 4;

export async function alternate(
  contenders: readonly Contender[],
  { rounds = 21, blockMs = 60, budgetMs = Infinity, warmUpMs = 400 }: AlternateOptions = {},
): Promise<Timing[]> {
  const once: number[] = [];
  for (const contender of contenders) once.push(await warmUp(contender, warmUpMs));
  const times = once.map((ms) => Math.max(1, Math.ceil(blockMs / Math.max(ms, 0.001))));
  const blocks = once.map((ms, i) => ms * times[i]! + PAUSE_MS);
  const every = once.map((ms) => (ms > SLOW * Math.min(...once) ? SLOW_EVERY : 1));
  const roundMs = blocks.reduce((sum, ms, i) => sum + ms / every[i]!, 0);
  const count = Math.max(Math.min(rounds, FEWEST), Math.min(rounds, Math.floor(budgetMs / roundMs)));
  const means: (number | null)[][] = contenders.map(() => []);
  const singles: number[][] = contenders.map(() => []);
  for (let round = 0; round < count; round++) {
    for (const [i, contender] of contenders.entries()) {
      if (round % every[i]! > 0) {
        means[i]!.push(null);
        continue;
      }
      await pause();
      const block = await contender.run(times[i]!);
      means[i]!.push(mean(block));
      singles[i]!.push(...Array.from(block));
    }
  }
  return contenders.map(({ name }, i) => ({
    name,
    ms: spread(present(means[i]!)),
    p95: quantile(singles[i]!, 0.95),
    rounds: means[i]!,
  }));
}

/** Runs it until engines, which compile in the background, are done; about the milliseconds of one time. */
async function warmUp(contender: Contender, warmUpMs: number): Promise<number> {
  const started = performance.now();
  let ms = mean(await contender.run(1));
  while (performance.now() - started < warmUpMs) ms = mean(await contender.run(ms < warmUpMs / 10 ? 3 : 1));
  return ms;
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

const present = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

/** How many times as long `a` takes as `b`, round by round. */
export function ratio(a: Timing, b: Timing): Spread {
  return spread(
    a.rounds.flatMap((ms, round) => {
      const other = b.rounds[round];
      return ms === null || typeof other !== "number" ? [] : [ms / other];
    }),
  );
}

export function spread(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), q1: quantile(values, 0.25), q3: quantile(values, 0.75) };
}

/** Interpolated between neighbours, as numpy does. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
