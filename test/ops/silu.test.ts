import { silu } from "../../src/ops/silu.js";
import { testElementwise } from "../harness/elementwise.js";

testElementwise(silu, {}, (x) => x / (1 + Math.exp(-x)), {
  fill: (random) => 4 * random.normal(),
  rtol: 1e-6,
});
