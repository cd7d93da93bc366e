/** A plane of samples, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * A plane in the size of the picture: `dx` times as wide and `dy` times as high, cut off at the picture's edge. As
 * libjpeg does it, to the bit: what is doubled is interpolated, unless it is only two samples wide; else it is repeated.
 */
export function upsample(plane: Plane, width: number, height: number, dx: number, dy: number): Uint8Array {
  if (dx === 1 && dy === 1) return plane.data;
  const smooth = dy <= 2 && (dx === 1 || (dx === 2 && plane.width > 2));
  return smooth
    ? interpolated(plane, width, height, dx as 1 | 2, dy as 1 | 2)
    : repeated(plane, width, height, dx, dy);
}

function repeated({ width: columns, data }: Plane, width: number, height: number, dx: number, dy: number) {
  const result = new Uint8Array(width * height);
  for (let y = 0, out = 0; y < height; y++) {
    const row = Math.floor(y / dy) * columns;
    for (let x = 0; x < width; x++) result[out++] = data[row + Math.floor(x / dx)]!;
  }
  return result;
}

/**
 * Doubled across, down or both, by linear interpolation between the centres of the samples: three quarters of the nearer
 * and one of the farther neighbour, rounded up and down in turn. This is libjpeg's "fancy upsampling".
 */
function interpolated(plane: Plane, width: number, height: number, dx: 1 | 2, dy: 1 | 2): Uint8Array {
  const { width: columns, height: rows, data } = plane;
  const result = new Uint8Array(width * height);
  const sums = new Int32Array(columns);
  const shift = 2 * (dx - 1) + 2 * (dy - 1);
  for (let y = 0, out = 0; y < height; y++) {
    const near = (dy === 2 ? y >> 1 : y) * columns;
    const far = Math.min(Math.max(dy === 2 ? (y >> 1) + (y & 1 ? 1 : -1) : y, 0), rows - 1) * columns;
    for (let i = 0; i < columns; i++)
      sums[i] = dy === 2 ? 3 * data[near + i]! + data[far + i]! : data[near + i]!;
    if (dx === 1) {
      const rounding = dy === 1 ? 0 : 1 + (y & 1);
      for (let x = 0; x < width; x++) result[out++] = (sums[x]! + rounding) >> shift;
      continue;
    }
    const toLeft = dy === 2 ? 8 : 1;
    const toRight = dy === 2 ? 7 : 2;
    let before = sums[0]!;
    for (let i = 0; i < columns; i++) {
      const sum = sums[i]!;
      const after = i + 1 < columns ? sums[i + 1]! : sum;
      result[out++] = (3 * sum + before + toLeft) >> shift;
      if (2 * i + 1 < width) result[out++] = (3 * sum + after + toRight) >> shift;
      before = sum;
    }
  }
  return result;
}
