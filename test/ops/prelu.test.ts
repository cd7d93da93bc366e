import { prelu } from "../../src/ops/prelu.js";
import { testBroadcast } from "../harness/broadcast.js";

testBroadcast(prelu, (x, slope) => (x > 0 ? x : x * slope));
