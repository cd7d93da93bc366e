import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { DRAWN, Drawing } from "./drawing.js";

interface PadProps {
  /** Where the drawing is put once there is a canvas for it. */
  readonly drawing: RefObject<Drawing | null>;
  /** Thickness of the pen, in pixels of the network. */
  readonly brush: number;
  /** Something was drawn, at that time. */
  readonly onDraw: (since: number) => void;
  readonly onUndo: () => void;
  readonly onClear: () => void;
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The paper one draws on: with mouse, pen or finger, or with the keyboard. */
export function Pad({ drawing, brush, onDraw, onUndo, onClear }: PadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cursor, setCursor] = useState({ x: 14, y: 14, isDown: false });
  const [said, setSaid] = useState("");

  useLayoutEffect(() => {
    drawing.current = new Drawing(canvas.current!);
    return () => {
      drawing.current = null;
    };
  }, []);

  const place = (event: PointerEvent): [number, number] => {
    const { left, top, width, height } = canvas.current!.getBoundingClientRect();
    return [((event.clientX - left) / width) * 28, ((event.clientY - top) / height) * 28];
  };

  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0 || !event.isPrimary) return;
    const since = performance.now();
    canvas.current!.setPointerCapture(event.pointerId);
    drawing.current!.begin(...place(event), brush);
    onDraw(since);
  };

  const onPointerMove = (event: PointerEvent): void => {
    if (!event.isPrimary || !canvas.current!.hasPointerCapture(event.pointerId)) return;
    const since = performance.now();
    const events = event.getCoalescedEvents?.() ?? [];
    for (const part of events.length > 0 ? events : [event]) drawing.current!.moveTo(...place(part));
    onDraw(since);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const since = performance.now();
    const arrow = arrows[event.key];
    const isUndo = event.key === "z" && (event.ctrlKey || event.metaKey);
    if (arrow) {
      const far = event.shiftKey ? 4 : 1;
      const x = Math.min(Math.max(cursor.x + far * arrow[0], 0), 27);
      const y = Math.min(Math.max(cursor.y + far * arrow[1], 0), 27);
      setCursor({ ...cursor, x, y });
      setSaid(`Column ${x + 1}, row ${y + 1}`);
      if (cursor.isDown) {
        drawing.current!.moveTo(x + 0.5, y + 0.5);
        onDraw(since);
      }
    } else if (event.key === " ") {
      const isDown = !cursor.isDown;
      setCursor({ ...cursor, isDown });
      setSaid(isDown ? "Pen down" : "Pen up");
      if (isDown) {
        drawing.current!.begin(cursor.x + 0.5, cursor.y + 0.5, brush);
        onDraw(since);
      }
    } else if (isUndo) onUndo();
    else if (event.key === "Delete") onClear();
    else return;
    if (isUndo || event.key === "Delete") setCursor({ ...cursor, isDown: false });
    event.preventDefault();
  };

  return (
    <div
      class="pad"
      tabIndex={0}
      role="application"
      aria-label="Paper to draw a digit on"
      aria-describedby="pad-keys"
      onKeyDown={onKeyDown}
      onBlur={() => setCursor({ ...cursor, isDown: false })}
    >
      <canvas
        ref={canvas}
        width={DRAWN}
        height={DRAWN}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
      />
      <span
        class={cursor.isDown ? "cursor down" : "cursor"}
        style={{ left: `${(cursor.x / 28) * 100}%`, top: `${(cursor.y / 28) * 100}%` }}
      />
      <span class="hidden" role="status">
        {said}
      </span>
    </div>
  );
}
