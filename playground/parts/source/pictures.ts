// Pictures from files, small enough to point at single pixels.

import { type Image, resize, toImage } from "featuremap/image";

/** What the site brings along, in the public domain. */
export const photographs = ["boats", "flower", "airplane", "cat"] as const;
export type Photograph = (typeof photographs)[number];

/** Sides longer than this are shortened while reading: more is never shown. */
const LONGEST = 640;

export async function photograph(name: Photograph, signal?: AbortSignal): Promise<Image> {
  const response = await fetch(`data/photographs/${name}.jpg`, { signal: signal ?? null });
  if (!response.ok) throw new Error(`The photograph "${name}" is missing on the server.`);
  return pictureOf(await response.blob(), name);
}

/** Any picture file that the browser can show, as it is meant to be seen (turned as the camera was held). */
export async function pictureOf(file: Blob, name: string): Promise<Image> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error(`${name} is not a picture that this browser can show. Try a PNG or JPEG file.`);
  }
  try {
    return drawn(bitmap, bitmap.width, bitmap.height, LONGEST);
  } finally {
    bitmap.close();
  }
}

/** What a bitmap or a video shows, its longer side not above `longest`. */
export function drawn(source: CanvasImageSource, width: number, height: number, longest: number): Image {
  const size = fit(width, height, Math.min(longest, Math.max(width, height)));
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.imageSmoothingQuality = "high";
  // Transparent parts are white, as paper is.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, size.width, size.height);
  context.drawImage(source, 0, 0, size.width, size.height);
  return toImage(canvas);
}

/** A picture with its longer side at `side` pixels. */
export function fitted(image: Image, side: number): Image {
  return resize(image, fit(image.width, image.height, side));
}

function fit(width: number, height: number, side: number): { width: number; height: number } {
  const scale = side / Math.max(width, height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
