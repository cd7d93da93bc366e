import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";

export interface Series {
  readonly name: string;
  /** A colour of the palette: "--blue". */
  readonly color: string;
  /** Points alone, for values that are few. */
  readonly points?: boolean;
  readonly dashed?: boolean;
  /** How its values are written in the legend. */
  readonly format?: (value: number) => string;
}

interface ChartProps {
  readonly title: string;
  /** What it shows in words, for those who do not see it. */
  readonly summary: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** Places on the x axis, ascending; then the values of each series there, null where it has none. */
  readonly data: readonly (readonly (number | null)[])[];
  /** Ends of the axes where they are fixed. */
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  readonly format?: (value: number) => string;
  readonly height?: number;
}

const colorOf = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Curves over a common axis. New data is drawn without making the chart anew; it follows the width and the theme. */
export function Chart(props: ChartProps) {
  const { title, summary, data, height = 220 } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const element = place.current!;
    const made = new uPlot(
      optionsOf(latest, element.clientWidth),
      latest.current.data as uPlot.AlignedData,
      element,
    );
    // What the chart says is in the summary.
    made.root.setAttribute("aria-hidden", "true");
    plot.current = made;
    const sized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: made.height }));
    sized.observe(element);
    const themed = new MutationObserver(() => made.redraw(false, true));
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    const redraw = (): void => made.redraw(false, true);
    system.addEventListener("change", redraw);
    return () => {
      sized.disconnect();
      themed.disconnect();
      system.removeEventListener("change", redraw);
      made.destroy();
      plot.current = undefined;
    };
  }, [height]);

  useEffect(() => plot.current?.setData(data as uPlot.AlignedData), [data]);

  return (
    <figure class="chart">
      <h3>{title}</h3>
      {/* The legend of uPlot takes a row below. */}
      <div ref={place} class="plot" style={{ height: `${height + 32}px` }} />
      <p class="hidden">{summary}</p>
    </figure>
  );
}

function optionsOf(latest: { readonly current: ChartProps }, width: number): uPlot.Options {
  const { x, y, series, height = 220, format = String } = latest.current;
  const axis = (label: string, values: (value: number) => string, size: number): uPlot.Axis => ({
    label,
    labelSize: 20,
    size,
    labelFont: "12px system-ui, sans-serif",
    font: "12px system-ui, sans-serif",
    stroke: () => colorOf("--soft"),
    grid: { stroke: () => colorOf("--rule"), width: 1 },
    ticks: { stroke: () => colorOf("--rule"), width: 1, size: 5 },
    values: (_, splits) => splits.map(values),
  });
  const range =
    (own: "xRange" | "yRange"): uPlot.Scale.Range =>
    (_, least, most) => {
      const given = latest.current[own];
      if (given) return [...given];
      return own === "xRange" ? [least ?? 0, most ?? 1] : uPlot.rangeNum(0, most || 1, 0.1, true);
    };
  return {
    width,
    height,
    cursor: { drag: { x: false, y: false } },
    legend: { markers: { width: 0, fill: (_, i) => `var(${series[i - 1]?.color})` } },
    scales: { x: { time: false, range: range("xRange") }, y: { range: range("yRange") } },
    axes: [axis(x, (value) => String(Number(value.toFixed(2))), 32), axis(y, format, 48)],
    series: [
      { label: x, value: (_, value) => (value === null ? "–" : value.toFixed(2)) },
      ...series.map(
        ({ name, color, points = false, dashed = false, format: own = format }): uPlot.Series => ({
          label: name,
          stroke: () => colorOf(color),
          width: 2,
          spanGaps: true,
          ...(dashed && { dash: [6, 4] }),
          points: { show: points, size: 7, fill: () => colorOf(color) },
          value: (_, value) => (value === null ? "–" : own(value)),
        }),
      ),
    ],
  };
}
