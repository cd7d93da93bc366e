import { affine } from "../../src/ops/affine.js";
import { clip } from "../../src/ops/clip.js";
import { hardSigmoid } from "../../src/ops/hard-sigmoid.js";
import { testElementwise } from "../harness/elementwise.js";

const [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
for (const [min, max] of [
  [-0.5, 0.75],
  [0.25, most],
  [least, -0.25],
  [least, most],
] as const) {
  // As numpy.clip and ONNX: a NaN stays one, which Math.min sees to.
  testElementwise(clip, { min, max }, (x) => Math.min(Math.max(x, min), max), {
    name: `clip to ${min} .. ${max}`,
    atol: 0,
    rtol: 0,
  });
}

testElementwise(affine, { scale: -2.5, shift: 0.75 }, (x) => -2.5 * x + 0.75);

for (const [alpha, beta] of [
  [0.2, 0.5],
  [1 / 6, 0.5],
] as const) {
  testElementwise(hardSigmoid, { alpha, beta }, (x) => Math.min(Math.max(alpha * x + beta, 0), 1), {
    name: `hardSigmoid, alpha ${alpha.toFixed(2)}`,
    fill: (random) => 3 * random.normal(),
  });
}
