import { elu } from "../../src/ops/elu.js";
import { SELU_ALPHA, SELU_GAMMA, selu } from "../../src/ops/selu.js";
import { testElementwise } from "../harness/elementwise.js";

const reference = (alpha: number, x: number): number => (x > 0 ? x : alpha * Math.expm1(x));
const sizes = [1e-6, 1e-3, 0.1, 0.3, 0.4, 1, 5, 20];

for (const alpha of [1, 0.7]) {
  testElementwise(elu, { alpha }, (x) => reference(alpha, x), { name: `elu, alpha ${alpha}`, rtol: 1e-6 });
}
testElementwise(elu, { alpha: 1 }, (x) => reference(1, x), {
  name: "elu, small and large",
  fill: (random, i) => -sizes[i % sizes.length]! * (1 + random.uniform()),
  atol: 0,
  rtol: 1e-6,
});
testElementwise(
  selu,
  { alpha: SELU_ALPHA, gamma: SELU_GAMMA },
  (x) => 1.0507009873554805 * reference(1.6732632423543772, x),
  { rtol: 1e-6 },
);
testElementwise(selu, { alpha: 2, gamma: 3 }, (x) => 3 * reference(2, x), { name: "selu, other constants" });
