import { relu6 } from "../../src/ops/relu6.js";
import { testElementwise } from "../harness/elementwise.js";

testElementwise(relu6, {}, (x) => (x < 0 ? 0 : x > 6 ? 6 : x), { fill: (random) => 3 + 4 * random.normal() });
