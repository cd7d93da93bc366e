import fc from "fast-check";
import { FeatureMapError } from "../../src/errors.js";
import { decodeImage, encodePng, type Image } from "../../src/image/index.js";
import { pack } from "../../src/platform/unpack.js";
import { Random } from "../../src/random.js";
import { survivesDamage } from "../harness/damage.js";
import { fixture } from "../harness/fixture.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";
import { bytesOf, chunk, header, makePng, type PngSpec, signature, uint32 } from "./make-png.js";

const test = suite("png");

const end = chunk("IEND");

const kinds: [colour: number, depths: number[], samples: number][] = [
  [0, [1, 2, 4, 8, 16], 1],
  [2, [8, 16], 3],
  [3, [1, 2, 4, 8], 1],
  [4, [8, 16], 2],
  [6, [8, 16], 4],
];

/** What the pixel should be in 8 bits, channel by channel. */
function expectedPixel(spec: PngSpec, x: number, y: number): number[] {
  const { depth, colour, palette, transparency } = spec;
  const samples = spec.pixel(x, y);
  if (colour === 3) {
    const rgb = palette!.slice(3 * samples[0]!, 3 * samples[0]! + 3);
    return transparency ? [...rgb, transparency[samples[0]!] ?? 255] : rgb;
  }
  const bytes = samples.map((sample) =>
    depth === 16 ? Math.floor(sample / 256) : Math.round((sample * 255) / (2 ** depth - 1)),
  );
  if (colour === 4) return [bytes[0]!, bytes[0]!, bytes[0]!, bytes[1]!];
  if (!transparency) return bytes;
  const key = samples.map((_, c) => transparency[2 * c]! * 256 + transparency[2 * c + 1]!);
  const alpha = samples.every((sample, c) => sample === key[c]) ? 0 : 255;
  return colour === 0 ? [bytes[0]!, bytes[0]!, bytes[0]!, alpha] : [...bytes, alpha];
}

async function decodesTo(spec: PngSpec, label: string): Promise<void> {
  const image = await decodeImage(await makePng(spec), label);
  const expected: number[] = [];
  for (let y = 0; y < spec.height; y++) {
    for (let x = 0; x < spec.width; x++) expected.push(...expectedPixel(spec, x, y));
  }
  assert.is(image.width, spec.width, label);
  assert.is(image.height, spec.height, label);
  assert.equal([...image.data], expected, label);
}

test("decodes every colour type, depth and filter, interlaced or not, with and without transparency", async () => {
  for (const [colour, depths, samples] of kinds) {
    for (const depth of depths) {
      for (const [width, height] of [
        [1, 1],
        [3, 2],
        [13, 11],
      ] as const) {
        for (const interlaced of [false, true]) {
          for (const transparent of colour === 4 || colour === 6 ? [false] : [false, true]) {
            const random = new Random(depth);
            const pixels = Array.from({ length: width * height }, () =>
              Array.from({ length: samples }, () => random.int(2 ** depth)),
            );
            const spec: PngSpec = {
              width,
              height,
              depth,
              colour,
              interlaced,
              pixel: (x, y) => pixels[y * width + x]!,
            };
            if (colour === 3) {
              spec.palette = Array.from({ length: 3 * 2 ** depth }, (_, i) => (i * 37) % 256);
              if (transparent) spec.transparency = [0, 128];
            } else if (transparent) {
              spec.transparency = pixels[0]!.flatMap((sample) => [sample >> 8, sample & 255]);
            }
            await decodesTo(
              spec,
              `colour ${colour}, depth ${depth}, ${width} x ${height}, interlaced ${interlaced}`,
            );
          }
        }
      }
    }
  }
});

test("decodes what Pillow writes", async () => {
  for (const name of ["palette", "bilevel", "grey-alpha"]) {
    const image = await decodeImage(await fixture(`image/${name}.png`));
    assert.equal(image, await decodeImage(await fixture(`image/${name}-plain.png`)), name);
  }
});

