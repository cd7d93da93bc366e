import { logSoftmax } from "../../src/ops/log-softmax.js";
import { testOverChannels } from "../harness/over-channels.js";

testOverChannels(logSoftmax, (x) => {
  const largest = Math.max(...x);
  const sum = x.reduce((total, value) => total + Math.exp(value - largest), 0);
  return x.map((value) => value - largest - Math.log(sum));
});
