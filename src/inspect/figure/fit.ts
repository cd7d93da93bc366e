import { textWidth } from "./font.js";

/** A whole number of times, for pixels of equal size, or a smaller size where there is no room for one. */
export function enlargement(times: number, most: number): number {
  return times >= 1 ? Math.min(most, Math.floor(times)) : times;
}

/** Of names at such distances, every how many-th there is room for. */
export function every(size: number, distance: number): number {
  return Number.isFinite(distance) ? Math.max(1, Math.ceil(size / distance)) : 1;
}

export function widest(texts: readonly string[]): number {
  return texts.reduce((most, value) => Math.max(most, textWidth(value)), 0);
}
