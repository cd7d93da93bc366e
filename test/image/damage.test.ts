// JPEG files whose segments are sound one by one, but not together.

import { FeatureMapError } from "../../src/errors.js";
import { decodeImage } from "../../src/image/index.js";
import { Random } from "../../src/random.js";
import { fixture } from "../harness/fixture.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";
import { Watch } from "../harness/watch.js";

const test = suite("damaged JPEG segments");
const RUNS = typeof location === "undefined" ? 10_000 : 300;
const [FRAME, SCAN] = [[0xc0, 0xc2], 0xda];

/** The segments between the first marker and the last, scans with the data that follow them. */
function segmentsOf(file: Uint8Array): Uint8Array[] {
  const segments: Uint8Array[] = [];
  for (let at = 2; file[at + 1] !== 0xd9; ) {
    let end = at + 2 + ((file[at + 2]! << 8) | file[at + 3]!);
    // To the next marker that is not a restart.
    const goesOn = (next: number): boolean => next === 0 || (next >= 0xd0 && next <= 0xd7);
    if (file[at + 1] === SCAN) while (file[end] !== 0xff || goesOn(file[end + 1]!)) end++;
    segments.push(file.slice(at, end));
    at = end;
  }
  return segments;
}

function joined(segments: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from([0xff, 0xd8, ...segments.flatMap((one) => [...one]), 0xff, 0xd9]);
}

const NAMES = ["444", "420", "420-progressive", "420-restart", "grey", "ycck", "411", "mixed"];
const load = () => Promise.all(NAMES.map(async (name) => segmentsOf(await fixture(`image/${name}.jpg`))));

test("are decoded or refused, never anything else", async () => {
  const files = await load();
  const watch = new Watch();
  let sound = 0;
  for (let seed = 0; seed < RUNS; seed++) {
    const random = new Random(seed);
    const below = (count: number): number => Math.floor((random.next() / 2 ** 32) * count);
    const segments = files[below(files.length)]!.map((one) => one.slice());
    for (let changes = 1 + below(3); changes > 0; changes--) {
      const at = below(segments.length);
      const one = segments[at]!;
      const change = below(6);
      if (change === 0) one[4 + below(Math.min(16, one.length - 4))] = below(256);
      else if (change === 1) one[below(one.length)] = [0, 255, 0xd0, below(256)][below(4)]!;
      else if (change === 2 && segments.length > 1) segments.splice(at, 1);
      else if (change === 3) segments.splice(below(segments.length), 0, ...Array(1 + below(120)).fill(one));
      else if (change === 4) segments.splice(at, 0, Uint8Array.of(0xff, 0xdd, 0, 4, 0, below(4)));
      else {
        // Sizes and sampling factors.
        const frame = segments.find((segment) => FRAME.includes(segment[1]!));
        if (frame) frame[5 + below(8)] = [0, 1, 2, 0x11, 0x21, 0x42, 255][below(7)]!;
      }
    }
    try {
      const file = joined(segments);
      const decoded = await watch.over(`seed ${seed}`, () => decodeImage(file, "a.jpg"));
      const { width, height, channels, data } = decoded;
      assert.is(data.length, width * height * channels);
      sound++;
    } catch (error) {
      if (!(error instanceof FeatureMapError)) throw new Error(`seed ${seed}: ${(error as Error).stack}`);
      assert.match(error.message, /^a\.jpg: /, `seed ${seed}`);
    }
  }
  watch.check("JPEG, damaged segments");
  assert.ok(sound > RUNS / 10 && sound < RUNS, `${sound} of ${RUNS} were sound`);
});

test("scans without end are refused", async () => {
  const segments = segmentsOf(await fixture("image/420-progressive.jpg"));
  const scan = segments.findIndex((segment) => segment[1] === SCAN);
  // The first one of a progressive picture can be read over and over.
  segments.splice(scan, 0, ...Array<Uint8Array>(100).fill(segments[scan]!));
  const file = joined(segments);
  await rejectsMessage(() => decodeImage(file, "a.jpg"), /a JPEG of more than 100 scans is not supported/);
});

test.run();
