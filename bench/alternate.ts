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
  /** Averages of the blocks, round by round. */
  readonly rounds: readonly number[];
}

export interface AlternateOptions {
  readonly rounds?: number;
  /** About how long a block takes. */
  readonly blockMs?: number;
}

const WARM_UP_MS = 400;

export async function alternate(
  contenders: readonly Contender[],
  { rounds = 21, blockMs = 60 }: AlternateOptions = {},
): Promise<Timing[]> {
  const times: number[] = [];
  for (const contender of contenders) {
    await contender.run(3);
    // Engines compile in the background: what is warm is known only after a while.
    const started = performance.now();
    let last: ArrayLike<number> = [];
    while (performance.now() - started < WARM_UP_MS) last = await contender.run(3);
    times.push(Math.max(3, Math.ceil(blockMs / mean(last))));
  }
  const means: number[][] = contenders.map(() => []);
  const singles: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const block = await contender.run(times[i]!);
      means[i]!.push(mean(block));
      singles[i]!.push(...Array.from(block));
    }
  }
  return contenders.map(({ name }, i) => ({
    name,
    ms: spread(means[i]!),
    p95: quantile(singles[i]!, 0.95),
    rounds: means[i]!,
  }));
}

/** How many times as long `a` takes as `b`, round by round. */
export function ratio(a: Timing, b: Timing): Spread {
  return spread(a.rounds.map((ms, round) => ms / b.rounds[round]!));
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
