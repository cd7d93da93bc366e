import { maximum } from "../../src/ops/maximum.js";
import { minimum } from "../../src/ops/minimum.js";
import { testBroadcast } from "../harness/broadcast.js";
import { testPairs } from "../harness/pairs.js";

testBroadcast(minimum, Math.min, { atol: 0, rtol: 0 });
testBroadcast(maximum, Math.max, { atol: 0, rtol: 0 });

const { NaN: not, POSITIVE_INFINITY: infinity } = Number;
const specials = [0, 1, -1, infinity, -infinity, not];
testPairs(minimum, specials, Math.min);
testPairs(maximum, specials, Math.max);
