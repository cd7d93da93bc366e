import { tensor } from "../../src/tensor.js";
import { accuracy, confusionMatrix, type Metric, topK } from "../../src/train/index.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";

const test = suite("metrics");

/** Five samples of four classes, in two batches. */
function measured<T>(metric: Metric<T>): T {
  const measurement = metric.begin();
  measurement.add(
    tensor([
      [1, 2, 0, 0],
      [9, 5, 3, 4],
      [0, 0, 0, 1],
    ]),
    Int32Array.of(1, 2, 3),
  );
  measurement.add(
    tensor([
      [5, 5, 5, 1],
      [0, 3, 3, 2],
    ]),
    Int32Array.of(0, 2),
  );
  return measurement.result();
}

test("accuracy: the highest score wins, the first of equals", () => {
  assert.is(measured(accuracy()), 3 / 5);
});

test("topK: the true class is among the k highest, equals in order", () => {
  assert.equal(
    [1, 2, 3, 4].map((k) => measured(topK(k))),
    [3 / 5, 4 / 5, 4 / 5, 1],
  );
  assert.is(topK(5).name, "top5");
  throwsMessage(() => topK(0), /topK: k is 0/);
});

test("confusionMatrix: rows are true, columns predicted classes", () => {
  assert.equal(measured(confusionMatrix()), [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [1, 1, 0, 0],
    [0, 0, 0, 1],
  ]);
});

test("a score that is not a number is never right", () => {
  const outputs = tensor([[Number.NaN, Number.NaN]]);
  for (const metric of [accuracy(), topK(1)]) {
    const measurement = metric.begin();
    measurement.add(outputs, Int32Array.of(1));
    assert.is(measurement.result(), 0);
  }
});

test("targets that are values have no classes", () => {
  const values = tensor([[1], [2]]);
  const measurement = accuracy().begin();
  measurement.add(values, values);
  assert.ok(Number.isNaN(measurement.result()));
  const confusion = confusionMatrix().begin();
  confusion.add(values, values);
  assert.equal(confusion.result(), []);
});

test.run();
