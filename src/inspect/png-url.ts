import { encodePng, type Image } from "../image/index.js";

/** A picture as an address that holds it, for pages and documents that need nothing else. */
export async function pngUrl(image: Image): Promise<string> {
  let text = "";
  for (const byte of await encodePng(image)) text += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(text)}`;
}
