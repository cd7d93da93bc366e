import { leakyRelu } from "../../src/ops/leaky-relu.js";
import { testElementwise } from "../harness/elementwise.js";

for (const negativeSlope of [0.01, 0.3, -0.5]) {
  testElementwise(leakyRelu, { negativeSlope }, (x) => (x > 0 ? x : x * negativeSlope), {
    name: `leakyRelu, slope ${negativeSlope}`,
  });
}
