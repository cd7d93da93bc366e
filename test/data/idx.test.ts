import { mnist, readIdx } from "../../src/data/index.js";
import { survivesDamage } from "../harness/damage.js";
import { assert, near, rejectsMessage, suite } from "../harness/suite.js";

const test = suite("idx");

const inPage = typeof document !== "undefined";
const place = inPage ? { url: "/test/fixtures/data/mnist" } : { dir: "test/fixtures/data/mnist" };

function build(shape: number[], data: number[], type = 8): Uint8Array {
  const sizes = shape.flatMap((size) => [size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255]);
  return Uint8Array.from([0, 0, type, shape.length, ...sizes, ...data]);
}

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

test("reads plain and gzipped files", async () => {
  const file = build([2, 3], [1, 2, 3, 4, 5, 6]);
  for (const bytes of [file, await gzip(file)]) {
    const { shape, data } = await readIdx(bytes);
    assert.equal(shape, [2, 3]);
    assert.equal([...data], [1, 2, 3, 4, 5, 6]);
  }
});

test("refuses what is cut short or lies, with the reason", async () => {
  const file = build([2, 3], [1, 2, 3, 4, 5, 6]);
  const zipped = await gzip(file);
  const huge = build([60000, 2 ** 31, 2 ** 31], []);
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /x\.idx: this is not an idx file, .* here are none/],
    [Uint8Array.from([1, 2, 3, 4]), /this is not an idx file, .* here are 01 02 03 04/],
    [new TextEncoder().encode("<!doctype html>"), /this is not an idx file/],
    [build([2], [1, 2], 13), /idx files of float32 are not supported/],
    [build([], []), /this is not an idx file/],
    [file.subarray(0, 10), /ends within its header of 2 dimensions/],
    [
      file.subarray(0, 17),
      /says \[2, 3\], that is 18 bytes with the header, but the file has 17\. The file is truncated/,
    ],
    [build([2, 3], [1, 2, 3, 4, 5, 6, 7]), /but the file has 19/],
    [huge, /but the file has 16/],
    [await gzip(huge), /compressed bytes cannot hold them/],
    [await gzip(file.subarray(0, 17)), /but there are 17/],
    [await gzip(build([2, 3], [1, 2, 3, 4, 5, 6, 7])), /but there are more/],
    [zipped.subarray(0, zipped.length - 3), /compressed data are damaged or truncated/],
    [zipped.subarray(0, 12), /compressed data are damaged or truncated/],
  ];
  for (const [bytes, pattern] of cases) await rejectsMessage(() => readIdx(bytes, "x.idx"), pattern);
});

test("a damaged file is read or refused, never anything else", async () => {
  const file = build([3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const verify = ({ data }: { data: Uint8Array }) => assert.ok(data.length <= 2000);
  await survivesDamage([file], (bytes) => readIdx(bytes), verify, 1000);
  await survivesDamage([await gzip(file)], (bytes) => readIdx(bytes), verify, 300);
});

test("mnist reads the distribution's files from a folder or an address, plain or gzipped", async () => {
  const train = await mnist("train", { ...place, normalize: false });
  assert.equal([train.name, train.length, train.shape], ["mnist train", 5, [1, 4, 3]]);
  assert.is(train.classes.length, 10);
  const { inputs, targets } = await train.get([4, 1]);
  assert.equal(targets, Int32Array.from([5, 1]));
  near(
    inputs.data,
    Array.from({ length: 24 }, (_, i) => (i < 12 ? 48 + i : i) / 255),
    { atol: 1e-7 },
  );
  const test10k = await mnist("test", { ...place, pad: 1, normalize: { mean: 0.5, std: 0.25 } });
  assert.equal([test10k.length, test10k.shape], [2, [1, 6, 5]]);
  const padded = (await test10k.get([1])).inputs;
  near([padded.at(0, 0, 0, 0), padded.at(0, 0, 1, 1)], [-2, (120 / 255 - 0.5) * 4], { atol: 1e-6 });
});

test("mnist normalises by the mean and deviation of the training set unless told otherwise", async () => {
  const { inputs } = await (await mnist("train", place)).get([0]);
  near(
    inputs.data,
    Array.from({ length: 12 }, (_, i) => (i / 255 - 0.1307) / 0.3081),
    { atol: 1e-6 },
  );
});

test("mnist says which files are missing and refuses what it does not know", async () => {
  const nowhere = inPage ? { url: "/test/fixtures/image" } : { dir: "test/fixtures/image" };
  await rejectsMessage(mnist("train", nowhere), /train-images-idx3-ubyte or train-images-idx3-ubyte\.gz/);
  await rejectsMessage(mnist("valid" as "test", place), /unknown split "valid"\. It takes: train, test/);
  await rejectsMessage(mnist("test", { ...place, padding: 2 } as never), /unknown option "padding"/);
  if (inPage)
    await rejectsMessage(
      mnist("train"),
      /mnist: the data set was not found\. .* in a page give their address as url/,
    );
  if (inPage) await rejectsMessage(mnist("train", { dir: "x" }), /a page cannot see folders/);
});

test.run();
