import fc from "fast-check";
import { singularValues } from "../../../src/inspect/demos/singular-values.js";
import { figureSvg, kernels, separableKernel } from "../../../src/inspect/index.js";
import { assert, near, suite, throwsMessage } from "../../harness/suite.js";
import { holds, ints, matrices } from "./loops.js";

const test = suite("separableKernel");

test("Sobel is (1, 2, 1) times (-1, 0, 1), the Gaussian (1, 4, 6, 4, 1) times itself", () => {
  const { rank, column, row, error } = separableKernel(kernels.sobelX);
  assert.is(rank, 1);
  near(column.data, [1, 2, 1]);
  near(row.data, [-1, 0, 1]);
  assert.is(error, 0);
  const gaussian = separableKernel(kernels.gaussian);
  near(gaussian.column.data, [1, 4, 6, 4, 1]);
  near(
    gaussian.row.data,
    [1, 4, 6, 4, 1].map((value) => value / 256),
  );
});

test("of rank 1, any column times any row, is found again", () => {
  holds(
    fc.property(ints(1, 6), ints(1, 6), (column, row) => {
      const kernel = column.map((a) => row.map((b) => a * b));
      const result = separableKernel(kernel);
      const none = column.every((a) => a === 0) || row.every((b) => b === 0);
      assert.is(result.rank, none ? 0 : 1);
      near(result.product.data, kernel.flat(), { atol: 1e-5 });
      assert.is(result.error, 0);
    }),
  );
});

test("the Laplacian's rank is 2, and what the nearest product misses is what its second singular value says", () => {
  const { rank, product, error, singularValues: values } = separableKernel(kernels.laplacian4);
  assert.is(rank, 2);
  const kernel = kernels.laplacian4.flat();
  const missed = Math.hypot(...kernel.map((value, i) => value - product.data[i]!));
  near([error], [missed / Math.hypot(...kernel)]);
  near([missed], [values[1]!]);
  assert.is(separableKernel(kernels.identity).rank, 1);
});

test("singular values: the parts add up to the matrix, their vectors are orthogonal and of length 1", () => {
  holds(
    fc.property(matrices(1, 6), (matrix) => {
      const [h, w] = [matrix.length, matrix[0]!.length];
      const { values, columns, rows } = singularValues(matrix.flat(), h, w);
      assert.is(values.length, Math.min(h, w));
      assert.ok(values.every((value, i) => value >= 0 && (i === 0 || value <= values[i - 1]!)));
      const sums = matrix.flatMap((row, i) =>
        row.map((_, j) => values.reduce((sum, value, r) => sum + value * columns[r]![i]! * rows[r]![j]!, 0)),
      );
      near(sums, matrix.flat(), { atol: 1e-9, rtol: 0 });
      // As long as the matrix, whatever vectors belong to them.
      near([Math.hypot(...values)], [Math.hypot(...matrix.flat())], { atol: 1e-9, rtol: 1e-12 });
      const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
      for (const vectors of [columns, rows]) {
        for (const [r, a] of vectors.entries()) {
          if (values[r]! < 1e-9) continue;
          near([dot(a, a)], [1], { atol: 1e-9 });
          for (const [q, b] of vectors.entries())
            if (q < r && values[q]! > 1e-9) near([dot(a, b)], [0], { atol: 1e-8 });
        }
      }
    }),
    200,
  );
});

test("no single product comes nearer", () => {
  // Power iteration from random beginnings: alternately the best column for a row, and the best row for the column.
  holds(
    fc.property(matrices(2, 4), ints(4), (matrix, start) => {
      const { product } = separableKernel(matrix);
      const [h, w] = [matrix.length, matrix[0]!.length];
      const distance = (at: (i: number, j: number) => number) =>
        Math.hypot(...matrix.flatMap((row, i) => row.map((value, j) => value - at(i, j))));
      const mine = distance((i, j) => product.data[i * w + j]!);
      let row = start.slice(0, w);
      for (let step = 0; step < 20; step++) {
        const length = row.reduce((sum, value) => sum + value * value, 0);
        if (length === 0) return;
        const column = matrix.map((values) => values.reduce((sum, v, j) => sum + v * row[j]!, 0) / length);
        assert.ok(distance((i, j) => column[i]! * row[j]!) >= mine - 1e-4);
        const size = column.reduce((sum, value) => sum + value * value, 0);
        if (size === 0) return;
        row = Array.from({ length: w }, (_, j) => {
          let sum = 0;
          for (let i = 0; i < h; i++) sum += matrix[i]![j]! * column[i]!;
          return sum / size;
        });
      }
    }),
  );
});

test("of zeros alone no scale begins at minus zero", async () => {
  const { figure } = separableKernel([
    [0, 0],
    [0, -0],
  ]);
  assert.ok(!(await figureSvg(figure)).includes("−0"));
});

test("errors say what is wrong", () => {
  throwsMessage(() => separableKernel([1, 2]), /separableKernel: the kernel has shape \[2\]/);
  throwsMessage(() => separableKernel([[Number.POSITIVE_INFINITY]]), /holds Infinity/);
});

test.run();
