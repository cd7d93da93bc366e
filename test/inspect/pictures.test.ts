import type { Image } from "../../src/image/index.js";
import { featureMapGrid, filterGrid, toTerminal } from "../../src/inspect/index.js";
import { tensor } from "../../src/tensor.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";

const test = suite("pictures");

/** Rows of pixels, each as the hexadecimal digits of its samples. */
function rows({ width, height, channels, data }: Image): string[] {
  assert.is(data.length, width * height * channels);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) =>
      [...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels)]
        .map((sample) => sample.toString(16).padStart(2, "0"))
        .join(""),
    ).join(" "),
  );
}

test("filters of one channel: a tile each, coloured by sign, on one scale", () => {
  const weights = tensor([-1, 0, 0.5, 1, 0, 0, 0, -0.5], [2, 1, 2, 2]);
  assert.equal(rows(filterGrid(weights)), [
    "053061 f7f7f7 ffffff f7f7f7 f7f7f7",
    // Half of the largest is halfway along the five colours for values above zero.
    "e58368 67001f ffffff f7f7f7 6bacd1",
  ]);
});

test("what is no number is grey and does not count for the range; what is infinite lies at its ends", () => {
  const maps = tensor([0, Number.NaN, 10, Number.POSITIVE_INFINITY], [1, 1, 4]);
  assert.equal(rows(featureMapGrid(maps, { colors: "gray" })), ["000000 808080 ffffff ffffff"]);
  const weights = tensor([Number.NaN, -2, 2, Number.NEGATIVE_INFINITY], [1, 1, 1, 4]);
  assert.equal(rows(filterGrid(weights)), ["808080 053061 67001f 053061"]);
  assert.equal(rows(filterGrid(tensor([Number.NaN], [1, 1, 1, 1]))), ["808080"]);
});

test("filters of three channels are pictures", () => {
  const weights = tensor([0, 10, 5, 5, 10, 0], [1, 3, 1, 2]);
  assert.equal(rows(filterGrid(weights)), ["0080ff ff8000"]);
});

test("filters of other channels: a row for each input, a column for each output", () => {
  const weights = tensor([-1, 1, 0, -1, 1, 0], [3, 2, 1, 1]);
  assert.equal(rows(filterGrid(weights, { gap: 0 })), ["053061 f7f7f7 67001f", "67001f 053061 f7f7f7"]);
});

test("feature maps span the colours each by itself, or all together", () => {
  const maps = tensor([0, 1, 0, 10, 7, 7], [3, 1, 2]);
  const options = { colors: "gray", gap: 0, columns: 1 } as const;
  assert.equal(rows(featureMapGrid(maps, options)), ["000000 ffffff", "000000 ffffff", "000000 000000"]);
  assert.equal(rows(featureMapGrid(maps, { ...options, range: "all" })), [
    "000000 1a1a1a",
    "000000 ffffff",
    "b3b3b3 b3b3b3",
  ]);
  assert.equal(rows(featureMapGrid(maps, { ...options, range: [5, 6] })), [
    "000000 000000",
    "000000 ffffff",
    "ffffff ffffff",
  ]);
});

test("viridis runs from dark blue to yellow", () => {
  const maps = tensor([0, 0.5, 1], [1, 1, 1, 3]);
  assert.equal(rows(featureMapGrid(maps)), ["440154 21918c fde725"]);
});

test("vectors are tiles of a pixel on one scale", () => {
  assert.equal(rows(featureMapGrid(tensor([0, 1, 2], [1, 3]), { colors: "gray", gap: 0, columns: 3 })), [
    "000000 808080 ffffff",
  ]);
});

test("scale, gap, columns and background", () => {
  const maps = tensor([0, 1, 1], [3, 1, 1]);
  const picture = featureMapGrid(maps, {
    colors: "gray",
    range: "all",
    scale: 2,
    gap: 1,
    columns: 2,
    background: [1, 2, 3],
  });
  const line = (left: string, right: string): string => `${left} ${left} 010203 ${right} ${right}`;
  assert.equal(rows(picture), [
    ...Array(2).fill(line("000000", "ffffff")),
    line("010203", "010203"),
    ...Array(2).fill(line("ffffff", "010203")),
  ]);
  const clear = featureMapGrid(maps, { colors: "gray", range: "all", columns: 2, background: null });
  assert.equal(rows(clear), [
    "000000ff 00000000 ffffffff",
    "00000000 00000000 00000000",
    "ffffffff 00000000 00000000",
  ]);
});

test("wrong input is refused in a sentence", () => {
  throwsMessage(
    () => filterGrid(tensor([1, 2], [1, 2])),
    /filterGrid: the weights have shape \[1, 2\]; they must be \[out, in, kh, kw\]/,
  );
  throwsMessage(() => featureMapGrid(tensor([1, 2], [2, 1, 1, 1])), /featureMapGrid: .*of one input/);
  const maps = tensor([1], [1, 1, 1]);
  throwsMessage(
    () => featureMapGrid(maps, { scale: 0.5 }),
    /scale is 0.5; it must be a whole number of at least 1/,
  );
  throwsMessage(
    () => featureMapGrid(maps, { colors: "pink" as "gray" }),
    /unknown colors "pink". It takes: viridis, inferno, gray, signed/,
  );
  throwsMessage(() => featureMapGrid(maps, { zoom: 2 } as object), /unknown option "zoom"/);
});

const picture = (channels: 1 | 3 | 4, width: number, ...data: number[]): Image => ({
  width,
  height: data.length / width / channels,
  channels,
  data: Uint8Array.from(data),
});

test("without colours, two pixels in a character, light ones filled", () => {
  const image = picture(1, 4, 0, 255, 0, 255, 0, 0, 255, 255, 255, 127, 128, 0);
  assert.is(toTerminal(image, { colors: "none" }), " ▀▄█\n▀ ▀");
});

test("in 24-bit colours", () => {
  const image = picture(3, 2, ...[1, 2, 3], ...[1, 2, 3], ...[4, 5, 6], ...[4, 5, 6]);
  assert.is(toTerminal(image), "\x1b[38;2;1;2;3;48;2;4;5;6m▀▀\x1b[0m");
  assert.is(toTerminal(picture(1, 1, 9)), "\x1b[38;2;9;9;9;49m▀\x1b[0m");
  assert.is(toTerminal(picture(4, 1, 255, 0, 0, 0)), "\x1b[38;2;0;0;0;49m▀\x1b[0m");
});

test("in the nearest of 256 colours", () => {
  const image = picture(3, 4, ...[0, 0, 0], ...[255, 0, 0], ...[128, 128, 128], ...[250, 250, 100]);
  const codes = [...toTerminal(image, { colors: "256" }).matchAll(/38;5;(\d+);49/g)].map(([, code]) =>
    Number(code),
  );
  assert.equal(codes, [16, 196, 244, 227]);
});

test.run();
