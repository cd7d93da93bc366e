import { gelu } from "../../src/ops/gelu.js";
import { testElementwise } from "../harness/elementwise.js";
import { erfc } from "../harness/erf.js";

testElementwise(gelu, { approximate: "none" }, (x) => (x * erfc(-x / Math.SQRT2)) / 2, {
  fill: (random) => 3 * random.normal(),
  atol: 0,
  rtol: 2e-6,
});
testElementwise(
  gelu,
  { approximate: "tanh" },
  (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  { name: "gelu by tanh", fill: (random) => 2 * random.normal(), rtol: 2e-6 },
);
