import { neg } from "../../src/ops/neg.js";
import { testElementwise } from "../harness/elementwise.js";

testElementwise(neg, {}, (x) => -x, { atol: 0, rtol: 0 });
