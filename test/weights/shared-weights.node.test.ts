import { readFile } from "#platform";
import { sizeOf } from "../../src/tensor.js";
import { readNpy, readSafetensors, writeSafetensors } from "../../src/weights/index.js";
import { assert, sharedData, skip, suite } from "../harness/suite.js";

const test = suite("real weights");

test("SqueezeNet 1.1 as other software wrote it, and the same bytes again", async () => {
  const folder = sharedData() ?? skip("needs the shared data");
  const { tensors, metadata } = readSafetensors(await readFile(`${folder}/models/squeezenet1_1.safetensors`));
  const count = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
  assert.is(count, 1_235_496);
  assert.equal(tensors.get("features.0.weight")!.shape, [64, 3, 3, 3]);
  const again = readSafetensors(writeSafetensors(tensors, metadata));
  assert.equal([...again.tensors.keys()], [...tensors.keys()]);
  for (const [name, { data }] of tensors) assert.equal(again.tensors.get(name)!.data, data);
});

test("its test inputs and outputs", async () => {
  const folder = sharedData() ?? skip("needs the shared data");
  const input = readNpy(await readFile(`${folder}/models/squeezenet1_1.tests/0/input_0.npy`));
  assert.equal(input.shape, [1, 3, 224, 224]);
  assert.is(sizeOf(input.shape), input.data.length);
});

test.run();
