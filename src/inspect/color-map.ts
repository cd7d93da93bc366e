/**
 * Colours for numbers: dark to light by blue, green and yellow, or by purple, red and yellow; black to white; blue for below
 * and red for above zero.
 */
export type ColorMap = "viridis" | "inferno" | "gray" | "signed";

export type Rgb = readonly [red: number, green: number, blue: number];

// Evenly spaced colours of Smith and van der Walt's viridis and inferno, and of Brewer's diverging red to blue.
const stops: Readonly<Record<ColorMap, readonly Rgb[]>> = {
  viridis: parse("440154 482475 414487 355f8d 2a788e 21918c 22a884 44bf70 7ad151 bddf26 fde725"),
  inferno: parse("000004 160b39 420a68 6a176e 932667 bc3754 dd513a f3771a fca50a f6d645 fcffa4"),
  gray: parse("000000 ffffff"),
  signed: parse("053061 2166ac 4393c3 92c5de d1e5f0 f7f7f7 fddbc7 f4a582 d6604d b2182b 67001f"),
};

export const colorMaps = Object.keys(stops) as ColorMap[];

function parse(colors: string): Rgb[] {
  return colors
    .split(" ")
    .map((hex) => [0, 2, 4].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as [number, number, number]);
}

/** What is no number, in the colour of none. */
const NONE: Rgb = [128, 128, 128];

/** The colour for a number from 0 to 1; what lies outside is taken for the nearer end, what is no number is grey. */
export function colorOf(map: ColorMap, value: number): Rgb {
  if (Number.isNaN(value)) return NONE;
  const colors = stops[map];
  const place = Math.min(Math.max(value, 0), 1) * (colors.length - 1);
  const i = Math.min(Math.floor(place), colors.length - 2);
  const [from, to, share] = [colors[i]!, colors[i + 1]!, place - i];
  const mix = (c: 0 | 1 | 2): number => Math.round(from[c] + (to[c] - from[c]) * share);
  return [mix(0), mix(1), mix(2)];
}
