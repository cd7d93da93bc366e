import { erf } from "../../src/ops/erf.js";
import { testElementwise } from "../harness/elementwise.js";
import { erf as reference } from "../harness/erf.js";

testElementwise(erf, {}, reference, { atol: 0, rtol: 1e-6 });
const sizes = [1e-20, 1e-6, 1e-3, 0.1, 0.45, 0.5, 1, 2, 4];
testElementwise(erf, {}, reference, {
  name: "erf, small and large",
  fill: (random, i) => sizes[i % sizes.length]! * (1 + random.uniform()) * (i % 2 === 0 ? -1 : 1),
  atol: 0,
  rtol: 1e-6,
});
