import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fit } from "../../src/train/index.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";
import { one, weightsOf } from "./problems.js";
import { data, network, trainings } from "./resumed.js";

const test = suite("checkpoint files");

test("a training is resumed from the file it left", async () => {
  const folder = await mkdtemp(join(tmpdir(), "featuremap-"));
  try {
    const options = { ...trainings.adamW!, checkpoint: { path: join(folder, "lenet.checkpoint"), every: 2 } };
    using whole = await network.build([1, 8, 8], { seed: 1, runtime: one });
    await fit(whole, data, options);

    using first = await network.build([1, 8, 8], { seed: 1, runtime: one });
    await fit(first, data, { ...options, callbacks: { onEpochEnd: ({ epoch }) => epoch < 3 } });
    using second = await network.build([1, 8, 8], { seed: 2, runtime: one });
    await fit(second, data, { ...options, resume: options.checkpoint.path });
    assert.equal(weightsOf(second), weightsOf(whole));
    assert.equal(await readdir(folder), ["lenet.checkpoint"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("files that are not there, or cannot be written, are named", async () => {
  const folder = await mkdtemp(join(tmpdir(), "featuremap-"));
  try {
    using model = await network.build([1, 8, 8], { runtime: one });
    const options = { epochs: 1 };
    const none = join(folder, "none");
    await rejectsMessage(
      fit(model, data, { ...options, resume: none }),
      new RegExp(`Cannot read ${none}: there is no such file`),
    );
    await rejectsMessage(
      fit(model, data, { ...options, checkpoint: { path: join(none, "a") } }),
      new RegExp(`Cannot write ${none}/a: there is no such file or folder`),
    );
    await model.save(join(folder, "weights"));
    await rejectsMessage(
      fit(model, data, { ...options, resume: join(folder, "weights") }),
      new RegExp(`${folder}/weights is not a checkpoint`),
    );
    await writeFile(join(folder, "text"), "this is no checkpoint");
    await rejectsMessage(
      fit(model, data, { ...options, resume: join(folder, "text") }),
      new RegExp(`${folder}/text: `),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.run();
