import type { Shape } from "../tensor.js";

/** A shape without the batch as networks are drawn, height × width × channels: `28 × 28 × 6`. */
export function drawnShape(shape: Shape, times = " × "): string {
  const [c, ...pixels] = shape;
  return (c === undefined || shape.length > 3 ? shape : [...pixels, c]).join(times);
}

/** `61,706`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 step`, `2,345 steps`. */
export function counted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** `241 KB`, in thousands. */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ["GB", 1e9],
    ["MB", 1e6],
    ["KB", 1e3],
  ] as const) {
    if (bytes >= size) return `${Number((bytes / size).toPrecision(3))} ${unit}`;
  }
  return `${bytes} bytes`;
}

/** `98.76 %`. */
export function percent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** `12`, `23,296`, `−0.0123`, `1.2e−5`: a number in three digits, whole ones in full. */
export function formatNumber(value: number): string {
  const isShort = Number.isInteger(value) && Math.abs(value) < 1e9;
  // Plus 0, so that −0 is 0.
  return (isShort ? formatCount(value + 0) : String(Number(value.toPrecision(3)))).replaceAll("-", "−");
}
