/** A layer as it is shown: what comes out of it, and the weights that made it. */
export interface Shown {
  /** What model.taps calls it: after its sigmoid, where it has one. */
  readonly tap: string;
  readonly title: string;
  /** What one number in it is. */
  readonly unit: string;
  readonly channels: number;
  /** Height and width of a map. */
  readonly size: number;
  /** Its parameter, and height and width of a kernel in it. */
  readonly weight?: string;
  readonly kernel: number;
  /** How its maps may be laid out: so many in a row, so many pixels for a number; the first that fits is taken. */
  readonly fits: readonly (readonly [columns: number, zoom: number])[];
}

export const layers: readonly Shown[] = [
  {
    tap: "1",
    title: "Convolution 1",
    unit: "sigmoid of a 5 × 5 window of the digit, weighted",
    channels: 6,
    size: 28,
    weight: "0.weight",
    kernel: 5,
    fits: fits([6, 5], [6, 4], [6, 3], [3, 4], [3, 3], [3, 2]),
  },
  {
    tap: "2",
    title: "Pooling 1",
    unit: "mean of a 2 × 2 window of the map above",
    channels: 6,
    size: 14,
    kernel: 0,
    fits: fits([6, 6], [6, 5], [6, 4], [6, 3], [6, 2]),
  },
  {
    tap: "4",
    title: "Convolution 2",
    unit: "sigmoid of 5 × 5 windows of all six maps, weighted",
    channels: 16,
    size: 10,
    weight: "3.weight",
    kernel: 5,
    fits: fits([16, 5], [16, 4], [16, 3], [8, 4], [8, 3], [8, 2]),
  },
  {
    tap: "5",
    title: "Pooling 2",
    unit: "mean of a 2 × 2 window of the map above",
    channels: 16,
    size: 5,
    kernel: 0,
    fits: fits([16, 7], [16, 6], [16, 5], [8, 6], [8, 5], [8, 4]),
  },
  {
    tap: "8",
    title: "Fully connected 1",
    unit: "sigmoid of all 400 numbers above, weighted",
    channels: 120,
    size: 1,
    weight: "7.weight",
    kernel: 5,
    fits: fits([60, 4], [60, 3], [60, 2], [40, 2], [30, 2]),
  },
  {
    tap: "10",
    title: "Fully connected 2",
    unit: "sigmoid of the 120 numbers above, weighted",
    channels: 84,
    size: 1,
    weight: "9.weight",
    kernel: 1,
    fits: fits([42, 4], [42, 3], [42, 2], [28, 2]),
  },
];

/** "28 × 28 × 6". */
export const shapeText = ({ channels, size }: Shown): string =>
  size === 1 ? `${channels} units` : `${size} × ${size} × ${channels}`;

/** A number of a layer. */
export interface Unit {
  readonly layer: Shown;
  readonly channel: number;
  readonly y: number;
  readonly x: number;
}

/** Where the tiles of a layer lie on its canvas, in the canvas's own pixels. */
export interface Tiling {
  readonly columns: number;
  readonly rows: number;
  /** Pixels on the canvas for each number, and between tiles. */
  readonly cell: number;
  readonly gap: number;
  readonly width: number;
  readonly height: number;
  /** Pixels on the screen for one on the canvas. */
  readonly zoom: number;
}

/** The largest tiling of a layer that fits a width on the screen. */
export function tilingOf({ channels, size, fits }: Shown, width: number): Tiling {
  // Single numbers get tiles that can be pointed at.
  const [cell, gap] = size === 1 ? [3, 1] : [1, 2];
  const tilings = fits.map(([columns, zoom]): Tiling => {
    const rows = Math.ceil(channels / columns);
    const extent = (tiles: number): number => tiles * (size * cell + gap) - gap;
    return { columns, rows, cell, gap, zoom, width: extent(columns), height: extent(rows) };
  });
  return tilings.find((tiling) => tiling.width * tiling.zoom <= width) ?? tilings.at(-1)!;
}

/** The number at a place on the canvas; undefined between the tiles. */
export function unitAt(
  layer: Shown,
  { columns, cell, gap }: Tiling,
  left: number,
  top: number,
): Unit | undefined {
  const step = layer.size * cell + gap;
  const [column, row] = [Math.floor(left / step), Math.floor(top / step)];
  const [x, y] = [Math.floor((left - column * step) / cell), Math.floor((top - row * step) / cell)];
  const channel = row * columns + column;
  const isInside =
    left >= 0 && top >= 0 && column < columns && x < layer.size && y < layer.size && channel < layer.channels;
  return isInside ? { layer, channel, y, x } : undefined;
}

/** The unit that lies next to another in a direction, in the same layer. */
export function neighbour({ layer, channel, y, x }: Unit, dx: number, dy: number, columns: number): Unit {
  const { size, channels } = layer;
  const [column, row] = [channel % columns, Math.floor(channel / columns)];
  const [left, top] = [column * size + x + dx, row * size + y + dy];
  const to = Math.floor(top / size) * columns + Math.floor(left / size);
  const isThere = left >= 0 && top >= 0 && left < columns * size && to < channels;
  return isThere ? { layer, channel: to, y: top % size, x: left % size } : { layer, channel, y, x };
}

function fits(...list: [columns: number, zoom: number][]): [columns: number, zoom: number][] {
  return list;
}
