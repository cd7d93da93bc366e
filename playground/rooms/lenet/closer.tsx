import { useLayoutEffect, useRef } from "preact/hooks";
import type { Weights } from "../../engine/weights.js";
import { useTopic } from "../../parts/topic.js";
import type { Tiling, Unit } from "./layers.js";
import type { Live } from "./live.js";
import { Key } from "./maps.js";
import { extent, paintMaps } from "./palette.js";
import { paintDigit } from "./samples.js";

interface CloserProps {
  readonly live: Live;
  readonly unit: Unit;
  readonly isStretched: boolean;
}

/** The number that is pointed at: where in the digit it looks, its map, and the weights that made it. */
export function Closer({ live, unit, isStretched }: CloserProps) {
  return (
    <section class="panel closer" aria-labelledby="closer-title">
      <h2 id="closer-title">Looking closer</h2>
      <div class="pictures">
        <Seen live={live} unit={unit} />
        <EnlargedMap live={live} unit={unit} isStretched={isStretched} />
      </div>
      <p class="small" role="status">
        {unit.layer.title}, {whichOf(unit)}: {unit.layer.unit}.
      </p>
      <Filter live={live} unit={unit} />
    </section>
  );
}

function whichOf({ layer, channel, y, x }: Unit): string {
  return layer.size === 1
    ? `unit ${channel + 1} of ${layer.channels}`
    : `map ${channel + 1} of ${layer.channels}, row ${y + 1}, column ${x + 1}`;
}

/** What the network is shown, with the part of it that the unit sees. */
function Seen({ live, unit }: Omit<CloserProps, "isStretched">) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => live.answers.follow(({ pixels }) => paintDigit(canvas.current!, pixels)), [live]);
  const seen = fieldOf(live, unit);
  return (
    <figure>
      <div class="frame">
        <canvas
          ref={canvas}
          class="picture seen"
          width={28}
          height={28}
          role="img"
          aria-label={
            `The digit as the network gets it. The unit sees rows ${seen.top + 1} to ${seen.top + seen.height} ` +
            `and columns ${seen.left + 1} to ${seen.left + seen.width} of it.`
          }
        />
        <span
          class="field-of-view"
          style={{
            left: `${(seen.left / 28) * 100}%`,
            top: `${(seen.top / 28) * 100}%`,
            width: `${(seen.width / 28) * 100}%`,
            height: `${(seen.height / 28) * 100}%`,
          }}
        />
      </div>
      <figcaption>
        The input: it sees {seen.height} × {seen.width} of 28 × 28
      </figcaption>
    </figure>
  );
}

/** The rectangle of the digit that a unit sees, borders cut off. */
function fieldOf({ fields }: Pick<Live, "fields">, { layer, y, x }: Unit) {
  const { size, stride, offset } = fields.get(layer.tap)!;
  const along = (axis: 0 | 1, at: number): [from: number, length: number] => {
    const of = (value: number | readonly [number, number]): number =>
      typeof value === "number" ? value : value[axis];
    const from = of(offset) + at * of(stride);
    const [first, end] = [Math.max(0, from), Math.min(28, from + of(size))];
    return [first, end - first];
  };
  const [top, height] = along(0, y);
  const [left, width] = along(1, x);
  return { left, top, width, height };
}

/** The map that the unit is in, larger; or the unit's number alone. */
function EnlargedMap({ live, unit, isStretched }: CloserProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const value = useRef<HTMLElement>(null);
  const { size } = unit.layer;
  useLayoutEffect(() => {
    const { layer, channel, y, x } = unit;
    const tiling: Tiling = { columns: 1, rows: 1, cell: 1, gap: 0, width: size, height: size, zoom: 1 };
    return live.answers.follow(({ maps }) => {
      const all = maps[layer.tap]!;
      const map = all.subarray(channel * size * size, (channel + 1) * size * size);
      paintMaps(canvas.current!, map, size, tiling, isStretched ? extent(all) : [0, 1]);
      value.current!.textContent = map[y * size + x]!.toFixed(3);
    });
  }, [live, unit, isStretched]);
  return (
    <figure>
      <div class="frame">
        <canvas
          ref={canvas}
          class="picture enlarged"
          width={size}
          height={size}
          role="img"
          aria-label={
            unit ? `Map ${unit.channel + 1} of ${unit.layer.title}, enlarged` : "No map is chosen yet"
          }
        />
        {size > 1 && (
          <span
            class="here"
            style={{
              left: `${(unit.x / size) * 100}%`,
              top: `${(unit.y / size) * 100}%`,
              width: `${100 / size}%`,
              height: `${100 / size}%`,
            }}
          />
        )}
      </div>
      <figcaption>
        The map enlarged; its value: <b ref={value} />
      </figcaption>
    </figure>
  );
}

/** The weights of the unit: a kernel for each map before it. */
function Filter({ live, unit }: Omit<CloserProps, "isStretched">) {
  const weights = useTopic(live.weights);
  const canvas = useRef<HTMLCanvasElement>(null);
  const own = filterOf(weights, unit);
  useLayoutEffect(() => {
    if (!own) return;
    paintMaps(canvas.current!, own.values, own.size, own.tiling, extent(own.values, true), "signed");
  }, [own?.values, own?.size]);
  const reach = own ? extent(own.values, true)[1].toFixed(2) : "1";
  return (
    <figure class="filter">
      <div class="kernels">
        {own && (
          <canvas
            ref={canvas}
            class="picture"
            width={own.tiling.width}
            height={own.tiling.height}
            style={{ width: `${own.tiling.width * own.tiling.zoom}px` }}
            role="img"
            aria-label={`Its weights: ${own.text}, from -${reach} to ${reach}`}
          />
        )}
      </div>
      <figcaption>{own ? `Its weights: ${own.text}` : "Pooling has no weights: it takes means."}</figcaption>
      <Key from={`-${reach}`} to={reach} colors="signed" />
    </figure>
  );
}

/** The weights that one unit multiplies what it sees with, as tiles. */
function filterOf(weights: Weights, { layer, channel }: Unit) {
  const weight = layer.weight && weights[layer.weight];
  if (!weight) return undefined;
  const count = weight.data.length / layer.channels;
  const values = weight.data.subarray(channel * count, (channel + 1) * count);
  const { kernel: size } = layer;
  const tiles = count / (size * size);
  const columns = tiles <= 6 ? tiles : tiles <= 16 ? 8 : 20;
  const rows = Math.ceil(tiles / columns);
  const tile = size + 1;
  const width = columns * tile - 1;
  const zoom = Math.max(1, Math.min(14, Math.floor(230 / width)));
  const tiling: Tiling = { columns, rows, cell: 1, gap: 1, width, height: rows * tile - 1, zoom };
  const text =
    size === 1
      ? `${tiles} numbers`
      : tiles === 1
        ? `a kernel of ${size} × ${size}`
        : `${tiles} kernels of ${size} × ${size}, one for each map before it`;
  return { values, size, tiling, text };
}
