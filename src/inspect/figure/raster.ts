import { check, checkCount, checkIs, checkOptions } from "../../errors.js";
import { type Image, resize, toRgb } from "../../image/index.js";
import type { Rgb } from "../color-map.js";
import { Canvas } from "./canvas.js";
import type { Figure } from "./figure.js";
import { layout } from "./layout.js";
import { type Palette, palettes, type Theme } from "./palette.js";
import { colorOfInk, type Ink, type Mark } from "./scene.js";

export interface FigureImageOptions {
  /** Default "light". */
  readonly theme?: Theme;
  /** Pixels for each CSS pixel, across and down, from 1 to 8. Default 2, sharp on today's screens. */
  readonly scale?: number;
}

/** Pixels of the largest picture, which then takes 768 MB. */
const MOST = 256e6;

/** A figure in pixels, in red, green and blue: for `encodePng`, a canvas or a terminal. */
export function figureImage(figure: Figure, options: FigureImageOptions = {}): Image {
  checkOptions("figureImage", options, ["theme", "scale"]);
  const { theme = "light", scale = 2 } = options;
  checkIs(theme === "light" || theme === "dark", "figureImage: theme", theme, '"light" or "dark"');
  checkCount("figureImage: scale", scale, 1, 8);
  const palette = palettes[theme];
  const { width, height, marks } = layout(figure);
  check(
    width * height * scale ** 2 <= MOST,
    () =>
      `figureImage: the figure "${figure.title}" takes ${width * scale} x ${height * scale} pixels, more than ${MOST / 1e6} million. ` +
      "Give a smaller scale, draw it as SVG with figureSvg, or show less of it.",
  );
  const canvas = new Canvas(width * scale, height * scale, parsed("paper", palette));
  for (const mark of marks) draw(canvas, mark, scale, palette);
  return canvas.image;
}

function draw(canvas: Canvas, mark: Mark, scale: number, palette: Palette): void {
  if (mark.kind === "picture") {
    const [left, top] = [Math.round(mark.x * scale), Math.round(mark.y * scale)];
    const width = Math.max(1, Math.round((mark.x + mark.width) * scale) - left);
    const height = Math.max(1, Math.round((mark.y + mark.height) * scale) - top);
    const method = width >= mark.image.width ? "nearest" : "bilinear";
    const image = toRgb(mark.image, [...parsed("paper", palette)]);
    canvas.picture(resize(image, { width, height, method }), left, top);
    return;
  }
  const color = parsed(mark.ink, palette);
  if (mark.kind === "rectangle") {
    const { x, y, width, height } = mark;
    canvas.rectangle(x * scale, y * scale, (x + width) * scale, (y + height) * scale, color);
  } else if (mark.kind === "line") {
    canvas.line(
      mark.points.map((at) => at * scale),
      mark.width * scale,
      color,
    );
  } else if (mark.kind === "disc") {
    const [x, y] = [mark.x * scale, mark.y * scale];
    canvas.line([x, y, x, y], 2 * mark.radius * scale, color);
  } else canvas.text(mark, scale, color);
}

function parsed(ink: Ink, palette: Palette): Rgb {
  const color = Number.parseInt(colorOfInk(ink, palette).slice(1), 16);
  return [color >> 16, (color >> 8) & 255, color & 255];
}
