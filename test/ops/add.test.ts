import { add } from "../../src/ops/add.js";
import { testBroadcast } from "../harness/broadcast.js";

testBroadcast(add, (a, b) => a + b);
