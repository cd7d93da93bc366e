import { exp } from "../../src/ops/exp.js";
import { testElementwise } from "../harness/elementwise.js";

testElementwise(exp, {}, Math.exp, { fill: (random) => 4 * random.normal(), atol: 1e-9, rtol: 1e-6 });
