import { type Html, html } from "../html.js";
import type { Scale, Tick } from "../scale.js";

export interface ChartOptions {
  readonly title: string;
  /** What the numbers upwards are, with their unit. */
  readonly yTitle: string;
  readonly xTitle: string;
  readonly curve: readonly Stretch[];
  readonly legend: string;
  /** A level to compare with, and what it is. */
  readonly level?: { readonly y: number; readonly label: string };
  readonly y: Scale;
  readonly xTicks: readonly Tick[];
  readonly xRange: readonly [number, number];
  /** What the picture shows, for those who do not see it. */
  readonly description: string;
}

/** Points across: more would not be seen. */
const POINTS = 240;

/** A stretch of a curve: its middle, the mean, and the values that a tenth lies below and a tenth above. */
export interface Stretch {
  readonly x: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** A curve in stretches, few enough to draw. */
export function stretches(values: readonly number[]): Stretch[] {
  const length = Math.ceil(values.length / POINTS);
  const result: Stretch[] = [];
  for (let start = 0; start < values.length; start += length) {
    const part = values.slice(start, start + length);
    const sorted = part.filter(Number.isFinite).sort((a, b) => a - b);
    if (sorted.length === 0) continue;
    const quantile = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
    const mean = sorted.reduce((a, b) => a + b, 0) / sorted.length;
    result.push({ x: start + (part.length + 1) / 2, mean, low: quantile(0.1), high: quantile(0.9) });
  }
  return result;
}

/**
 * A curve with the band that most values lie in. The drawing stretches with the page while text and lines keep their
 * size: it needs no script and prints.
 */
export function chart({
  title,
  yTitle,
  xTitle,
  curve,
  legend,
  level,
  y,
  xTicks,
  xRange,
  description,
}: ChartOptions): Html {
  const [from, to] = xRange;
  const right = (x: number): number => (100 * (x - from)) / (to - from || 1);
  const down = (value: number): number => 100 * (1 - Math.min(Math.max(y.place(value), 0), 1));
  const point = (x: number, value: number): string => `${right(x).toFixed(2)},${down(value).toFixed(2)}`;
  const line = curve.map(({ x, mean }) => point(x, mean)).join(" ");
  const band = [
    ...curve.map(({ x, high }) => point(x, high)),
    ...curve.map(({ x, low }) => point(x, low)).reverse(),
  ].join(" ");
  return html`
<figure class="chart">
<figcaption><strong>${title}</strong><span class="legend"><i class="line"></i>${legend}</span>${
    level && html`<span class="legend"><i class="level"></i>${level.label}</span>`
  }</figcaption>
<div class="frame" role="img" aria-label="${description}">
<div class="y title" aria-hidden="true">${yTitle}</div>
<div class="plot" aria-hidden="true">
<svg viewBox="0 0 100 100" preserveAspectRatio="none">
${y.ticks.map(({ at }) => html`<line class="rule" x1="0" x2="100" y1="${down(at).toFixed(2)}" y2="${down(at).toFixed(2)}"/>`)}
${xTicks.map(({ at }) => html`<line class="rule" y1="0" y2="100" x1="${right(at).toFixed(2)}" x2="${right(at).toFixed(2)}"/>`)}
<polygon class="band" points="${band}"/>
<polyline class="line" points="${line}"/>
${level && html`<line class="level" x1="0" x2="100" y1="${down(level.y).toFixed(2)}" y2="${down(level.y).toFixed(2)}"/>`}
</svg>
${y.ticks.map(({ at, label }) => html`<span class="y tick" style="top:${down(at).toFixed(2)}%">${label}</span>`)}
${xTicks.map(({ at, label }) => html`<span class="x tick" style="left:${right(at).toFixed(2)}%">${label}</span>`)}
</div>
<div class="x title" aria-hidden="true">${xTitle}</div>
</div>
</figure>`;
}