test("is turned upright as its EXIF data say, little- and big-endian", async () => {
  const tag = (little: boolean, orientation: number): number[] => {
    const numbers: [value: number, bytes: number][] = [
      ...([
        [42, 2],
        [8, 4],
        [1, 2],
        [274, 2],
        [3, 2],
        [1, 4],
        [orientation, 2],
        [0, 2],
        [0, 4],
      ] as const),
    ].map(([value, bytes]) => [value, bytes]);
    const bytesOfNumber = ([value, bytes]: [number, number]): number[] => {
      const big = Array.from({ length: bytes }, (_, i) => (value >> (8 * (bytes - 1 - i))) & 255);
      return little ? big.reverse() : big;
    };
    return [...(little ? [0x49, 0x49] : [0x4d, 0x4d]), ...numbers.flatMap(bytesOfNumber)];
  };
  const pixels = chunk("IDAT", await pack(Uint8Array.from([0, 1, 2, 3, 0, 4, 5, 6])));
  const decode = (exif: number[]) =>
    decodeImage(bytesOf(signature, header(3, 2, 8, 0), chunk("eXIf", exif), pixels, end));
  for (const little of [true, false]) {
    const { width, height, data } = await decode(tag(little, 6));
    assert.equal([width, height, ...data], [2, 3, 4, 1, 5, 2, 6, 3]);
  }
  assert.equal([...(await decode(tag(true, 3))).data], [6, 5, 4, 3, 2, 1]);
  assert.equal([...(await decode(tag(true, 9))).data], [1, 2, 3, 4, 5, 6]);
  assert.equal([...(await decode([0x49])).data], [1, 2, 3, 4, 5, 6]);
});

test("decodes what it encoded", async () => {
  const images = fc
    .tuple(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom(1, 3, 4),
      fc.nat(9),
    )
    .map(([width, height, channels, seed]): Image => {
      const random = new Random(seed);
      const data = Uint8Array.from({ length: width * height * channels }, (_, i) =>
        seed < 5 ? random.int(256) : i * seed,
      );
      return { width, height, channels: channels as 1 | 3 | 4, data };
    });
  await fc.assert(
    fc.asyncProperty(images, async (image) => assert.equal(await decodeImage(await encodePng(image)), image)),
    { numRuns: 40, seed: 1 },
  );
});

test("encodes smooth pictures smaller than their pixels", async () => {
  const data = Uint8Array.from({ length: 64 * 64 }, (_, i) => (i % 64) + Math.floor(i / 64));
  assert.ok((await encodePng({ width: 64, height: 64, channels: 1, data })).length < 400);
});

test("refuses to encode what is not a picture", async () => {
  const data = new Uint8Array(12);
  await rejectsMessage(
    encodePng({ width: 2, height: 2, channels: 2 as 1, data }),
    /2 channels; it must be 1/,
  );
  await rejectsMessage(
    encodePng({ width: 2, height: 3, channels: 3, data }),
    /12 samples do not fill 2 x 3 pixels/,
  );
  await rejectsMessage(encodePng({ width: 0, height: 3, channels: 3, data }), /0 x 3 pixels/);
});

