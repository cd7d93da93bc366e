// What MNIST's makers did to each digit: scaled into a box of 20 x 20, then its centre of mass put into the middle of 28 x 28.

const SIZE = 28;
const BOX = 20;

interface Picture {
  /** Ink from 0 to 1, row by row. */
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** A part of a picture. */
interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The drawing as MNIST has its digits, `[28, 28]`; empty for an empty one. */
export function centred(picture: Picture): Float32Array {
  const result = new Float32Array(SIZE * SIZE);
  const part = inked(picture);
  if (!part) return result;
  const scale = BOX / Math.max(part.width, part.height);
  const width = Math.max(1, Math.round(part.width * scale));
  const height = Math.max(1, Math.round(part.height * scale));
  const small = shrunk(picture, part, width, height);
  const [x, y] = centreOfMass(small, width);
  const [left, top] = [Math.round(SIZE / 2 - x), Math.round(SIZE / 2 - y)];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [toX, toY] = [left + column, top + row];
      if (toX >= 0 && toX < SIZE && toY >= 0 && toY < SIZE)
        result[toY * SIZE + toX] = small[row * width + column]!;
    }
  }
  return result;
}

/** The drawing as it lies, `[28, 28]`. */
export function asDrawn(picture: Picture): Float32Array {
  return shrunk(picture, { left: 0, top: 0, width: picture.width, height: picture.height }, SIZE, SIZE);
}

/** The smallest rectangle with all the ink. */
function inked({ data, width, height }: Picture): Part | undefined {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x]! === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** A part of a picture in another size: each pixel is the mean of the area it covers. */
function shrunk({ data, width }: Picture, part: Part, toWidth: number, toHeight: number): Float32Array {
  const columns = covers(part.left, part.width, toWidth);
  const rows = covers(part.top, part.height, toHeight);
  const result = new Float32Array(toWidth * toHeight);
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      let sum = 0;
      for (const [atY, shareY] of row) {
        for (const [atX, shareX] of column) sum += data[atY * width + atX]! * shareY * shareX;
      }
      result[y * toWidth + x] = sum;
    }
  }
  return result;
}

/** Along an axis, for each new pixel the old ones it covers and their shares in it. */
function covers(start: number, length: number, count: number): [at: number, share: number][][] {
  const step = length / count;
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [i * step, (i + 1) * step];
    const parts: [number, number][] = [];
    for (let at = Math.floor(from); at < Math.min(to, length); at++) {
      const share = (Math.min(at + 1, to) - Math.max(at, from)) / step;
      if (share > 1e-9) parts.push([start + at, share]);
    }
    return parts;
  });
}

function centreOfMass(data: Float32Array, width: number): [x: number, y: number] {
  let [sum, x, y] = [0, 0, 0];
  for (const [i, ink] of data.entries()) {
    sum += ink;
    x += ink * ((i % width) + 0.5);
    y += ink * (Math.floor(i / width) + 0.5);
  }
  return [x / sum, y / sum];
}
