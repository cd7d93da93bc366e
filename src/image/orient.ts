import type { Image } from "./image.js";

/**
 * A picture turned and mirrored as EXIF orientations 1 to 8 say: 2 mirrored, 3 upside down, 4 mirrored and upside
 * down, 5 to 8 the same with rows and columns exchanged.
 */
export function orient(image: Image, orientation: number): Image {
  if (orientation === 1) return image;
  const { width, height, channels, data } = image;
  const exchanged = orientation >= 5;
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const [across, down] = exchanged ? [height, width] : [width, height];
  const result = new Uint8Array(data.length);
  for (let y = 0, out = 0; y < down; y++) {
    for (let x = 0; x < across; x++, out += channels) {
      const sx = exchanged ? y : x;
      const sy = exchanged ? x : y;
      const source = (fromBottom ? height - 1 - sy : sy) * width + (fromRight ? width - 1 - sx : sx);
      for (let c = 0; c < channels; c++) result[out + c] = data[source * channels + c]!;
    }
  }
  return { width: across, height: down, channels, data: result };
}
