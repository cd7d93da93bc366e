import { check, checkNumber, checkOptions } from "../errors.js";

/** Mean and standard deviation to normalise with; one number for all channels or one for each. Default 0 and 1. */
export interface Normalization {
  readonly mean?: number | readonly number[];
  readonly std?: number | readonly number[];
}

/** What an option `normalize` stands for: what is usual, nothing, or numbers of one's own. */
export function normalization(
  what: string,
  normalize: boolean | Normalization,
  usual: Normalization,
): Normalization {
  if (typeof normalize === "boolean") return normalize ? usual : {};
  checkOptions(`${what}: normalize`, normalize, ["mean", "std"]);
  return normalize;
}

/** `(value - mean) / std`, a function for each channel, in float32 arithmetic as torchvision computes it. */
export function normalizers(
  what: string,
  channels: number,
  { mean = 0, std = 1 }: Normalization,
): ((value: number) => number)[] {
  const means = perChannel(what, "mean", mean, channels);
  const stds = perChannel(what, "std", std, channels);
  for (const value of means) checkNumber(`${what}: mean`, value);
  for (const value of stds) checkNumber(`${what}: std`, value, { above: 0 });
  const f = Math.fround;
  return means.map((m, c) => (value) => f(f(f(value) - f(m)) / f(stds[c]!)));
}

/** What each 8-bit sample becomes, divided by 255 and then normalised: for each channel a table of 256. */
export function byteTables(what: string, channels: number, normalization: Normalization): Float32Array[] {
  return normalizers(what, channels, normalization).map((normalize) =>
    Float32Array.from({ length: 256 }, (_, byte) => normalize(byte / 255)),
  );
}

/** One number for each channel. */
export function perChannel(
  what: string,
  name: string,
  value: number | readonly number[],
  channels: number,
): number[] {
  const values = Array.isArray(value) ? value : Array<number>(channels).fill(value as number);
  check(
    values.length === channels,
    () =>
      `${what}: ${name} has ${values.length} numbers for ${channels} ${channels === 1 ? "channel" : "channels"}.`,
  );
  return values;
}
