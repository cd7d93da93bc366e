import fc from "fast-check";
import { applyKernels, kernels } from "../../../src/inspect/index.js";
import { assert, near, suite, throwsMessage } from "../../harness/suite.js";
import { correlate, holds, matrices } from "./loops.js";

const test = suite("applyKernels");

/** The edge pixel goes on. */
const framed = (x: readonly (readonly number[])[], by: number) =>
  Array.from({ length: x.length + 2 * by }, (_, i) =>
    Array.from({ length: x[0]!.length + 2 * by }, (_x, j) => {
      const [y, z] = [i - by, j - by].map((at, axis) =>
        Math.min(Math.max(at, 0), (axis === 0 ? x.length : x[0]!.length) - 1),
      );
      return x[y!]![z!]!;
    }),
  );

test("all kernels by the definition, and the strength of edges", () => {
  holds(
    fc.property(matrices(2, 8), (x) => {
      const { responses, magnitude } = applyKernels(x);
      assert.equal(Object.keys(responses), Object.keys(kernels));
      for (const [name, kernel] of Object.entries(kernels)) {
        const expected = correlate(framed(x, (kernel.length - 1) / 2), kernel);
        near(responses[name]!.data, expected.flat(), { atol: 1e-4 }, name);
      }
      const strength = Array.from(responses.sobelX!.data, (gx, i) =>
        Math.sqrt(gx * gx + responses.sobelY!.data[i]! ** 2),
      );
      near(magnitude!.data, strength);
    }),
    20,
  );
});

test("blurs keep the mean, derivatives do not see it", () => {
  const sum = (name: keyof typeof kernels) => (kernels[name] as number[][]).flat().reduce((a, b) => a + b, 0);
  for (const name of ["identity", "box", "gaussian", "sharpen", "emboss"] as const) near([sum(name)], [1]);
  for (const name of ["sobelX", "sobelY", "laplacian4", "laplacian8"] as const) assert.is(sum(name), 0);
});

test("own kernels by name; without both Sobels there is no strength of edges", () => {
  const { responses, magnitude, figure } = applyKernels([[1, 2, 4]], { difference: [[-1, 1, 0]] });
  assert.equal(responses.difference!.toNested(), [[0, 1, 2]]);
  assert.is(magnitude, undefined);
  assert.equal(
    figure.panels.map(({ title }) => title),
    ["The picture", "Kernel difference", "difference"],
  );
  throwsMessage(() => applyKernels([[1]], {}), /applyKernels: there are no kernels/);
  throwsMessage(() => applyKernels([[1]], { odd: [1] }), /applyKernels: odd: the kernel has shape \[1\]/);
  throwsMessage(() => applyKernels([[1]], kernels, { padding: 1 } as never), /unknown option "padding"/);
});

test.run();
