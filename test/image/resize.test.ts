import { decodeImage, type Image, type ResizeMethod, resize } from "../../src/image/index.js";
import { Random } from "../../src/random.js";
import { fixture } from "../harness/fixture.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";

const test = suite("resize");

const sizes = {
  rgb: [
    [10, 8],
    [80, 51],
    [37, 5],
    [100, 23],
    [1, 1],
    [36, 24],
  ],
  l: [[11, 40]],
  rgba: [
    [12, 9],
    [50, 30],
  ],
} as const;

test("gives what Pillow gives, to the bit", async () => {
  for (const [mode, list] of Object.entries(sizes)) {
    const source = await decodeImage(await fixture(`image/resize/${mode}.png`));
    for (const method of ["nearest", "bilinear", "bicubic"] as const) {
      for (const [width, height] of list) {
        const name = `${method}-${mode}-${width}x${height}`;
        const expected = await decodeImage(await fixture(`image/resize/${name}.png`));
        assert.equal(resize(source, { width, height, method }), expected, name);
      }
    }
  }
});

function noise(width: number, height: number, channels: 1 | 3 | 4): Image {
  const random = new Random(width * 100 + height);
  return {
    width,
    height,
    channels,
    data: Uint8Array.from({ length: width * height * channels }, () => random.int(256)),
  };
}

/** One sample by interpolation between the four pixels around it, in float64, edges repeated. */
function interpolated({ width, height, data }: Image, x: number, y: number): number {
  const at = (column: number, row: number): number =>
    data[Math.min(Math.max(row, 0), height - 1) * width + Math.min(Math.max(column, 0), width - 1)]!;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - left, y - top];
  const upper = at(left, top) * (1 - fx) + at(left + 1, top) * fx;
  const lower = at(left, top + 1) * (1 - fx) + at(left + 1, top + 1) * fx;
  return upper * (1 - fy) + lower * fy;
}

test("without antialiasing takes the four pixels around each new centre", () => {
  const image = noise(31, 17, 1);
  for (const [width, height] of [
    [7, 5],
    [31, 3],
    [64, 40],
    [1, 1],
  ] as const) {
    const { data } = resize(image, { width, height, antialias: false });
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const expected = interpolated(image, ((x + 0.5) * 31) / width - 0.5, ((y + 0.5) * 17) / height - 0.5);
        assert.ok(Math.abs(data[y * width + x]! - expected) <= 1.01, `${width} x ${height}: (${x}, ${y})`);
      }
    }
  }
});

test("halving with antialiasing averages, and a constant picture stays constant", () => {
  for (const method of ["nearest", "bilinear", "bicubic"] as ResizeMethod[]) {
    for (const value of [0, 1, 127, 254, 255]) {
      const image: Image = {
        width: 13,
        height: 9,
        channels: 3,
        data: new Uint8Array(13 * 9 * 3).fill(value),
      };
      for (const [width, height] of [
        [5, 4],
        [29, 31],
      ] as const) {
        assert.ok(
          resize(image, { width, height, method }).data.every((sample) => sample === value),
          `${method} ${value}`,
        );
      }
    }
  }
});

test("transparent pixels lend no colour to their neighbours", () => {
  // Opaque red beside transparent green.
  const image: Image = {
    width: 2,
    height: 1,
    channels: 4,
    data: Uint8Array.from([255, 0, 0, 255, 0, 255, 0, 0]),
  };
  assert.equal([...resize(image, { width: 1, height: 1 }).data], [255, 0, 0, 128]);
});

test("refuses sizes, methods and options that do not exist", () => {
  const image = noise(4, 4, 1);
  throwsMessage(() => resize(image, { width: 0, height: 4 }), /resize: the size 0 x 4 must be/);
  throwsMessage(() => resize(image, { width: 2.5, height: 4 }), /resize: the size 2.5 x 4 must be/);
  throwsMessage(
    () => resize(image, { width: 2, height: 2, method: "lanczos" as "nearest" }),
    /unknown method "lanczos"\. It takes: nearest, bilinear, bicubic/,
  );
  throwsMessage(
    () => resize(image, { width: 2, height: 2, antiAlias: true } as never),
    /unknown option "antiAlias"/,
  );
  throwsMessage(
    () => resize({ ...image, width: 5 }, { width: 2, height: 2 }),
    /16 samples do not fill 5 x 4/,
  );
});

test.run();
