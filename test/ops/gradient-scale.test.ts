import { gradientScale } from "../../src/ops/gradient-scale.js";
import { Random } from "../../src/random.js";
import { dense, runOnBuilds } from "../harness/run.js";
import { near, suite } from "../harness/suite.js";

const test = suite("gradientScale");

/** Scale and length of the gradients on every build. */
function scaled(
  gradients: ArrayLike<number>,
  limit: number,
  verify: (scale: number, norm: number) => void,
): void {
  runOnBuilds(
    { gradients: dense(gradients), hyper: dense([limit]) },
    (graph, { gradients, hyper }) => {
      const [scale, norm] = graph.addAll(gradientScale, [gradients, hyper], {});
      return { scale: scale!, norm: norm! };
    },
    ({ scale, norm }) => verify(scale[0]!, norm[0]!),
  );
}

for (const count of [1, 3, 4, 7, 4095, 4096, 4097, 20_011]) {
  test(`${count} gradients`, () => {
    const random = new Random(count);
    const gradients = Array.from({ length: count }, () => Math.fround(random.normal()));
    const length = Math.sqrt(gradients.reduce((sum, g) => sum + g * g, 0));
    for (const share of [0.3, 0.999, 1.001, 10, Number.POSITIVE_INFINITY]) {
      const limit = Math.fround(length * share);
      scaled(gradients, limit, (scale, norm) => {
        near([norm], [length], { atol: 0, rtol: 1e-6 }, "length");
        near([scale], [Math.min(1, limit / (length + 1e-6))], { atol: 0, rtol: 1e-6 }, "scale");
      });
    }
  });
}

test("zeros, sizes whose squares overflow, and NaN", () => {
  scaled([0, 0, 0], 1, (scale, norm) => near([scale, norm], [1, 0], { atol: 0, rtol: 0 }));
  scaled([3e30, 4e30], 5, (scale, norm) => near([scale, norm], [1e-30, 5e30], { atol: 0, rtol: 1e-6 }));
  scaled([1, Number.NaN, 2], 5, (scale, norm) => near([scale, norm], [Number.NaN, Number.NaN]));
});

test.run();
