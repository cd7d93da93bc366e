import { check } from "../../errors.js";
import type { Image } from "../../image/index.js";
import { formatNumber } from "../numbers.js";
import { colorBar } from "./color-bar.js";
import type { Box, PicturePanel } from "./figure.js";
import { enlargement, every, widest } from "./fit.js";
import { fitted, LINE, textWidth } from "./font.js";
import { type Block, type Mark, moved, rectangle, stacked, text } from "./scene.js";

/** Pixels are not enlarged beyond this unless asked for. */
const MOST_ZOOM = 32;
/** Names along the left take no more. */
const MOST_NAME = 160;

/** A picture, what is marked in it, and the key to its colours. */
export function pictureBlock(panel: PicturePanel, room: number): Block {
  const { image, scale } = panel;
  const zoom = zoomOf(panel, room);
  const [width, height] = [
    Math.max(1, Math.round(image.width * zoom)),
    Math.max(1, Math.round(image.height * zoom)),
  ];
  const picture = framed(
    panel,
    [
      { kind: "picture", image, x: 0, y: 0, width, height },
      ...cells(panel, zoom),
      ...boxMarks(panel.boxes ?? [], zoom, width, height),
    ],
    width,
    height,
  );
  return stacked([picture, ...(scale ? [colorBar(scale, width)] : [])], 8);
}

/** How large pixels are drawn: as asked for or as there is room, but always large enough for the numbers in them. */
function zoomOf({ image, zoom, numbers, title }: PicturePanel, room: number): number {
  check(
    zoom === undefined || (Number.isFinite(zoom) && zoom > 0),
    () => `figure: panel "${title}" has zoom ${zoom}; it must be a number above 0.`,
  );
  const least = numbers ? Math.max(20, 8 + widest(Array.from(numbers, formatNumber))) : 0;
  return Math.max(least, zoom ?? enlargement(room / Math.max(image.width, image.height), MOST_ZOOM));
}

/** Numbers in the middle of their pixels. */
function cells({ image, numbers, title }: PicturePanel, zoom: number): Mark[] {
  if (!numbers) return [];
  const { width, height } = image;
  check(
    numbers.length === width * height,
    () =>
      `figure: panel "${title}" has ${numbers.length} numbers for ${width} x ${height} pixels; each pixel takes one.`,
  );
  return Array.from(numbers, (number, i) =>
    Number.isNaN(number)
      ? []
      : text(formatNumber(number), ((i % width) + 0.5) * zoom, (Math.floor(i / width) + 0.5) * zoom + 4, {
          anchor: "middle",
          ink: isLight(image, i) ? "#10161d" : "#ffffff",
        }),
  ).flat();
}

function isLight({ channels, data }: Image, pixel: number): boolean {
  const sample = (c: number): number => data[pixel * channels + (channels === 1 ? 0 : c)]!;
  return 0.299 * sample(0) + 0.587 * sample(1) + 0.114 * sample(2) >= 127.5;
}

/** Rectangles in white with a dark edge, to be seen on anything; each with its name where it covers no other name. */
function boxMarks(boxes: readonly Box[], zoom: number, width: number, height: number): Mark[] {
  const frames: Mark[] = [];
  const tags: { x: number; y: number; width: number; height: number; label: string }[] = [];
  for (const { label, ...box } of boxes) {
    const [left, top] = [Math.round(box.x * zoom), Math.round(box.y * zoom)];
    const [right, bottom] = [Math.round((box.x + box.width) * zoom), Math.round((box.y + box.height) * zoom)];
    for (const [reach, ink] of [
      [1, "#10161d"],
      [0, "#ffffff"],
    ] as const) {
      const thick = 2 + 2 * reach;
      const long = right - left + thick;
      const tall = bottom - top + thick;
      const [x, y] = [left - 1 - reach, top - 1 - reach];
      const sides = [
        [x, y, long, thick],
        [x, bottom - 1 - reach, long, thick],
        [x, y, thick, tall],
        [right - 1 - reach, y, thick, tall],
      ] as const;
      frames.push(
        ...sides.flatMap((side) => clipped(side, width, height)).map((side) => rectangle(...side, ink)),
      );
    }
    if (label === undefined) continue;
    const name = fitted(label, width - 8);
    const size = { width: textWidth(name) + 7, height: LINE };
    const places = [
      [left - 2, top - LINE - 2],
      [left - 2, bottom + 2],
      [right + 2 - size.width, top - LINE - 2],
      [right + 2 - size.width, bottom + 2],
      [left + 2, top + 2],
      [right - 2 - size.width, bottom - 2 - LINE],
    ].map(([x, y]) => ({
      x: Math.min(Math.max(x!, 0), Math.max(0, width - size.width)),
      y: Math.min(Math.max(y!, 0), Math.max(0, height - size.height)),
      ...size,
      label: name,
    }));
    tags.push(places.find((place) => !tags.some((tag) => overlap(tag, place))) ?? places[0]!);
  }
  return [
    ...frames,
    ...tags.flatMap(({ x, y, width, height, label }) => [
      rectangle(x, y, width, height, "#10161d"),
      text(label, x + 4, y + 11, { ink: "#ffffff" }),
    ]),
  ];
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

type Side = readonly [x: number, y: number, width: number, height: number];

function clipped([x, y, w, h]: Side, width: number, height: number): Side[] {
  const [left, top] = [Math.max(x, 0), Math.max(y, 0)];
  const [right, bottom] = [Math.min(x + w, width), Math.min(y + h, height)];
  return right > left && bottom > top ? [[left, top, right - left, bottom - top]] : [];
}

/** The picture with names along its top and its left. */
function framed(
  { xNames = [], yNames = [] }: PicturePanel,
  marks: readonly Mark[],
  width: number,
  height: number,
): Block {
  const left = yNames.length > 0 ? Math.min(MOST_NAME, widest(yNames)) + 8 : 0;
  const top = xNames.length > 0 ? LINE + 2 : 0;
  const column = width / xNames.length;
  const across = every(widest(xNames) + 4, column);
  const down = every(LINE, height / yNames.length);
  const names = [
    ...xNames.flatMap((name, i) =>
      i % across > 0
        ? []
        : [
            text(fitted(name, column * across), left + (i + 0.5) * column, 11, {
              anchor: "middle",
              ink: "soft",
            }),
          ],
    ),
    ...yNames.flatMap((name, i) =>
      i % down > 0
        ? []
        : [
            text(fitted(name, MOST_NAME), left - 8, top + ((i + 0.5) * height) / yNames.length + 4, {
              anchor: "end",
              ink: "soft",
            }),
          ],
    ),
  ];
  return { width: left + width, height: top + height, marks: [...moved(marks, left, top), ...names] };
}
