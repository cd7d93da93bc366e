import { decodeImage, type Image } from "../../src/image/index.js";
import { survivesDamage } from "../harness/damage.js";
import { fixture } from "../harness/fixture.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";

const test = suite("jpeg");

/** Decodes a JPEG of test/fixtures/image and what Pillow made of it, and gives the largest difference. */
async function difference(name: string): Promise<number> {
  const ours = await decodeImage(await fixture(`image/${name}.jpg`), name);
  const pillows = await decodeImage(await fixture(`image/${name}.png`), name);
  assert.equal(
    [ours.width, ours.height, ours.channels],
    [pillows.width, pillows.height, pillows.channels],
    name,
  );
  return ours.data.reduce((most, value, i) => Math.max(most, Math.abs(value - pillows.data[i]!)), 0);
}

const kinds = [
  ...["444", "422", "420", "420-progressive", "420-restart", "tiny", "grey", "cmyk"],
  ...["440", "411", "410", "mixed", "adobe-rgb", "ycck"],
];

test("decodes as Pillow does, to the bit", async () => {
  for (const name of kinds) assert.is(await difference(name), 0, name);
});

test("applies the EXIF orientation", async () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    const name = `orientation-${orientation}`;
    assert.is(await difference(name), 0, name);
  }
});

/** The offset of a marker's segment. */
function find(file: Uint8Array, marker: number): number {
  const at = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === marker);
  assert.ok(at > 0, `no marker ${marker.toString(16)}`);
  return at;
}

test("refuses what is cut short or lies, with the reason", async () => {
  const good = await fixture("image/420.jpg");
  const frame = find(good, 0xc0);
  const scan = find(good, 0xda);
  const changed = (at: number, ...values: number[]): Uint8Array => {
    const copy = good.slice();
    copy.set(values, at);
    return copy;
  };
  const frameless = new Uint8Array(good.length - (scan - frame));
  frameless.set(good.subarray(0, frame));
  frameless.set(good.subarray(scan), frame);
  const cases: [Uint8Array, RegExp][] = [
    [good.subarray(0, 2), /a\.jpg: no JPEG segment at byte 2\. The file is truncated/],
    [good.subarray(0, 15), /JPEG segment at byte 2 should take 16 bytes, but the file ends before/],
    [good.subarray(0, scan), /no JPEG segment at byte \d+/],
    [good.subarray(0, scan + 100), /JPEG data are damaged or truncated/],
    [good.subarray(0, good.length - 20), /JPEG data are damaged or truncated/],
    [good.subarray(0, good.length - 2), /JPEG data are damaged or truncated/],
    [changed(2, 0xff, 0xd9), /the JPEG file ends before its pixels/],
    [changed(4, 0, 1), /JPEG segment at byte 2 should take 1 bytes/],
    [frameless, /no frame header before its pixels/],
    [changed(frame + 1, 0xc3), /JPEG type 0xc3 \(lossless or arithmetic coding\) is not supported/],
    [changed(frame + 4, 12), /12-bit JPEG samples are not supported/],
    [changed(frame + 5, 0, 0), /says 45 x 0 pixels/],
    [changed(frame + 5, 0x27, 0x10, 0x27, 0x10), /bytes cannot hold the 10000 x 10000 pixels/],
    [changed(frame + 5, 0xff, 0xff, 0xff, 0xff), /65535 x 65535 pixels are over the limit of 100000000/],
    [changed(frame + 9, 2), /frame header has a wrong length/],
    [changed(frame + 11, 0x51), /sampling factors 5 x 1 are outside 1 to 4/],
    [changed(frame + 13, 1), /two JPEG colour components have one name/],
    [changed(scan + 12, ...new Uint8Array(100).fill(0xff)), /JPEG data are damaged or truncated/],
  ];
  for (const [file, pattern] of cases) await rejectsMessage(() => decodeImage(file, "a.jpg"), pattern);
});

test("damaged EXIF data leave the picture as it is", async () => {
  const file = (await fixture("image/orientation-6.jpg")).slice();
  const exif = find(file, 0xe1) + 10;
  // The offset of the directory, now beyond the end.
  file.set([0xff, 0xff, 0xff, 0xff], exif + 4);
  const image = await decodeImage(file);
  assert.equal([image.width, image.height], [16, 24]);
});

test("a damaged file is decoded or refused, never anything else", async () => {
  const names = ["444", "420", "420-progressive", "420-restart", "grey", "ycck", "411", "orientation-6"];
  const files = await Promise.all(names.map((name) => fixture(`image/${name}.jpg`)));
  const verify = ({ width, height, channels, data }: Image) =>
    assert.is(data.length, width * height * channels);
  await survivesDamage(files, (file) => decodeImage(file), verify, 500);
});

test.run();
