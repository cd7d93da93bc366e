import { FeatureMapError } from "../src/errors.js";
import { formatShape, type Nested, sizeOf, Tensor, tensor } from "../src/tensor.js";
import { assert, suite, throwsMessage } from "./harness/suite.js";

const test = suite("tensor");

test("nested numbers give their shape, row by row", () => {
  const x = tensor([
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ]);
  assert.equal(x.shape, [1, 2, 3]);
  assert.equal([...x.data], [1, 2, 3, 4, 5, 6]);
  assert.is(x.at(0, 1, 2), 6);
  assert.equal(x.toNested(), [
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ]);
});

test("numbers, lists, typed arrays and empty ones", () => {
  assert.equal(tensor(3).shape, []);
  assert.is(tensor(3).toNested(), 3);
  assert.equal(tensor([]).shape, [0]);
  assert.equal(tensor([[], []]).shape, [2, 0]);
  assert.equal(tensor([[], []]).toNested(), [[], []]);
  for (const list of [Float32Array, Float64Array, Int32Array, Uint8Array]) {
    assert.equal(tensor(list.of(1, 2, 3)), tensor([1, 2, 3]));
    assert.equal(tensor(list.of(1, 2, 3, 4), [2, 2]).toNested(), [
      [1, 2],
      [3, 4],
    ]);
  }
});

test("values with a shape are copied, those of a new Tensor are not", () => {
  const values = Float32Array.of(1, 2);
  assert.is.not(tensor(values, [2]).data, values);
  assert.is.not(tensor(values).data, values);
  assert.is(new Tensor(values, [2]).data, values);
});

test("reshaping shares the data", () => {
  const x = tensor([1, 2, 3, 4, 5, 6]);
  const y = x.reshape(3, 2);
  y.data[0] = 9;
  assert.is(x.at(0), 9);
  assert.equal(y.toNested(), [
    [9, 2],
    [3, 4],
    [5, 6],
  ]);
  assert.equal(x.shape, [6]);
});

test("the shape cannot be changed from outside", () => {
  const shape = [2, 3];
  const x = new Tensor(new Float32Array(6), shape);
  shape[0] = 7;
  assert.equal(x.shape, [2, 3]);
});

test("what does not fit is told with its sizes", () => {
  const wrong: [() => unknown, RegExp][] = [
    [() => tensor([1, 2, 3], [2, 2]), /^Tensor: 3 values do not fill the shape \[2, 2\], which holds 4\.$/],
    [() => tensor([[1, 2], [3]]), /^tensor: ragged nested arrays, 1 values where the first row has 2\.$/],
    [() => tensor([1, [2]]), /^tensor: ragged nested arrays/],
    [() => tensor([[1], 2]), /^tensor: the nested arrays have uneven depth\.$/],
    [() => tensor([[1, 2]], [2]), /^tensor: give flat values with a shape, or nested ones without\.$/],
    [() => tensor("12" as unknown as Nested), /^tensor: "12" is neither a number nor an array\.$/],
    [() => tensor(["1", "2"] as never, [2]), /^tensor: value 0 is "1"; it must be a number/],
    [() => tensor([1, 2], "2" as never), /^Tensor: the shape is "2"; it must be an array of sizes/],
    [() => new Tensor([1, 2] as never, [2]), /^Tensor: the data is \[1,2\]; it must be a Float32Array/],
    [() => tensor([null] as unknown as Nested), /^tensor: null is neither a number nor an array\.$/],
    [() => tensor([1, "2"] as unknown as Nested), /^tensor: "2" is neither a number nor an array\.$/],
    [
      () => new Tensor(new Float32Array(1), [-1]),
      /^Tensor: the shape \[-1\] has a size that is not a whole number of 0 or more\.$/,
    ],
    [() => new Tensor(new Float32Array(1), [0.5, 2]), /^Tensor: the shape \[0\.5, ?2\]/],
    [() => tensor([1, 2]).reshape(3), /^Tensor: 2 values do not fill the shape \[3\]/],
    [() => tensor([[1, 2]]).at(0, 2), /^Tensor: no element \[0, 2\] in the shape \[1, 2\]\.$/],
    [() => tensor([[1, 2]]).at(0), /^Tensor: no element \[0\]/],
    [() => tensor([[1, 2]]).at(0, -1), /^Tensor: no element \[0, -1\]/],
  ];
  for (const [make, pattern] of wrong) {
    throwsMessage(make, pattern);
    assert.throws(make, (error: unknown) => error instanceof FeatureMapError);
  }
});

test("sizes and texts of shapes", () => {
  assert.is(sizeOf([]), 1);
  assert.is(sizeOf([2, 3, 4]), 24);
  assert.is(sizeOf([2, 0, 4]), 0);
  assert.is(formatShape([2, 3]), "[2, 3]");
  assert.is(formatShape([]), "[]");
});

test.run();
