import { softplus } from "../../src/ops/softplus.js";
import { testElementwise } from "../harness/elementwise.js";

// Written so that neither end of the range rounds to nothing.
const reference = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

for (const beta of [1, 2.5]) {
  testElementwise(softplus, { beta }, (x) => reference(beta * x) / beta, {
    name: `softplus, beta ${beta}`,
    fill: (random) => 6 * random.normal(),
    atol: 0,
    rtol: 2e-6,
  });
}
