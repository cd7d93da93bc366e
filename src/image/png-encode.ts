import { pack } from "../platform/unpack.js";
import { checkImage, type Image } from "./image.js";
import { writeChunks } from "./png-chunks.js";
import { filterRow } from "./png-filter.js";

/** By channels: the PNG colour type. */
const colourTypes = { 1: 0, 3: 2, 4: 6 } as const;

/** A picture as a PNG file, lossless. */
export async function encodePng(image: Image): Promise<Uint8Array<ArrayBuffer>> {
  checkImage("encodePng", image);
  const { width, height, channels, data } = image;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, colourTypes[channels]], 8);

  const length = width * channels;
  const filtered = new Uint8Array(height * (length + 1));
  let above = new Uint8Array(length);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * length, (y + 1) * length);
    filterRow(filtered.subarray(y * (length + 1), (y + 1) * (length + 1)), row, above, channels);
    above = row as Uint8Array<ArrayBuffer>;
  }
  return writeChunks([
    { type: "IHDR", data: header },
    { type: "IDAT", data: await pack(filtered) },
    { type: "IEND", data: new Uint8Array(0) },
  ]);
}
