import { Tensor } from "../../tensor.js";

/**
 * A map [h, w] in another size, between its numbers in a straight line (torch's `interpolate` with "bilinear" and without
 * `align_corners`): the corners of the outermost pixels meet.
 */
export function resizeMap({ data, shape }: Tensor, height: number, width: number): Tensor {
  const [h, w] = shape as [number, number];
  const rows = placesOf(h, height);
  const columns = placesOf(w, width);
  const result = new Float32Array(height * width);
  let i = 0;
  for (const [top, bottom, down] of rows) {
    for (const [left, right, across] of columns) {
      const upper = data[top * w + left]! * (1 - across) + data[top * w + right]! * across;
      const lower = data[bottom * w + left]! * (1 - across) + data[bottom * w + right]! * across;
      result[i++] = upper * (1 - down) + lower * down;
    }
  }
  return new Tensor(result, [height, width]);
}

/** For each of the new places the two old ones around it, and the share of the second. */
function placesOf(from: number, to: number): (readonly [before: number, after: number, share: number])[] {
  return Array.from({ length: to }, (_, i) => {
    const place = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const before = Math.min(Math.floor(place), from - 1);
    return [before, Math.min(before + 1, from - 1), place - before];
  });
}