test("refuses what breaks the format, with the reason", async () => {
  const pixels = chunk("IDAT", await pack(new Uint8Array(6)));
  const wrongFilter = chunk("IDAT", await pack(Uint8Array.from([9, 0, 0, 0, 0, 0])));
  const indexed = chunk("IDAT", await pack(Uint8Array.from([0, 3, 0, 0, 0, 0])));
  const plain = header(2, 2, 8, 0);
  const good = bytesOf(signature, plain, pixels, end);
  assert.is((await decodeImage(good)).width, 2);
  const damagedCheck = good.slice();
  damagedCheck[20]! ^= 1;
  const file = (...chunks: (Uint8Array | number[])[]) => bytesOf(signature, ...chunks);
  const cases: [Uint8Array, RegExp][] = [
    [good.subarray(0, 8), /a\.png: the PNG file ends after 8 bytes without its IEND chunk/],
    [good.subarray(0, 30), /chunk "IHDR" at byte 8 should take 13 bytes, but the file ends before/],
    [good.subarray(0, good.length - 12), /without its IEND chunk/],
    [good.subarray(0, good.length - 4), /without its IEND chunk/],
    [damagedCheck, /chunk "IHDR" at byte 8 is damaged: its checksum is wrong/],
    [file(pixels, plain, end), /must begin with one IHDR chunk; here is IDAT/],
    [file(plain, plain, pixels, end), /must begin with one IHDR chunk; here is IHDR/],
    [file(end), /must begin with one IHDR chunk; here is IEND/],
    [file(chunk("IHDR", [1, 2]), end), /IHDR chunk of a PNG has 13 bytes, here 2/],
    [file(header(0, 2, 8, 0), pixels, end), /says 0 x 2 pixels/],
    [file(header(2, 2, 16, 3), pixels, end), /colour type 3 with 16 bits per sample does not exist/],
    [file(header(2, 2, 8, 5), pixels, end), /colour type 5 with 8 bits/],
    [file(header(2, 2, 8, 0, 2), pixels, end), /interlace 2/],
    [file(chunk("IHDR", [...uint32(2), ...uint32(2), 8, 0, 1, 0, 0]), pixels, end), /compression 1/],
    [file(plain, chunk("ABCD"), pixels, end), /unknown critical PNG chunk "ABCD"/],
    [file(plain, end), /damaged or truncated/],
    [file(header(2, 3, 8, 0), pixels, end), /2 x 3 pixels take 9 bytes of PNG data, but 6 are there/],
    [file(header(2, 1, 8, 0), pixels, end), /2 x 1 pixels take 3 bytes of PNG data, but more are there/],
    [file(plain, chunk("IDAT", [1, 2, 3]), end), /compressed data are damaged or truncated/],
    [file(plain, wrongFilter, end), /a\.png: this PNG cannot be decoded: Unsupported filter: 9/],
    [file(header(2, 2, 8, 3), pixels, end), /needs a PLTE chunk/],
    [file(header(2, 2, 8, 3), chunk("PLTE", [1, 2]), pixels, end), /needs a PLTE chunk of whole colours/],
    [
      file(header(2, 2, 8, 3), chunk("PLTE", [1, 2, 3]), indexed, end),
      /a\.png: this PNG cannot be decoded: Incorrect index of palette color/,
    ],
    [
      file(header(2, 2, 8, 3), chunk("PLTE", [1, 2, 3]), chunk("tRNS", [1, 2]), pixels, end),
      /2 transparent colours in a PNG palette of 1/,
    ],
    [file(plain, chunk("tRNS", [1]), pixels, end), /tRNS chunk of 1 bytes does not fit PNG colour type 0/],
  ];
  for (const [bytes, pattern] of cases) await rejectsMessage(() => decodeImage(bytes, "a.png"), pattern);
});

/** Bytes that come out of decompression during some work. */
async function inflatedBytes(work: () => Promise<unknown>): Promise<number> {
  const Original = globalThis.DecompressionStream;
  let bytes = 0;
  globalThis.DecompressionStream = class {
    readonly writable: WritableStream<BufferSource>;
    readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
    constructor(format: CompressionFormat) {
      const { writable, readable } = new Original(format);
      const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(chunk, controller) {
          bytes += chunk.length;
          controller.enqueue(chunk);
        },
      });
      this.writable = writable;
      this.readable = readable.pipeThrough(counter);
    }
  };
  try {
    await work();
  } finally {
    globalThis.DecompressionStream = Original;
  }
  return bytes;
}

