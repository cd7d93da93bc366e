// Ten thousand damaged files of each format: each gives sound tensors or a FeatureMapError, and takes no more memory
// than its own size allows, and no longer than a second of the processor.

import { tensor } from "../../src/tensor.js";
import {
  readNpy,
  readPth,
  readSafetensors,
  readWeights,
  writeNpy,
  writeSafetensors,
} from "../../src/weights/index.js";
import { survivesDamage } from "../harness/damage.js";
import { fixture } from "../harness/fixture.js";
import { assert, suite } from "../harness/suite.js";

const test = suite("damaged files of weights");
const RUNS = 10_000;

const values = tensor(Float32Array.from({ length: 60 }, Math.sin), [3, 4, 5]);

/** Tensors check their own shapes; their sizes must be in proportion to files of a few kilobytes. */
function modest(tensors: Iterable<{ size: number }>): void {
  let total = 0;
  for (const { size } of tensors) total += size;
  assert.ok(total < 200_000, `${total} values out of a small file`);
}

test("safetensors", async () => {
  const files = [
    writeSafetensors(
      [
        ["a", values],
        ["b.weight", tensor([1, 2])],
      ],
      { note: "x" },
    ),
    writeSafetensors([]),
  ];
  await survivesDamage(
    files,
    (file) => readSafetensors(file),
    ({ tensors }) => modest(tensors.values()),
    RUNS,
    "safetensors",
  );
});

test("npy", async () => {
  const names = ["f8-big", "i8-fortran", "u1-version-3", "scalar", "empty"];
  const files = await Promise.all(names.map((name) => fixture(`weights/${name}.npy`)));
  await survivesDamage(
    [writeNpy(values), ...files],
    (file) => readNpy(file),
    (one) => modest([one]),
    RUNS,
    "npy",
  );
});

test("npz", async () => {
  const files = await Promise.all(["stored", "deflated"].map((name) => fixture(`weights/${name}.npz`)));
  await survivesDamage(
    files,
    (file) => readWeights(file),
    ({ tensors }) => modest(tensors.values()),
    RUNS,
    "npz",
  );
});

test("torch.save's files", async () => {
  const names = [
    ...[
      "zip-1",
      "zip-2",
      "zip-4",
      "zip-5",
      "zip-checkpoint",
      "zip-strided",
      "zip-dtypes",
      "attribute",
      "ema",
    ],
    ...["legacy-1", "legacy-2", "legacy-4", "legacy-checkpoint", "legacy-strided", "legacy-dtypes"],
    ...["bad-system", "bad-eval", "bad-module", "bad-sparse", "bad-repeated"],
  ];
  const files = await Promise.all(names.map((name) => fixture(`weights/pth/${name}.pth`)));
  await survivesDamage(
    files,
    (file) => readPth(file),
    ({ tensors }) => modest(tensors.values()),
    RUNS,
    "torch.save",
  );
});

test.run();
