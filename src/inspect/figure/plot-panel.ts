import { check, checkIs } from "../../errors.js";
import { extentOf, linearScale, logScale, roundTicks, type Scale } from "../scale.js";
import type { Axis, PlotPanel, Series } from "./figure.js";
import { every, widest } from "./fit.js";
import { fitted, LINE, textWidth } from "./font.js";
import { distinct } from "./palette.js";
import { type Block, type Mark, moved, rectangle, stacked, text } from "./scene.js";

const MOST_WIDTH = 520;
const HEIGHT = 200;
/** Of a row that has a name. */
const ROW = 22;
const MOST_NAME = 180;
/** Share of the distance between bars that they fill. */
const FULL = 0.75;

/** Series against axes with round numbers, and a legend where there are several. */
export function plotBlock(panel: PlotPanel, room: number): Block {
  const { series, x, y, title } = panel;
  for (const { label, x: xs, y: ys } of series) {
    checkIs(typeof label === "string", `figure: label of a series of panel "${title}"`, label, "a text");
    check(
      xs.length === ys.length,
      () =>
        `figure: series "${label}" of panel "${title}" has ${xs.length} x and ${ys.length} y; it takes as many.`,
    );
  }
  const [across, up] = [scaleOf(panel, "x"), scaleOf(panel, "y")];
  const height = y.names ? y.names.length * ROW : HEIGHT;
  const left = Math.ceil(Math.min(MOST_NAME, widest(up.ticks.map(({ label }) => label)))) + 8;
  const last = across.ticks.at(-1);
  const right = last && !x.names ? Math.ceil(textWidth(last.label) / 2) : 0;
  const width = Math.max(80, Math.min(room, MOST_WIDTH) - left - right);
  const toX = (value: number): number => across.place(value) * width;
  const toY = (value: number): number => (y.names ? up.place(value) : 1 - up.place(value)) * height;

  const marks: Mark[] = [];
  const skipped = x.names ? every(widest(x.names) + 6, width / x.names.length) : 1;
  for (const [i, { at, label }] of across.ticks.entries()) {
    if (!x.names) marks.push(rectangle(Math.round(toX(at)), 0, 1, height + 1, "rule"));
    if (i % skipped === 0)
      marks.push(
        text(fitted(label, (width / across.ticks.length) * skipped), toX(at), height + 16, {
          anchor: "middle",
          ink: "soft",
        }),
      );
  }
  for (const { at, label } of up.ticks) {
    if (!y.names) marks.push(rectangle(0, Math.round(toY(at)), width + 1, 1, "rule"));
    marks.push(
      text(fitted(label, MOST_NAME), -8, toY(at) + 4, { anchor: "end", ink: y.names ? "ink" : "soft" }),
    );
  }
  const bars = series.filter(({ style }) => style === "bars");
  for (const [i, one] of series.entries()) {
    const ink = distinct[i % distinct.length]!;
    if (one.style === "bars") {
      const place = [bars.indexOf(one), bars.length] as const;
      for (const [from, to, low, high] of barsOf(one, panel, place)) {
        const [x0, x1] = y.names ? [toX(low), toX(high)] : [toX(from), toX(to)];
        const [y0, y1] = y.names ? [toY(from), toY(to)] : [toY(high), toY(low)];
        marks.push(rectangle(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0), ink));
      }
    } else if (one.style === "points") {
      for (const [px, py] of points(one, panel, toX, toY).flat())
        marks.push({ kind: "disc", x: px, y: py, radius: 3, ink });
    } else {
      for (const stretch of points(one, panel, toX, toY))
        if (stretch.length === 1)
          marks.push({ kind: "disc", x: stretch[0]![0], y: stretch[0]![1], radius: 2, ink });
        else marks.push({ kind: "line", points: stretch.flat(), width: 2, ink });
    }
  }
  const zero = y.names ? toX(0) : toY(0);
  if (bars.length > 0 && !(y.names ? x : y).log)
    marks.push(
      y.names
        ? rectangle(Math.round(zero), 0, 1, height, "soft")
        : rectangle(0, Math.round(zero), width + 1, 1, "soft"),
    );

  const plot: Block = {
    width: left + width + right,
    height: height + LINE + 6,
    marks: moved(marks, left, 6),
  };
  const total = plot.width;
  const xTitle: Block = {
    width: total,
    height: LINE,
    marks: [text(fitted(x.label, total), left + width, 11, { anchor: "end", ink: "soft" })],
  };
  const yTitle: Block = {
    width: total,
    height: LINE,
    marks: [text(fitted(y.label, total), 0, 11, { ink: "soft" })],
  };
  const blocks = [
    series.length > 1 && legend(series, total),
    y.label !== "" && yTitle,
    plot,
    x.label !== "" && xTitle,
  ];
  return {
    ...stacked(
      blocks.filter((block) => block !== false),
      4,
    ),
    width: total,
  };
}