test("skips ancillary chunks unread, whatever is in them", async () => {
  const profile = bytesOf([65, 0, 0], await pack(new Uint8Array(1e8)));
  for (const skipped of [chunk("iCCP", profile), chunk("iCCP"), chunk("tEXt"), chunk("pHYs", [1])]) {
    const pixels = chunk("IDAT", await pack(Uint8Array.from([0, 7])));
    const inflated = await inflatedBytes(async () => {
      const image = await decodeImage(bytesOf(signature, header(1, 1, 8, 0), skipped, pixels, end));
      assert.equal([...image.data], [7]);
    });
    assert.is(inflated, 2);
  }
});

test("takes no more memory than the header is allowed to ask for", async () => {
  const huge = bytesOf(signature, header(2 ** 31 - 1, 2 ** 31 - 1, 8, 6), end);
  await rejectsMessage(decodeImage(huge), /2147483647 x 2147483647 pixels are over the limit of 100000000/);
  const lying = bytesOf(
    signature,
    header(9000, 9000, 8, 6),
    chunk("IDAT", await pack(new Uint8Array(10))),
    end,
  );
  await rejectsMessage(
    decodeImage(lying),
    /9000 x 9000 pixels take 324009000 bytes of PNG data, but 10 are there/,
  );
  // A hundred megabytes of zeros behind a header of one pixel.
  const bomb = bytesOf(signature, header(1, 1, 8, 0), chunk("IDAT", await pack(new Uint8Array(1e8))), end);
  const inflated = await inflatedBytes(() =>
    rejectsMessage(decodeImage(bomb), /1 x 1 pixels take 2 bytes of PNG data, but more are there/),
  );
  // What lies in the streams' queues.
  assert.ok(inflated < 1e6, `${inflated} bytes of the bomb were unpacked`);
  const small = await encodePng({ width: 3, height: 3, channels: 1, data: new Uint8Array(9) });
  await rejectsMessage(
    decodeImage(small, "s", { maxPixels: 8 }),
    /s: 3 x 3 pixels are over the limit of 8\. Raise the option maxPixels/,
  );
  assert.is((await decodeImage(small, "s", { maxPixels: 9 })).width, 3);
});

test("a damaged file is decoded or refused, never anything else", async () => {
  const pixel = (x: number, y: number) => [(x * y) % 16];
  const palette = Array.from({ length: 48 }, (_, i) => i);
  const files = [
    await makePng({
      width: 9,
      height: 7,
      depth: 4,
      colour: 3,
      interlaced: true,
      pixel,
      palette,
      transparency: [1],
    }),
    await fixture("image/palette.png"),
  ];
  const verify = ({ width, height, channels, data }: Image) =>
    assert.is(data.length, width * height * channels);
  await survivesDamage(files, (file) => decodeImage(file), verify, 500);
});

test("any header, palette, transparency and pixels with sound checksums are decoded or refused", async () => {
  const byte = fc.nat(255);
  const specs = fc.record({
    size: fc.tuple(fc.nat(9), fc.nat(9)),
    kind: fc.tuple(fc.constantFrom(0, 1, 2, 3, 4, 8, 16), fc.nat(7), fc.nat(2)),
    palette: fc.option(fc.array(byte, { maxLength: 30 })),
    transparency: fc.option(fc.array(byte, { maxLength: 8 })),
    raw: fc.array(fc.nat(5), { maxLength: 100 }),
  });
  await fc.assert(
    fc.asyncProperty(
      specs,
      async ({ size: [width, height], kind: [depth, colour, interlace], palette, transparency, raw }) => {
        const file = bytesOf(
          signature,
          header(width, height, depth, colour, interlace),
          palette ? chunk("PLTE", palette) : [],
          transparency ? chunk("tRNS", transparency) : [],
          chunk("IDAT", await pack(Uint8Array.from(raw))),
          end,
        );
        try {
          const image = await decodeImage(file);
          assert.is(image.data.length, width * height * image.channels);
        } catch (error) {
          if (!(error instanceof FeatureMapError)) throw error;
        }
      },
    ),
    { numRuns: 500, seed: 1 },
  );
});

test.run();
