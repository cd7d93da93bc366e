import { sqrt } from "../../src/ops/sqrt.js";
import { testElementwise } from "../harness/elementwise.js";

testElementwise(sqrt, {}, Math.sqrt, { fill: (random) => 0.1 + 5 * random.uniform(), atol: 0, rtol: 1e-7 });
