import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** A point of a {@link Scatter}. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  /** Its class in the style sheet. */
  readonly kind: string;
  /** What is known of it, read out and shown when it is pointed at. */
  readonly text: string;
  /** What happens when it is chosen. */
  readonly onChoose?: () => void;
}

export interface ScatterAxis {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly (readonly [at: number, text: string])[];
  readonly log?: boolean;
}

interface ScatterProps {
  readonly label: string;
  readonly points: readonly Point[];
  readonly x: ScatterAxis;
  readonly y: ScatterAxis;
}

const HEIGHT = 360;
const MARGIN = { left: 48, right: 20, top: 30, bottom: 44 };
const LINE = 16;

/** Named points between two axes. It fills the width it has; labels keep out of each other's way. */
export function Scatter({ label, points, x, y }: ScatterProps) {
  const frame = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(640);
  const [pointed, setPointed] = useState<Point>();
  useLayoutEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(280, entry!.contentRect.width)));
    watch.observe(frame.current!);
    return () => watch.disconnect();
  }, []);
  const inner = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const right = (value: number) => MARGIN.left + share(x, value) * inner.width;
  const down = (value: number) => MARGIN.top + (1 - share(y, value)) * inner.height;
  const placed = placeLabels(
    points.map((point) => ({ x: right(point.x), y: down(point.y), text: point.label })),
    width - 4,
  );
  return (
    <section class="scatter" ref={frame} aria-label={label}>
      <svg width={width} height={HEIGHT}>
        {y.ticks.map(([at, text]) => (
          <g key={at}>
            <line class="rule" x1={MARGIN.left} x2={width - MARGIN.right} y1={down(at)} y2={down(at)} />
            <text class="tick end" x={MARGIN.left - 8} y={down(at) + 4}>
              {text}
            </text>
          </g>
        ))}
        {x.ticks.map(([at, text]) => (
          <text key={at} class="tick middle" x={right(at)} y={HEIGHT - MARGIN.bottom + 20}>
            {text}
          </text>
        ))}
        <text class="axis" x={4} y={12}>
          {y.title}
        </text>
        <text class="axis end" x={width - MARGIN.right} y={HEIGHT - 6}>
          {x.title}
        </text>
        {points.map((point, i) => {
          const { x: cx, y: cy } = { x: right(point.x), y: down(point.y) };
          const place = placed[i];
          return (
            <g
              key={point.label}
              class={`point ${point.kind}`}
              role={point.onChoose ? "button" : "img"}
              tabIndex={0}
              aria-label={point.text}
              onClick={point.onChoose}
              onKeyDown={(event) => {
                if (point.onChoose && (event.key === "Enter" || event.key === " ")) {
                  event.preventDefault();
                  point.onChoose();
                }
              }}
              onPointerEnter={() => setPointed(point)}
              onFocus={() => setPointed(point)}
            >
              <circle class="target" cx={cx} cy={cy} r={14} />
              <circle class="dot" cx={cx} cy={cy} r={6} />
              {place && (
                <text class={place.end ? "end" : ""} x={place.x} y={place.y}>
                  {point.label}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <p class="caption soft small">
        {pointed?.text ?? "Point at a network to read what it is and where it is from."}
      </p>
    </section>
  );
}

function share({ from, to, log }: ScatterAxis, value: number): number {
  return log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
}

interface Wanted {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly end: boolean;
}

/** Places for labels beside their points, right or left, a line up or down, where they cover nothing; null where there is none. */
export function placeLabels(wanted: readonly Wanted[], width: number): (Placed | null)[] {
  const taken = wanted.map(({ x, y }) => ({ left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 }));
  return wanted.map(({ x, y, text }) => {
    const length = text.length * 7.2;
    for (const dy of [0, -0.8, 0.8, -1.4, 1.4]) {
      for (const end of [false, true]) {
        const left = end ? x - 11 - length : x + 11;
        const box = {
          left,
          right: left + length,
          top: y + dy * LINE - LINE / 2,
          bottom: y + dy * LINE + LINE / 2,
        };
        const free = taken.every(
          (other) =>
            box.right <= other.left ||
            box.left >= other.right ||
            box.bottom <= other.top ||
            box.top >= other.bottom,
        );
        if (!free || box.left < MARGIN.left - 40 || box.right > width) continue;
        taken.push(box);
        return { x: end ? x - 11 : x + 11, y: y + dy * LINE + 4, end };
      }
    }
    return null;
  });
}
