import { multiply } from "../../src/ops/multiply.js";
import { testBroadcast } from "../harness/broadcast.js";

testBroadcast(multiply, (a, b) => a * b);
