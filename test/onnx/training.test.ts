import { importOnnx } from "../../src/onnx/index.js";
import { Tensor } from "../../src/tensor.js";
import { crossEntropy, sgd, Trainer } from "../../src/train/index.js";
import { assert, near, suite } from "../harness/suite.js";
import { floats, onnx } from "./build.js";

const test = suite("training an ONNX import");

test("running statistics move by 1 - momentum, which is ONNX's of what stays", async () => {
  const bytes = onnx({
    opset: 15,
    nodes: [
      {
        op: "BatchNormalization",
        in: ["x", "scale", "bias", "mean", "variance"],
        attributes: { momentum: 0.8125 },
      },
    ],
    inputs: { x: ["n", 2] },
    outputs: { y: ["n", 2] },
    weights: {
      ...{ scale: floats([1, 1]), bias: floats([0, 0]) },
      ...{ mean: floats([4, -8]), variance: floats([16, 32]) },
    },
  });
  using model = await importOnnx(bytes);
  using trainer = new Trainer(model, { loss: crossEntropy(), optimizer: sgd({ lr: 0.1 }) });
  // Means 2 and 16; variances 8 and 2 with n - 1, as torch has the running ones.
  const inputs = new Tensor(Float32Array.of(0, 15, 4, 17), [2, 2]);
  await trainer.step({ inputs, targets: Int32Array.of(0, 1) });
  const state = model.stateDict();
  const moved = (old: number[], now: number[]) => old.map((x, i) => 0.8125 * x + 0.1875 * now[i]!);
  near(state.get("mean")!.data, moved([4, -8], [2, 16]), { rtol: 1e-6 });
  near(state.get("variance")!.data, moved([16, 32], [8, 2]), { rtol: 1e-6 });
});

test("dropout drops by its ratio: an attribute up to opset 11, an input since", async () => {
  for (const opset of [7, 11, 12, 13]) {
    const old = opset < 12;
    const bytes = onnx({
      opset,
      nodes: [
        old
          ? { op: "Dropout", out: ["d"], attributes: { ratio: 0.2 } }
          : { op: "Dropout", in: ["x", "ratio"], out: ["d"] },
        { op: "MatMul", in: ["d", "w"] },
      ],
      inputs: { x: [1, 4096] },
      outputs: { y: [1, 2] },
      weights: { w: floats(Array(8192).fill(0), [4096, 2]), ...(old ? {} : { ratio: floats([0.2], []) }) },
    });
    using model = await importOnnx(bytes);
    using trainer = new Trainer(model, { loss: crossEntropy(), optimizer: sgd({ lr: 0.1 }) });
    const inputs = new Tensor(new Float32Array(4096).fill(1), [1, 4096]);
    await trainer.step({ inputs, targets: Int32Array.of(0) });
    // Both scores are 0, so their gradients are -0.5 and 0.5, times 1 / (1 - 0.2) for what is kept.
    const gradient = Array.from(trainer.gradients().get("w")!.data, Math.abs);
    const kept = gradient.filter((x) => x > 0);
    assert.ok(
      kept.every((x) => Math.abs(x - 0.625) < 1e-6),
      `${kept[0]}`,
    );
    const share = kept.length / gradient.length;
    assert.ok(Math.abs(share - 0.8) < 0.03, `opset ${opset}: ${share} is kept`);
  }
});

test.run();
