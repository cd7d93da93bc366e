import { check, checkCount, checkOptions, show } from "../errors.js";
import { type Image, resize, toImageData } from "../image/index.js";

/**
 * Puts a picture on a canvas, which becomes as large as it: sharp, each pixel a square of `zoom` pixels of the canvas.
 * @throws FeatureMapError for what is no canvas, or one that another kind of context has been taken of
 */
export function drawImage(
  canvas: HTMLCanvasElement | OffscreenCanvas,
  image: Image,
  options: { zoom?: number } = {},
): void {
  checkOptions("drawImage", options, ["zoom"]);
  const { zoom = 1 } = options;
  checkCount("drawImage: zoom", zoom);
  check(
    typeof canvas?.getContext === "function",
    () => `drawImage: ${show(canvas)} is no canvas. It takes a <canvas> or an OffscreenCanvas.`,
  );
  const [width, height] = [image.width * zoom, image.height * zoom];
  const pixels = toImageData(resize(image, { width, height, method: "nearest" }));
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D | null;
  check(
    context,
    "drawImage: the canvas has no context for pictures: another kind has been taken of it. Give a new canvas.",
  );
  const target = context.createImageData(width, height);
  target.data.set(pixels.data);
  context.putImageData(target, 0, 0);
}
