/** A number along an axis, as it is written there. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Where numbers are, from 0 at the bottom to 1 at the top, and the numbers to show. */
export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly Tick[];
}

/** From 0 to 100 percent. */
export function percentScale(): Scale {
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at, label: `${Math.round(at * 100)}` }));
  return { place: (value) => value, ticks };
}

/** Equal steps at equal distances, from a round number to a round number. */
export function linearScale(values: readonly number[], count: number): Scale {
  let [least, most] = extentOf(values) ?? [0, 1];
  if (least === most)
    [least, most] = least === 0 ? [0, 1] : [least - Math.abs(least) / 2, most + Math.abs(most) / 2];
  const step = roundStep((most - least) / count);
  const [low, high] = [Math.floor(least / step + 1e-9) * step, Math.ceil(most / step - 1e-9) * step];
  return { place: (value) => (value - low) / (high - low), ticks: ticksOf(step, low, high) };
}

/**
 * Powers of ten at equal distances.
 * @param from the scale begins there or below
 */
export function logScale(values: readonly number[], from = Number.POSITIVE_INFINITY): Scale {
  const [smallest, largest] = extentOf(values.filter((value) => value > 0)) ?? [1, 10];
  const least = Math.min(smallest, from);
  const most = Math.max(largest, least * 2);
  const first = Math.floor(Math.log10(least));
  const powers = Array.from({ length: Math.ceil(Math.log10(most)) - first + 1 }, (_, i) => first + i);
  const candidates = powers.flatMap((power) => [1, 2, 5].map((factor) => Number(`${factor}e${power}`)));
  const low = candidates.filter((candidate) => candidate <= least).at(-1) ?? least;
  const high = candidates.find((candidate) => candidate >= most) ?? most;
  const span = Math.log(high / low);
  const isWithin = (at: number): boolean => at >= low && at <= high;
  const all = candidates.filter(isWithin);
  const tens = powers.map((power) => Number(`1e${power}`)).filter(isWithin);
  const every = Math.ceil(tens.length / 8);
  const shown = all.length > 8 ? tens.filter((_, i) => i % every === 0) : all;
  const ticks = shown.map((at) => ({ at, label: String(at) }));
  return { place: (value) => (value > 0 ? Math.log(value / low) / span : 0), ticks };
}

/** Round numbers within a range, about so many. */
export function roundTicks([from, to]: readonly [number, number], count: number): Tick[] {
  return ticksOf(roundStep((to - from) / count), from, to);
}

/** Digits behind the point that numbers along an axis have at most. */
const MOST_DIGITS = 11;

/** The multiples of a step within a range. */
function ticksOf(step: number, from: number, to: number): Tick[] {
  const power = (value: number): number => Math.floor(Math.log10(value) + 1e-9);
  const digits = Math.max(0, -power(step));
  const largest = Math.max(Math.abs(from), Math.abs(to));
  // Of very large or small numbers a power of ten, with as many digits as tell the steps apart.
  const isShort = digits <= MOST_DIGITS && largest < 1e21;
  const precision = Math.min(power(largest) - power(step) + 1, 15);
  const written = (at: number): string =>
    isShort
      ? at.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
      : String(Number(at.toPrecision(precision))).replace("e+", "e");
  const label = (at: number): string => (at === 0 ? "0" : written(at).replaceAll("-", "−"));
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step).map((at) => ({
    at,
    label: label(at),
  }));
}

/** The smallest of 1, 2, 5 times a power of ten that is not below. */
function roundStep(rough: number): number {
  // Not 10 ** n, which engines round in different ways.
  const power = Number(`1e${Math.floor(Math.log10(rough))}`);
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10);
}

/** The least and the largest of the numbers that are finite, if any are. */
export function extentOf(values: Iterable<number>): [least: number, most: number] | undefined {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return least <= most ? [least, most] : undefined;
}
