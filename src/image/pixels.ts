import { check, FeatureMapError, show } from "../errors.js";
import { fromImageData } from "./colour.js";
import { checkImage, type Image } from "./image.js";

/** What a page has pictures in: pixels of a canvas, and whatever a canvas can draw. */
export type PixelSource = ImageData | Exclude<CanvasImageSource, SVGImageElement>;

/**
 * The pixels that something in a page shows now: `ImageData`, a canvas, an `ImageBitmap`, a `VideoFrame`, an `<img>` or
 * a `<video>`, at its own size and not as the page scales it. A picture stays as it is.
 * @throws FeatureMapError for what is still loading, or comes from another site that does not allow it
 */
export function toImage(source: Image | PixelSource): Image {
  if (typeof source === "object" && source !== null) {
    if ("channels" in source) {
      checkImage("toImage", source);
      return source;
    }
    if ("data" in source && source.data instanceof Uint8ClampedArray) return fromImageData(source);
    const size = sizeOf(source);
    if (size) return drawn(source as CanvasImageSource, ...size);
  }
  throw new FeatureMapError(
    `toImage: ${show(source)} has no pixels. It takes a picture, ImageData, a canvas, an ImageBitmap, a VideoFrame, an <img> or ` +
      "a <video>; readImage takes files.",
  );
}

/** Whether {@link toImage} may take it: not a file's bytes, nor a name. */
export function isPixels(source: object): source is Image | PixelSource {
  return "channels" in source || "data" in source || sizeOf(source) !== undefined;
}

/** Width and height of a thing by whichever of its members say them. */
function sizeOf(source: object): [width: number, height: number] | undefined {
  for (const [width, height] of [
    ["displayWidth", "displayHeight"],
    ["videoWidth", "videoHeight"],
    ["naturalWidth", "naturalHeight"],
    ["width", "height"],
  ] as const) {
    const size = source as Record<string, unknown>;
    const [w, h] = [size[width], size[height]];
    if (typeof w === "number" && typeof h === "number") return [w, h];
  }
  return undefined;
}

function drawn(source: CanvasImageSource, width: number, height: number): Image {
  check(
    width > 0 && height > 0,
    () =>
      `toImage: ${show(source)} has no pixels yet, or none any more. Wait until it has loaded: await image.decode(), or the ` +
      'event "loadeddata" of a video.',
  );
  try {
    const options = { willReadFrequently: true, colorSpace: "srgb" } as const;
    const context = canvas(width, height).getContext("2d", options) as CanvasRenderingContext2D;
    context.drawImage(source, 0, 0, width, height);
    return fromImageData(context.getImageData(0, 0, width, height));
  } catch (cause) {
    throw new FeatureMapError(
      `toImage: the pixels of ${show(source)} cannot be read: ${(cause as Error).message} For something of another site, set ` +
        'crossOrigin = "anonymous" before its address.',
      { cause },
    );
  }
}

function canvas(width: number, height: number): OffscreenCanvas | HTMLCanvasElement {
  if (typeof OffscreenCanvas !== "undefined") return new OffscreenCanvas(width, height);
  check(
    typeof document !== "undefined",
    "toImage: there is no canvas here to draw on. Give ImageData, or a file to readImage.",
  );
  return Object.assign(document.createElement("canvas"), { width, height });
}
