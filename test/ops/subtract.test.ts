import { subtract } from "../../src/ops/subtract.js";
import { testBroadcast } from "../harness/broadcast.js";

testBroadcast(subtract, (a, b) => a - b);
