import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Check } from "../../parts/controls.js";
import {
  layers,
  neighbour,
  type Shown,
  shapeText,
  type Tiling,
  tilingOf,
  type Unit,
  unitAt,
} from "./layers.js";
import type { Live } from "./live.js";
import { extent, paintMaps, type Range } from "./palette.js";

interface MapsProps {
  readonly live: Live;
  readonly unit: Unit | undefined;
  readonly onUnit: (unit: Unit) => void;
  readonly isStretched: boolean;
  readonly onStretched: (isStretched: boolean) => void;
}

/** All layers' feature maps, from the digit downwards. */
export function Maps({ live, unit, onUnit, isStretched, onStretched }: MapsProps) {
  const list = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measure = (): void => setWidth(list.current!.clientWidth);
    const observer = new ResizeObserver(measure);
    observer.observe(list.current!);
    measure();
    return () => observer.disconnect();
  }, []);
  return (
    <section class="panel maps" aria-labelledby="maps-title">
      <div class="row spread">
        <h2 id="maps-title">What every layer makes of it</h2>
        <Check label="Contrast of each layer" value={isStretched} onChange={onStretched} />
      </div>
      <div ref={list} class="layers">
        {width > 0 &&
          layers.map((layer) => (
            <Layer
              key={layer.tap}
              {...{ live, layer, width, isStretched, onUnit }}
              unit={unit?.layer === layer ? unit : undefined}
            />
          ))}
      </div>
      <div class="row spread">
        <Key
          from={isStretched ? "least of the layer" : "0"}
          to={isStretched ? "largest of the layer" : "1"}
        />
        <p class="small soft">Point at a number, or move there with the arrow keys, to look closer.</p>
      </div>
    </section>
  );
}

interface LayerProps {
  readonly live: Live;
  readonly layer: Shown;
  readonly width: number;
  readonly isStretched: boolean;
  readonly unit: Unit | undefined;
  readonly onUnit: (unit: Unit) => void;
}

/** A layer's maps side by side, drawn anew with each stroke. */
function Layer({ live, layer, width, isStretched, unit, onUnit }: LayerProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const range = useRef<HTMLSpanElement>(null);
  const tiling = useMemo(() => tilingOf(layer, width), [layer, width]);
  useLayoutEffect(
    () =>
      live.answers.follow(({ maps }) => {
        const values = maps[layer.tap]!;
        const own = extent(values);
        paintMaps(canvas.current!, values, layer.size, tiling, isStretched ? own : [0, 1]);
        range.current!.textContent = rangeText(own);
      }),
    [live, layer, tiling, isStretched],
  );

  const onPointer = (event: PointerEvent): void => {
    const { left, top } = canvas.current!.getBoundingClientRect();
    const { zoom } = tiling;
    const at = unitAt(layer, tiling, (event.clientX - left) / zoom, (event.clientY - top) / zoom);
    if (at) onUnit(at);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!arrow) return;
    event.preventDefault();
    const from = unit ?? { layer, channel: 0, y: 0, x: 0 };
    const far = event.shiftKey ? layer.size : 1;
    onUnit(neighbour(from, far * arrow[0]!, far * arrow[1]!, tiling.columns));
  };

  return (
    <figure class="layer">
      <figcaption>
        <b>{layer.title}</b> <span>{shapeText(layer)}</span>
        <span ref={range} class="range" />
      </figcaption>
      <div
        class="tiles"
        style={{ width: `${tiling.width * tiling.zoom}px`, height: `${tiling.height * tiling.zoom}px` }}
        tabIndex={0}
        role="application"
        aria-label={`${layer.title}, ${shapeText(layer)}. Arrow keys move from number to number, with Shift from map to map.`}
        onPointerMove={onPointer}
        onPointerDown={onPointer}
        onKeyDown={onKeyDown}
        onFocus={() => unit ?? onUnit({ layer, channel: 0, y: 0, x: 0 })}
      >
        <canvas ref={canvas} class="picture" width={tiling.width} height={tiling.height} />
        {unit && <span class="here" style={placeOf(unit, tiling)} />}
        {unit && layer.size > 1 && (
          <span class="map-here" style={placeOf({ ...unit, x: 0, y: 0 }, tiling, layer.size)} />
        )}
      </div>
    </figure>
  );
}

function rangeText([least, most]: Range): string {
  return `${least.toFixed(2)} to ${most.toFixed(2)}`;
}

/** Where a unit, or a square of units from it on, lies on the screen. */
function placeOf({ layer, channel, y, x }: Unit, { columns, cell, gap, zoom }: Tiling, size = 1) {
  const step = layer.size * cell + gap;
  const pixels = (onCanvas: number): string => `${onCanvas * zoom}px`;
  return {
    left: pixels((channel % columns) * step + x * cell),
    top: pixels(Math.floor(channel / columns) * step + y * cell),
    width: pixels(size * cell),
    height: pixels(size * cell),
  };
}

interface KeyProps {
  readonly from: string;
  readonly to: string;
  readonly colors?: "viridis" | "signed";
}

/** Which colour is which number. */
export function Key({ from, to, colors = "viridis" }: KeyProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const ramp = Float32Array.from({ length: 64 }, (_, i) => i / 63);
    const tiling: Tiling = { columns: 64, rows: 1, cell: 1, gap: 0, width: 64, height: 1, zoom: 1 };
    paintMaps(canvas.current!, ramp, 1, tiling, [0, 1], colors);
  }, [colors]);
  return (
    <p class="key small soft">
      <span>{from}</span>
      <canvas ref={canvas} width={64} height={1} />
      <span>{to}</span>
    </p>
  );
}
