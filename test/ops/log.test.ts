import { log } from "../../src/ops/log.js";
import { testElementwise } from "../harness/elementwise.js";

testElementwise(log, {}, Math.log, { fill: (random) => 0.1 + 3 * random.uniform(), atol: 1e-7, rtol: 1e-6 });
testElementwise(log, {}, Math.log, {
  name: "log, small and large",
  fill: (random) => Math.exp(40 * random.normal()),
  atol: 1e-7,
  rtol: 1e-6,
  gradient: false,
});
