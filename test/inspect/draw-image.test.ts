import { drawImage } from "../../src/inspect/index.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";

const test = suite("drawImage");

/** What has the members of a canvas that are needed. */
function canvas(hasContext = true) {
  const drawn: { width: number; height: number; data: Uint8ClampedArray; at: [number, number] }[] = [];
  const context = {
    createImageData: (width: number, height: number) => ({
      width,
      height,
      data: new Uint8ClampedArray(4 * width * height),
    }),
    putImageData: (pixels: (typeof drawn)[number], x: number, y: number) =>
      drawn.push({ ...pixels, at: [x, y] }),
  };
  return { drawn, width: 1, height: 1, getContext: () => (hasContext ? context : null) };
}

const asCanvas = (object: object): HTMLCanvasElement => object as HTMLCanvasElement;
const image = { width: 2, height: 1, channels: 1 as const, data: Uint8Array.of(0, 200) };

test("a canvas takes the picture's size, and each pixel is a square", () => {
  const target = canvas();
  drawImage(asCanvas(target), image, { zoom: 2 });
  assert.equal([target.width, target.height], [4, 2]);
  const [{ data, at }] = target.drawn as [(typeof target.drawn)[number]];
  assert.equal(at, [0, 0]);
  const row = [0, 0, 200, 200].flatMap((sample) => [sample, sample, sample, 255]);
  assert.equal(Array.from(data), [...row, ...row]);
});

test("in a browser, a canvas has the pixels", () => {
  if (typeof OffscreenCanvas === "undefined") return assert.is(typeof document, "undefined");
  for (const target of [new OffscreenCanvas(9, 9), document.createElement("canvas")]) {
    drawImage(
      target,
      { width: 1, height: 2, channels: 4, data: Uint8Array.of(9, 8, 7, 255, 0, 0, 0, 0) },
      { zoom: 3 },
    );
    const context = target.getContext("2d") as CanvasRenderingContext2D;
    assert.equal([target.width, target.height], [3, 6]);
    assert.equal(Array.from(context.getImageData(2, 2, 1, 1).data), [9, 8, 7, 255]);
    assert.equal(Array.from(context.getImageData(2, 3, 1, 1).data), [0, 0, 0, 0]);
  }
});

test("what is no canvas, or has no context left, is told", () => {
  throwsMessage(
    () => drawImage(asCanvas({}), image),
    /is no canvas. It takes a <canvas> or an OffscreenCanvas/,
  );
  throwsMessage(() => drawImage(asCanvas(canvas(false)), image), /another kind has been taken of it/);
  throwsMessage(
    () => drawImage(asCanvas(canvas()), image, { zoom: 0.5 }),
    /zoom is 0.5; it must be a whole number/,
  );
  throwsMessage(() => drawImage(asCanvas(canvas()), image, { scale: 2 } as object), /unknown option "scale"/);
});

test.run();
