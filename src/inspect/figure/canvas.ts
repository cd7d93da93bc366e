import type { Image } from "../../image/index.js";
import type { Rgb } from "../color-map.js";
import { advance, CAPITALS, enlarged, glyphOf, textWidth } from "./font.js";
import type { TextMark } from "./scene.js";

/** Red, green and blue to draw on. What lies outside is cut off. */
export class Canvas {
  readonly image: Image;

  constructor(width: number, height: number, paper: Rgb) {
    const data = new Uint8Array(width * height * 3);
    for (let i = 0; i < data.length; i++) data[i] = paper[i % 3]!;
    this.image = { width, height, channels: 3, data };
  }

  /** A picture of three channels, as large as it is. */
  picture({ width, height, data }: Image, left: number, top: number): void {
    const from = Math.max(0, -left);
    const to = Math.min(width, this.image.width - left);
    for (let y = Math.max(0, -top); y < Math.min(height, this.image.height - top); y++) {
      const at = ((top + y) * this.image.width + left + from) * 3;
      this.image.data.set(data.subarray((y * width + from) * 3, (y * width + Math.max(from, to)) * 3), at);
    }
  }

  /** Whole pixels: edges are rounded. */
  rectangle(left: number, top: number, right: number, bottom: number, color: Rgb): void {
    const { width, height } = this.image;
    const [x0, x1] = [Math.max(0, Math.round(left)), Math.min(width, Math.round(right))];
    for (let y = Math.max(0, Math.round(top)); y < Math.min(height, Math.round(bottom)); y++)
      for (let x = x0; x < x1; x++) this.image.data.set(color, (y * width + x) * 3);
  }

  /** Straight lines from point to point, x and y of each, with round ends and smooth edges. */
  line(points: readonly number[], thickness: number, color: Rgb): void {
    const reach = thickness / 2;
    const { width, height } = this.image;
    // Lines that meet cover a pixel together only as much as the nearest of them does.
    const covered = new Map<number, number>();
    for (let i = 0; i + 3 < points.length; i += 2) {
      const [x0, y0, x1, y1] = points.slice(i, i + 4) as [number, number, number, number];
      const length = (x1 - x0) ** 2 + (y1 - y0) ** 2;
      const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach - 1));
      const bottom = Math.min(height - 1, Math.ceil(Math.max(y0, y1) + reach + 1));
      const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach - 1));
      const right = Math.min(width - 1, Math.ceil(Math.max(x0, x1) + reach + 1));
      for (let y = top; y <= bottom; y++) {
        for (let x = left; x <= right; x++) {
          const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
          const along = length > 0 ? (px * (x1 - x0) + py * (y1 - y0)) / length : 0;
          const share = Math.min(Math.max(along, 0), 1);
          const apart = Math.hypot(px - share * (x1 - x0), py - share * (y1 - y0));
          const cover = Math.min(Math.max(reach + 0.5 - apart, 0), 1);
          const at = y * width + x;
          if (cover > (covered.get(at) ?? 0)) covered.set(at, cover);
        }
      }
    }
    const { data } = this.image;
    for (const [at, cover] of covered)
      for (let c = 0; c < 3; c++)
        data[at * 3 + c] = Math.round(data[at * 3 + c]! * (1 - cover) + color[c]! * cover);
  }

  /** A line of text whose places are given in units of `scale` pixels. */
  text({ text, x, y, anchor, ...type }: TextMark, scale: number, color: Rgb): void {
    const { size = 1 } = type;
    const width = textWidth(text, type);
    let left = Math.round((x - (anchor === "end" ? width : anchor === "middle" ? width / 2 : 0)) * scale);
    const top = Math.round(y * scale) - CAPITALS * size * scale;
    for (const character of text) {
      const glyph = glyphOf(character);
      if (glyph) this.#glyph(enlarged(glyph, scale, type), left, top, color);
      left += advance(character, type) * scale;
    }
  }

  #glyph(
    { width: across, inked }: { width: number; inked: readonly boolean[] },
    left: number,
    top: number,
    color: Rgb,
  ): void {
    const { width, height, data } = this.image;
    for (const [i, isInked] of inked.entries()) {
      const [x, y] = [left + (i % across), top + Math.floor(i / across)];
      if (isInked && x >= 0 && x < width && y >= 0 && y < height) data.set(color, (y * width + x) * 3);
    }
  }
}
