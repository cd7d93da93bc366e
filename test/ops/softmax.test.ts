import { softmax } from "../../src/ops/softmax.js";
import { testOverChannels } from "../harness/over-channels.js";

testOverChannels(softmax, (x) => {
  const largest = Math.max(...x);
  const powers = x.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
});
