import type { Image } from "../image/image.js";
import { nameOf } from "./field-of-unit.js";
import type { Figure, PicturePanel } from "./figure/figure.js";
import type { ChannelPatches, Patch, TopPatches } from "./top-patches.js";

/** What excites channels of a layer: of one channel a panel for each patch, of several a panel for each channel. */
export function topPatchesFigure({ layer, dataset, samples, channels }: TopPatches): Figure {
  const [first] = channels;
  const single = channels.length === 1;
  const panels = single
    ? first!.patches.map(onePanel)
    : channels.filter(({ patches }) => patches.length > 0).map(channelPanel);
  const whose = single ? `${nameOfChannel(first!)} of ${nameOf(layer)}` : nameOf(layer);
  return {
    title: `What excites ${whose}`,
    text:
      `The patches of ${samples} samples of ${dataset} to which ${single ? "the channel answers" : "each channel answers"} most ` +
      "strongly, strongest first, cut out by what the unit sees. What lies beyond a picture's border is left empty.",
    panels,
    ...(single && panels.length > 1 && { columns: Math.ceil(Math.sqrt(panels.length)) }),
  };
}

function nameOfChannel({ channel, class: name }: ChannelPatches): string {
  return name === undefined ? `channel ${channel}` : `class ${name}`;
}

const round = (value: number): string => String(Number(value.toPrecision(3)));

function onePanel({ score, sample, label, unit, image }: Patch, i: number): PicturePanel {
  const of = label === undefined ? `sample ${sample}` : `${label}, sample ${sample}`;
  return {
    kind: "picture",
    title: `${i + 1}. ${round(score)}`,
    caption: `${of}, unit [${unit.join(", ")}]`,
    image,
  };
}

function channelPanel(channel: ChannelPatches): PicturePanel {
  const { patches } = channel;
  const [most, least] = [patches[0]!, patches.at(-1)!].map(({ score }) => round(score));
  return {
    kind: "picture",
    title: nameOfChannel(channel).replace(/^c/, "C"),
    caption: `activation ${most === least ? most : `${most} to ${least}`}`,
    image: sideBySide(patches.map(({ image }) => image)),
  };
}

/** Pictures in RGBA in about as many rows as columns, with some air between them. */
function sideBySide(images: readonly Image[]): Image {
  const columns = Math.ceil(Math.sqrt(images.length));
  const rows = Math.ceil(images.length / columns);
  const w = Math.max(1, ...images.map(({ width }) => width));
  const h = Math.max(1, ...images.map(({ height }) => height));
  const gap = Math.max(1, Math.round(Math.max(w, h) / 24));
  const [width, height] = [columns * (w + gap) - gap, rows * (h + gap) - gap];
  const data = new Uint8Array(4 * width * height);
  for (const [i, image] of images.entries()) {
    const [left, top] = [(i % columns) * (w + gap), Math.floor(i / columns) * (h + gap)];
    for (let y = 0; y < image.height; y++) {
      const row = image.data.subarray(4 * y * image.width, 4 * (y + 1) * image.width);
      data.set(row, 4 * ((top + y) * width + left));
    }
  }
  return { width, height, channels: 4, data };
}
