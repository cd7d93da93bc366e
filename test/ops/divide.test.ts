import { divide } from "../../src/ops/divide.js";
import type { Random } from "../../src/random.js";
import { testBroadcast } from "../harness/broadcast.js";

// Away from 0, of both signs.
const divisor = (random: Random): number => (random.uniform() < 0.5 ? -1 : 1) * (0.5 + 2 * random.uniform());

testBroadcast(divide, (a, b) => a / b, { fillA: divisor, fillB: divisor, rtol: 1e-6, atol: 0 });
