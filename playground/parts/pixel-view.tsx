import type { Image } from "featuremap/image";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Picture } from "./picture.js";

/** A pixel: row and column. */
export interface Point {
  readonly y: number;
  readonly x: number;
}

/** How a pixel was pointed at: by passing over it, by pressing or dragging, or by the keyboard. */
export type How = "hover" | "press" | "drag" | "key";

interface PixelViewProps {
  readonly image: Image;
  /** What the picture shows. */
  readonly label: string;
  /** What keys do, for those who use them. */
  readonly keys?: string;
  /** With it the picture can be pointed into, by pointer and by arrow keys. */
  readonly onPoint?: (point: Point, how: How) => void;
  readonly onLeave?: () => void;
  /** Where the keyboard moves on from. */
  readonly at?: Point;
  /** Dragging is for the picture alone, not for scrolling the page. */
  readonly grabs?: boolean;
  /** SVG over the picture, in units of its pixels. */
  readonly children?: ComponentChildren;
}

const STEPS: Readonly<Record<string, readonly [dy: number, dx: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
};

/**
 * A picture in large pixels that can be pointed at: with the mouse, a finger, or the arrow keys. It lies on a stage whose
 * size does not depend on it, so that nothing moves when another picture comes.
 */
export function PixelView({
  image,
  label,
  keys = "Arrow keys move from pixel to pixel",
  onPoint,
  onLeave,
  at = { y: 0, x: 0 },
  grabs = false,
  children,
}: PixelViewProps) {
  const { width, height } = image;
  const aspect = width / height;
  const inside = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
  const point = (event: PointerEvent, how: How) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    onPoint!(
      {
        y: inside(Math.floor(((event.clientY - box.top) / box.height) * height), height),
        x: inside(Math.floor(((event.clientX - box.left) / box.width) * width), width),
      },
      how,
    );
  };
  const reactions = onPoint && {
    role: "application" as const,
    tabIndex: 0,
    "aria-label": `${label}. ${keys}.`,
    onPointerMove: (event: PointerEvent) => point(event, event.buttons > 0 ? "drag" : "hover"),
    onPointerDown: (event: PointerEvent) => {
      if (grabs) (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      point(event, "press");
    },
    onPointerLeave: onLeave,
    onKeyDown: (event: KeyboardEvent) => {
      const step = STEPS[event.key];
      if (event.key === " " || event.key === "Enter") onPoint(at, "press");
      else if (step) onPoint({ y: inside(at.y + step[0], height), x: inside(at.x + step[1], width) }, "key");
      else return;
      event.preventDefault();
    },
  };
  return (
    <div class="stage">
      <div
        class={`pixel-view${onPoint ? " pointed" : ""}${grabs ? " grabs" : ""}`}
        style={{ aspectRatio: `${aspect}`, width: `min(100cqw, calc(${aspect} * 100cqh))` }}
        {...reactions}
      >
        <Picture image={image} label={label} />
        {children && (
          <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
            {children}
          </svg>
        )}
      </div>
    </div>
  );
}

interface BoxProps extends Point {
  readonly height?: number;
  readonly width?: number;
  readonly kind?: "here" | "frame" | "won";
}

/** A frame around pixels, to be seen on any picture. */
export function Box({ y, x, height = 1, width = 1, kind = "here" }: BoxProps) {
  return (
    <g class={`box ${kind}`}>
      <rect x={x} y={y} width={width} height={height} />
      <rect x={x} y={y} width={width} height={height} />
    </g>
  );
}

/** The pixel that is looked at: the one under the mouse, else the last that was pressed or reached by keys. */
export function useCursor(height: number, width: number) {
  const [held, hold] = useState<Point>({ y: Math.floor(height / 2), x: Math.floor(width / 2) });
  const [hovered, hover] = useState<Point>();
  const [byKey, setByKey] = useState(false);
  const { y, x } = hovered ?? held;
  return {
    at: { y: Math.min(y, height - 1), x: Math.min(x, width - 1) },
    /** Whether the keyboard moved it last: then what is there should be spoken. */
    byKey,
    onPoint(point: Point, how: How) {
      setByKey(how === "key");
      if (how === "hover") return hover(point);
      hold(point);
      hover(undefined);
    },
    onLeave: () => hover(undefined),
  };
}
