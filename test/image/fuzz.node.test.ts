// Ten thousand damaged files of each format: each is decoded whole or refused with a FeatureMapError.

import { decodeImage, type Image } from "../../src/image/index.js";
import { survivesDamage } from "../harness/damage.js";
import { fixture } from "../harness/fixture.js";
import { assert, suite } from "../harness/suite.js";
import { chunk, signature } from "./make-png.js";

const test = suite("damaged pictures");
const RUNS = 10_000;

/** A small file that says it holds a large picture of one colour is sound; of more pixels than this, it is not. */
const MOST_SAMPLES = 2 ** 28;

function verify({ width, height, channels, data }: Image): void {
  assert.is(data.length, width * height * channels);
  assert.ok(data.length <= MOST_SAMPLES, `${width}x${height}x${channels} out of a small file`);
}

const load = (names: readonly string[]) => Promise.all(names.map((name) => fixture(`image/${name}`)));

const pngs = ["palette", "palette-plain", "bilevel", "bilevel-plain", "grey-alpha", "grey", "410"];
const loadPngs = () => load(pngs.map((name) => `${name}.png`));

test("PNG", async () => {
  await survivesDamage(await loadPngs(), (file) => decodeImage(file), verify, RUNS, "PNG");
});

/** The file with the checksums that its chunks ought to have, as far as they reach. */
function withChecksums(file: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.from(signature)];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 8; at + 8 <= file.length; ) {
    const end = at + 8 + Math.min(view.getUint32(at), file.length);
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    parts.push(chunk(type, file.subarray(at + 8, end)));
    at = end + 4;
  }
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

test("PNG, with sound checksums", async () => {
  const read = (file: Uint8Array) => decodeImage(withChecksums(file));
  await survivesDamage(await loadPngs(), read, verify, RUNS, "PNG with sound checksums");
});

test("JPEG", async () => {
  const names = ["444", "420", "420-progressive", "420-restart", "grey", "ycck", "411", "mixed", "tiny"];
  const files = await load(names.map((name) => `${name}.jpg`));
  await survivesDamage(files, (file) => decodeImage(file), verify, RUNS, "JPEG");
});

test.run();
