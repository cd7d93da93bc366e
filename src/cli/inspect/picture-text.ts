import { type Image, resize, toRgb } from "../../image/index.js";
import { type Box, toTerminal } from "../../inspect/index.js";
import type { TextStyle } from "./text-style.js";

/** Characters across of a picture, and of one that is enlarged. */
const MOST = 56;
const MOST_ENLARGED = 32;
/** Edges of boxes: a yellow that photographs seldom have. */
const FRAME = [255, 210, 0];

/** A picture in at most so many characters across, with boxes around parts of it. */
export function pictureText(image: Image, boxes: readonly Box[], style: TextStyle): string {
  const width = Math.min(MOST, style.width);
  const small = fitted(image, image.width <= MOST_ENLARGED ? Math.min(MOST_ENLARGED, width) : width);
  return pixelText(framed(small, boxes, small.width / image.width), style);
}

/** A picture in so many pixels across: as many whole times as large as there is room for, else smaller. */
export function fitted(image: Image, width: number): Image {
  const times = Math.floor(width / image.width);
  if (times === 1) return image;
  if (times > 1)
    return resize(image, { width: image.width * times, height: image.height * times, method: "nearest" });
  return resize(image, { width, height: Math.max(1, Math.round((image.height * width) / image.width)) });
}

/** The picture with the edges of boxes, which are in pixels of it before it was made so many times as large. */
function framed(image: Image, boxes: readonly Box[], times: number): Image {
  if (boxes.length === 0) return image;
  const { width, height, data } = toRgb(image);
  const copy = new Uint8Array(data);
  for (const box of boxes) {
    const [left, top] = [Math.round(box.x * times), Math.round(box.y * times)];
    const right = Math.max(left + 1, Math.round((box.x + box.width) * times)) - 1;
    const bottom = Math.max(top + 1, Math.round((box.y + box.height) * times)) - 1;
    for (let y = Math.max(0, top); y <= Math.min(bottom, height - 1); y++) {
      for (let x = Math.max(0, left); x <= Math.min(right, width - 1); x++) {
        if (y === top || y === bottom || x === left || x === right) copy.set(FRAME, (y * width + x) * 3);
      }
    }
  }
  return { width, height, channels: 3, data: copy };
}

/** Two pixels a character, one above the other. */
export function pixelText(image: Image, { colors }: TextStyle): string {
  return toTerminal(image.channels === 4 ? toRgb(image, [0, 0, 0]) : image, { colors });
}
