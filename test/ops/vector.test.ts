import { batchNorm2d, linear, Random, relu, sequential, Tensor } from "../../src/index.js";
import { type Shape, sizeOf } from "../../src/tensor.js";
import { runtimes } from "../harness/op.js";
import { assert, near, suite } from "../harness/suite.js";

const test = suite("linear layers of 16-bit weights");

/** Numbers of very different sizes. */
function numbers(count: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal() * 10 ** (random.int(5) - 3));
}

const filled = (shape: Shape, random: Random): Tensor => new Tensor(numbers(sizeOf(shape), random), shape);

/** w x + b in float64. */
function product(w: Tensor, b: Tensor, x: ArrayLike<number>): Float64Array {
  const [outs = 0, ins = 0] = w.shape;
  return Float64Array.from({ length: outs }, (_, k) => {
    let sum = b.data[k]!;
    for (let i = 0; i < ins; i++) sum += w.data[k * ins + i]! * x[i]!;
    return sum;
  });
}

const largest = (values: ArrayLike<number>): number => Math.max(...Array.from(values, Math.abs));

for (const [ins, outs] of [
  [5, 1],
  [7, 9],
  [8, 16],
  [53, 24],
  [64, 33],
  [200, 70],
] as const) {
  test(`${ins} to ${outs}: near the definition, in one range and in two`, async () => {
    for (const { name, whole, split } of runtimes) {
      const random = new Random(ins);
      const [w, b, x] = [[outs, ins], [outs], [1, ins]].map((shape) => filled(shape, random)) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const results: Float32Array[] = [];
      for (const runtime of [whole, split]) {
        using model = await sequential([linear(outs)]).build([ins], { runtime, linearWeights: "int16" });
        model.loadStateDict({ "0.weight": w, "0.bias": b });
        results.push(model.predictSync(x).data);
      }
      const expected = product(w, b, x.data);
      near(results[0]!, expected, { atol: 1e-3 * largest(expected), rtol: 0 }, name);
      assert.equal(results[1], results[0], `${name}: depends on how the work is cut`);
    }
  });
}

test("what is a multiple of the largest by 32767 is exact; a batch of several reads 32 bits", async () => {
  for (const { name, whole: runtime } of runtimes) {
    using model = await sequential([linear(2)]).build([5], { runtime, linearWeights: "int16" });
    const bias = Float32Array.of(0.5, 0);
    const exact = Float32Array.of(32767, -1, 16384, 0, 0, -65534, 2, 0, 0, 0);
    const load = (weight: Float32Array): void =>
      model.loadStateDict({ "0.weight": new Tensor(weight, [2, 5]), "0.bias": new Tensor(bias, [2]) });
    load(exact);
    const x = Float32Array.of(2, 4, 8, 0, 0);
    const expected = [2 * 32767 - 4 + 8 * 16384 + 0.5, -2 * 65534 + 8];
    assert.equal(Array.from(model.predictSync(new Tensor(x, [1, 5])).data), expected, name);
    load(Float32Array.of(1.00004, 1, 0, 0, 0, 0, 0, 0, 0, 0));
    const one = new Tensor(Float32Array.of(0, 1, 0, 0, 0), [1, 5]);
    const two = new Tensor(Float32Array.of(0, 1, 0, 0, 0, 0, 1, 0, 0, 0), [2, 5]);
    assert.is.not(model.predictSync(one).data[0], 1.5, `${name}: 1 is no multiple`);
    assert.equal(Array.from(model.predictSync(two).data), [1.5, 0, 1.5, 0], name);
  }
});

test("a weight that is no number makes its output NaN, and no other", async () => {
  for (const { name, whole: runtime } of runtimes) {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      using model = await sequential([linear(20)]).build([5], { runtime, linearWeights: "int16" });
      const weight = new Float32Array(100).fill(1);
      weight[9 * 5] = bad;
      model.loadStateDict({
        "0.weight": new Tensor(weight, [20, 5]),
        "0.bias": new Tensor(new Float32Array(20), [20]),
      });
      const { data } = model.predictSync(new Tensor(new Float32Array(5).fill(1), [1, 5]));
      assert.equal(
        Array.from(data, Number.isNaN),
        Array.from({ length: 20 }, (_, k) => k === 9),
        name,
      );
    }
  }
});

test("with batch norm and relu taken over", async () => {
  for (const { name, whole: runtime } of runtimes) {
    const random = new Random(5);
    using model = await sequential([linear(19), batchNorm2d(), relu()]).build([30], {
      runtime,
      linearWeights: "int16",
    });
    const state = new Map([...model.stateDict()].map(([key, { shape }]) => [key, filled(shape, random)]));
    const variance = state.get("1.running_var")!;
    for (const [i, value] of variance.data.entries()) variance.data[i] = 0.5 + Math.abs(value);
    model.loadStateDict(state);
    const x = filled([1, 30], random);
    const y = product(state.get("0.weight")!, state.get("0.bias")!, x.data).map((sum, k) => {
      const at = (key: string): number => state.get(`1.${key}`)!.data[k]!;
      const normal = (sum - at("running_mean")) / Math.sqrt(at("running_var") + 1e-5);
      return Math.max(0, normal * at("weight") + at("bias"));
    });
    near(model.predictSync(x).data, y, { atol: 1e-3 * largest(y), rtol: 0 }, name);
  }
});

test.run();
