import { abs } from "../../src/ops/abs.js";
import { testElementwise } from "../harness/elementwise.js";

testElementwise(abs, {}, Math.abs, { atol: 0, rtol: 0 });
