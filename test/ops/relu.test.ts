import { relu } from "../../src/ops/relu.js";
import { testElementwise } from "../harness/elementwise.js";

testElementwise(relu, {}, (x) => (x < 0 ? 0 : x));
