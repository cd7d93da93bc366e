import { hardSwish } from "../../src/ops/hard-swish.js";
import { testElementwise } from "../harness/elementwise.js";

testElementwise(hardSwish, {}, (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6, {
  fill: (random) => 3 * random.normal(),
  rtol: 1e-6,
});
