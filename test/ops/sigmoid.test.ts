import { sigmoid } from "../../src/ops/sigmoid.js";
import { testElementwise } from "../harness/elementwise.js";

testElementwise(sigmoid, {}, (x) => 1 / (1 + Math.exp(-x)), {
  fill: (random) => 4 * random.normal(),
  atol: 1e-9,
  rtol: 1e-6,
});
