import { mkdir, mkdtemp, open, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importOnnx } from "../../src/onnx/index.js";
import { tensor } from "../../src/tensor.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";
import { onnx } from "./build.js";

const test = suite("ONNX files");

let folder = "";
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "featuremap-onnx-"));
});
test.after(() => rm(folder, { recursive: true }));

test("weights in a file beside the model are read with it", async () => {
  const externalData = [
    { key: "location", value: "model.onnx.data" },
    { key: "offset", value: "4" },
    { key: "length", value: "8" },
  ];
  const initializer = [{ name: "w", dims: [2], dataType: 1, dataLocation: 1, externalData }];
  const path = join(folder, "model.onnx");
  await writeFile(path, onnx({ nodes: [{ op: "Mul", in: ["x", "w"] }], graph: { initializer } }));
  await rejectsMessage(() => importOnnx(path), /Cannot read .*model\.onnx\.data: there is no such file/);
  await writeFile(join(folder, "model.onnx.data"), Float32Array.of(0, 3, 5));
  using model = await importOnnx(path);
  assert.equal([...(await model.predict(tensor([[1, 2]]))).data], [3, 10]);
});

test("a link is followed where it stays beside the model, as in caches that consist of links", async () => {
  const externalData = [{ key: "location", value: "w" }];
  const initializer = [{ name: "w", dims: [2], dataType: 1, dataLocation: 1, externalData }];
  const file = onnx({ nodes: [{ op: "Mul", in: ["x", "w"] }], graph: { initializer } });
  const [blobs, names] = [join(folder, "blobs"), join(folder, "names")];
  for (const one of [blobs, names]) await mkdir(one);
  await writeFile(join(blobs, "1"), file);
  await writeFile(join(blobs, "2"), Float32Array.of(3, 5));
  await symlink(join(blobs, "2"), join(names, "w"));
  await writeFile(join(names, "own.onnx"), file);
  await rejectsMessage(
    () => importOnnx(join(names, "own.onnx")),
    /"w", a link that leads out of the model's folder/,
  );
  await symlink(join(blobs, "1"), join(names, "linked.onnx"));
  using model = await importOnnx(join(names, "linked.onnx"));
  assert.equal([...(await model.predict(tensor([[1, 2]]))).data], [3, 10]);
});

test("a file of more than 2 GiB is refused", async () => {
  const path = join(folder, "large.onnx");
  const file = await open(path, "w");
  // Nothing is written, so it takes no room on the disk.
  await file.truncate(2 ** 31 + 8);
  await file.close();
  await rejectsMessage(() => importOnnx(path), /large\.onnx.*2 GiB/);
});

test.run();
