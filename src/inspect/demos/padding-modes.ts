import { pad } from "../../functional/windows.js";
import type { Padding } from "../../layers/padding.js";
import { PADDING_MODES, type PaddingMode } from "../../ops/pad.js";
import { Tensor } from "../../tensor.js";
import type { Figure } from "../figure/figure.js";
import { extent, matrixPanel, sized } from "./panels.js";
import { type GrayPicture, grayOf } from "./picture.js";

/** A picture with all kinds of borders. */
export interface PaddingModes {
  /** The picture padded in each mode, [h + top + bottom, w + left + right]. */
  readonly padded: Readonly<Record<PaddingMode, Tensor>>;
  readonly figure: Figure;
}

const meaning: Readonly<Record<PaddingMode, string>> = {
  zeros: "Zeros all around: 00|abc|00. The border looks like an edge of the picture.",
  reflect: "A mirror on the edge pixel, which is not repeated: cb|abc|ba.",
  symmetric: "A mirror behind the edge pixel, which is repeated: ba|abc|cb.",
  replicate: "The edge pixel goes on: aa|abc|cc.",
  circular: "The picture starts again, as on a ring: bc|abc|ab.",
};

/**
 * The library's padding modes side by side. Padding is a number of pixels, [height, width], [top, left, bottom, right] or
 * the sides by name, which may be uneven. Mirrors and rings take no more than the picture has.
 */
export function paddingModes(picture: GrayPicture, padding: Exclude<Padding, string>): PaddingModes {
  const x = grayOf("paddingModes", picture);
  const [h = 0, w = 0] = x.shape;
  const padded = Object.fromEntries(PADDING_MODES.map((mode) => [mode, pad(x, padding, mode)])) as Record<
    PaddingMode,
    Tensor
  >;
  // Where the picture begins: the first pixel of one of ones among zeros.
  const begins = pad(new Tensor(new Float32Array(h * w).fill(1), [h, w]), padding).data.indexOf(1);
  const width = padded.zeros.shape[1]!;
  const box = { x: begins % width, y: Math.floor(begins / width), width: w, height: h };
  const range = extent([0, ...x.data]);
  return {
    padded,
    figure: {
      title: `Five ways to pad ${sized(x)} pixels to ${sized(padded.zeros)}`,
      text: "A window at the border reaches beyond the picture. What it finds there is made up; the box is what is real.",
      columns: 3,
      panels: [
        matrixPanel("The picture", x, { range }),
        ...PADDING_MODES.map((mode) =>
          matrixPanel(mode, padded[mode], {
            caption: meaning[mode],
            range,
            boxes: [box],
          }),
        ),
      ],
    },
  };
}
