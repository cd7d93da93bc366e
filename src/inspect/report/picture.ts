import type { Image } from "../../image/index.js";
import type { Tensor } from "../../tensor.js";
import { type Html, html } from "../html.js";
import { featureMapGrid } from "../pictures.js";
import { pngUrl } from "../png-url.js";

/** A picture inside the page. `zoom`: size of its pixels on the screen. */
export async function picture(image: Image, alt: string, zoom: number): Promise<Html> {
  const { width, height } = image;
  return html`<img class="pixels" src="${await pngUrl(image)}" alt="${alt}" width="${width * zoom}" height="${height * zoom}">`;
}

/** A network's input [1, c, h, w] as a picture, from its darkest value to its lightest. */
export function inputPicture(input: Tensor): Image {
  const { data, shape } = input;
  const [, channels = 1, height = 1, width = 1] = shape;
  if (channels !== 3) {
    return toGray(featureMapGrid(input, { colors: "gray", range: "all", gap: 0, columns: channels }));
  }
  const least = data.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = data.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const area = width * height;
  const samples = Uint8Array.from({ length: 3 * area }, (_, i) =>
    Math.round((255 * (data[(i % 3) * area + Math.floor(i / 3)]! - least)) / (most - least || 1)),
  );
  return { width, height, channels: 3, data: samples };
}

/** Of a grey picture in three channels, one. */
function toGray({ width, height, data }: Image): Image {
  return {
    width,
    height,
    channels: 1,
    data: Uint8Array.from({ length: width * height }, (_, i) => data[i * 3]!),
  };
}
