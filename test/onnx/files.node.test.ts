import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
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

test("a file of more than 2 GiB is refused", async () => {
  const path = join(folder, "large.onnx");
  const file = await open(path, "w");
  // Nothing is written, so it takes no room on the disk.
  await file.truncate(2 ** 31 + 8);
  await file.close();
  await rejectsMessage(() => importOnnx(path), /large\.onnx.*2 GiB/);
});

test.run();