/** The scale of an axis, wide enough for all of its series. */
function scaleOf({ series, ...axes }: PlotPanel, along: "x" | "y"): Scale {
  const { names, log }: Axis = axes[along];
  if (names) {
    const place = (value: number): number => (value + 0.5) / names.length;
    return { place, ticks: names.map((label, at) => ({ at, label })) };
  }
  const extents = series.flatMap(
    (one) => extentOf(log ? Array.from(one[along]).filter((v) => v > 0) : Array.from(one[along])) ?? [],
  );
  if (log) return logScale(extents);
  const upwards = axes.y.names ? "x" : "y";
  const hasBars = series.some(({ style }) => style === "bars");
  if (hasBars && along === upwards) extents.push(0);
  const [least, most] = extentOf(extents) ?? [0, 1];
  if (!hasBars || along === upwards) return linearScale([least, most], 5);
  // Bars stand in a row without air at its ends.
  const half = Math.max(...series.map((one) => distance(one[along]))) / 2;
  const [from, to] = [least - half, most + half];
  return { place: (value) => (value - from) / (to - from), ticks: roundTicks([from, to], 5) };
}

/** The smallest distance between neighbouring numbers. */
function distance(values: ArrayLike<number>): number {
  const sorted = Array.from(values)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const apart = sorted
    .slice(1)
    .map((value, i) => value - sorted[i]!)
    .filter((step) => step > 0);
  return apart.length > 0 ? apart.reduce((a, b) => Math.min(a, b)) : 1;
}

type Bar = readonly [from: number, to: number, low: number, high: number];

/** Where bars begin and end, along the axis they stand on and along the other; those of several series side by side. */
function barsOf({ x, y }: Series, panel: PlotPanel, [index, count]: readonly [number, number]): Bar[] {
  const [at, reach] = panel.y.names ? [y, x] : [x, y];
  const wide = distance(at) * FULL;
  return Array.from(at).flatMap((middle, i): Bar[] => {
    const value = reach[i]!;
    if (!Number.isFinite(middle) || !Number.isFinite(value)) return [];
    const from = middle - wide / 2 + (index * wide) / count;
    return [[from, from + wide / count, 0, value]];
  });
}

/** Points in stretches without gaps: what is no number, or has no place on a logarithmic axis, is left out. */
function points(
  { x, y }: Series,
  axes: PlotPanel,
  toX: (value: number) => number,
  toY: (value: number) => number,
): [number, number][][] {
  const stretches: [number, number][][] = [[]];
  const hasPlace = (value: number, { log }: Axis): boolean => Number.isFinite(value) && (!log || value > 0);
  for (let i = 0; i < x.length; i++) {
    if (hasPlace(x[i]!, axes.x) && hasPlace(y[i]!, axes.y)) stretches.at(-1)!.push([toX(x[i]!), toY(y[i]!)]);
    else stretches.push([]);
  }
  return stretches.filter(({ length }) => length > 0);
}

/** Names of the series in rows. */
function legend(series: readonly Series[], room: number): Block {
  const marks: Mark[] = [];
  let [x, y] = [0, 0];
  for (const [i, { label, style }] of series.entries()) {
    const ink = distinct[i % distinct.length]!;
    const name = fitted(label, room - 24);
    const width = 24 + textWidth(name);
    if (x > 0 && x + width > room) [x, y] = [0, y + LINE + 2];
    marks.push(
      style === "points"
        ? { kind: "disc", x: x + 8, y: y + 7, radius: 3, ink }
        : style === "line"
          ? rectangle(x, y + 6, 16, 2, ink)
          : rectangle(x + 3, y + 2, 10, 10, ink),
      text(name, x + 22, y + 11),
    );
    x += width + 14;
  }
  return { width: room, height: y + LINE, marks };
}
