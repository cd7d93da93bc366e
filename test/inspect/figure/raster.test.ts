// The pictures in test/fixtures/figures are what figureImage draws. After a change that is meant to change them, look at what comes
// of it: WRITE_FIGURES=1 npm test -- inspect/figure/raster --node makes them anew.

import { writeFileAtomic } from "#platform";
import { encodePng, type Image, readImage } from "../../../src/image/index.js";
import { palettes } from "../../../src/inspect/figure/palette.js";
import { type Figure, figureImage } from "../../../src/inspect/index.js";
import { fixture } from "../../harness/fixture.js";
import { assert, suite, throwsMessage } from "../../harness/suite.js";
import { samples } from "./samples.js";

const test = suite("figures: pixels");

const writes = typeof process !== "undefined" && process.env.WRITE_FIGURES === "1";
const themes = { pictures: "light", plots: "dark", filters: "light", maps: "dark" } as const;

for (const [name, theme] of Object.entries(themes)) {
  test(`${name} looks as it did`, async () => {
    const image = figureImage(samples[name]!, { theme, scale: 1 });
    if (writes) await writeFileAtomic(`test/fixtures/figures/${name}.png`, await encodePng(image));
    const before = await readImage(await fixture(`figures/${name}.png`));
    assert.equal([image.width, image.height], [before.width, before.height]);
    // Smooth edges are rounded from sines and roots, in which engines may differ in the last place.
    const apart = image.data.reduce(
      (most, sample, i) => Math.max(most, Math.abs(sample - before.data[i]!)),
      0,
    );
    assert.ok(apart <= 2, `samples differ by up to ${apart}`);
  });
}

const pixel = ({ width, data }: Image, x: number, y: number): number[] => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];
const hex = (color: string): number[] => [1, 3, 5].map((i) => Number.parseInt(color.slice(i, i + 2), 16));

/** Four pixels in colours that occur nowhere else. */
const tiny: Figure = {
  title: "",
  panels: [
    {
      kind: "picture",
      title: "",
      image: {
        width: 2,
        height: 2,
        channels: 3,
        data: Uint8Array.of(250, 1, 1, 1, 250, 1, 1, 1, 250, 250, 250, 1),
      },
      zoom: 5,
    },
  ],
};

test("each pixel of a picture becomes a square", () => {
  for (const scale of [1, 3]) {
    const image = figureImage(tiny, { scale });
    const counts = [
      [250, 1, 1],
      [1, 250, 1],
      [1, 1, 250],
      [250, 250, 1],
    ].map((color) => {
      let count = 0;
      for (let i = 0; i < image.data.length; i += 3)
        if (color.every((sample, c) => image.data[i + c] === sample)) count++;
      return count;
    });
    assert.equal(counts, Array(4).fill((5 * scale) ** 2));
  }
});

test("light and dark have the palette's paper, and ink that can be read on it", () => {
  for (const theme of ["light", "dark"] as const) {
    const image = figureImage({ ...tiny, title: "Ink" }, { theme, scale: 1 });
    assert.equal(pixel(image, 0, 0), hex(palettes[theme].paper));
    const ink = hex(palettes[theme].ink).join();
    let inked = 0;
    for (let y = 0; y < image.height; y++)
      for (let x = 0; x < image.width; x++) if (pixel(image, x, y).join() === ink) inked++;
    // Three letters of two by two pixels each.
    assert.ok(inked > 100, `${inked} pixels`);
  }
});

test("twice as large is the same picture, twice as large", () => {
  const [one, two] = [1, 2].map((scale) => figureImage(samples.pictures!, { scale }));
  assert.equal([two!.width, two!.height], [2 * one!.width, 2 * one!.height]);
  let same = 0;
  for (let y = 0; y < one!.height; y++)
    for (let x = 0; x < one!.width; x++)
      if (pixel(one!, x, y).join() === pixel(two!, 2 * x, 2 * y).join()) same++;
  // All but the corners of letters, which are smoothed.
  assert.ok(same / (one!.width * one!.height) > 0.985, `${same / (one!.width * one!.height)}`);
});

test("numbers in pixels stand out from them", () => {
  const image = { width: 2, height: 1, channels: 1 as const, data: Uint8Array.of(20, 240) };
  const drawn = figureImage(
    { title: "", panels: [{ kind: "picture", title: "", image, numbers: [8, 8] }] },
    { scale: 1 },
  );
  const counts = new Map<string, number>();
  for (let y = 0; y < drawn.height; y++)
    for (let x = 0; x < drawn.width; x++) {
      const color = pixel(drawn, x, y).join();
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
  // An 8 in white on the dark pixel; the same in black on the light one.
  assert.is(counts.get("16,22,29"), 19);
  assert.is(counts.get("20,20,20"), counts.get("240,240,240"));
});

test("more pixels than there is memory for are told", () => {
  const rows = Array.from({ length: 30_000 }, (_, i) => [i]);
  const long: Figure = { title: "long", panels: [{ kind: "table", title: "t", columns: ["i"], rows }] };
  throwsMessage(
    () => figureImage(long, { scale: 8 }),
    /"long" takes \d+ x \d+ pixels, more than 256 million\. Give a smaller scale, draw it as SVG/,
  );
});

test("options", () => {
  throwsMessage(() => figureImage(tiny, { scale: 9 }), /scale is 9; it must be a whole number from 1 to 8/);
  throwsMessage(
    () => figureImage(tiny, { theme: "auto" as "light" }),
    /theme is "auto"; it must be "light" or "dark"/,
  );
  throwsMessage(
    () => figureImage(tiny, { zoom: 2 } as object),
    /unknown option "zoom". It takes: theme, scale/,
  );
});

test.run();
