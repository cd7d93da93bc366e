/** A number for reading: up to `digits` after the point, none that say nothing, and a minus as wide as a plus. */
export function format(value: number, digits = 2): string {
  const text = value.toFixed(digits).replace(/\.?0+$/, digits > 0 ? "" : "$&");
  return text === "-0" ? "0" : text.replace("-", "−");
}

/** What was typed as a number: 3, -0.5, .25, 1/9, with either minus. Nothing for anything else. */
export function parseNumber(text: string): number | undefined {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:\s*\/\s*(\d+\.?\d*))?$/.exec(plain);
  if (!match) return undefined;
  const value = Number(match[1]) / Number(match[2] ?? 1);
  return Number.isFinite(value) && Math.abs(value) <= 1e6 ? value : undefined;
}
