import { type ColorMap, colorOf } from "../color-map.js";
import { type Html, html } from "../html.js";

/** What the colours of a map mean. */
export function colorKey(map: ColorMap, low: string, high: string): Html {
  const stops = Array.from({ length: 11 }, (_, i) => `rgb(${colorOf(map, i / 10).join(" ")})`).join(", ");
  return html`<p class="key">${low} <i style="background:linear-gradient(to right, ${stops})"></i> ${high}</p>`;
}
