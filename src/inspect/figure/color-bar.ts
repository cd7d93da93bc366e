import type { Image } from "../../image/index.js";
import { type ColorMap, colorOf } from "../color-map.js";
import { formatNumber } from "../numbers.js";
import type { ColorScale } from "./figure.js";
import { LINE, textWidth } from "./font.js";
import { type Block, type Mark, paragraph, stacked, text } from "./scene.js";

const LEAST = 120;
const MOST = 280;
const HEIGHT = 8;
const STEPS = 128;

/** The colours of a scale, the numbers they stand for, and what those are. */
export function colorBar({ map, from, to, label, ends }: ColorScale, room: number): Block {
  const width = Math.min(Math.max(room, LEAST), MOST);
  const [low, high] = ends ?? [formatNumber(from), formatNumber(to)];
  const y = HEIGHT + 12;
  const marks: Mark[] = [
    { kind: "picture", image: gradient(map), x: 0, y: 0, width, height: HEIGHT },
    text(low, 0, y, { ink: "soft" }),
    text(high, width, y, { anchor: "end", ink: "soft" }),
  ];
  const zero = (-from / (to - from)) * width;
  const isFree = zero > textWidth(low) + 12 && zero < width - textWidth(high) - 12;
  if (!ends && map === "signed" && isFree) marks.push(text("0", zero, y, { anchor: "middle", ink: "soft" }));
  const bar = {
    width: Math.max(width, textWidth(low) + textWidth(high) + 12),
    height: HEIGHT + LINE + 2,
    marks,
  };
  return label ? stacked([bar, paragraph(label, width, { ink: "soft" })], 0) : bar;
}

function gradient(map: ColorMap): Image {
  const data = Uint8Array.from(Array.from({ length: STEPS }, (_, i) => colorOf(map, i / (STEPS - 1))).flat());
  return { width: STEPS, height: 1, channels: 3, data };
}
