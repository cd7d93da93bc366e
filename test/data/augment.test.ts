import { type AugmentOptions, augment } from "../../src/data/index.js";
import { Random } from "../../src/random.js";
import { Tensor } from "../../src/tensor.js";
import { assert, near, suite, throwsMessage } from "../harness/suite.js";

const test = suite("augment");

function noise(shape: number[]): Tensor {
  const random = new Random(1);
  const size = shape.reduce((product, n) => product * n, 1);
  return new Tensor(
    Float32Array.from({ length: size }, () => random.uniform() + 1),
    shape,
  );
}

function apply(
  options: AugmentOptions,
  inputs: Tensor,
  epoch = 0,
  indices?: number[],
  seed = 1,
): Float32Array {
  const batch = { inputs, targets: new Int32Array(inputs.shape[0]!) };
  const context = {
    ...{ seed, epoch, background: Array.from({ length: inputs.shape[1]! }, (_, c) => -1 - c) },
    indices: Uint32Array.from(indices ?? Array.from({ length: inputs.shape[0]! }, (_, i) => i)),
  };
  const result = augment(options)(batch, context);
  assert.equal(result.inputs.shape, inputs.shape);
  assert.is(result.targets, batch.targets);
  return result.inputs.data;
}

/** The picture moved by (dx, dy) and perhaps mirrored before, by plain loops. */
function moved(
  plane: Float32Array,
  w: number,
  h: number,
  dx: number,
  dy: number,
  mirror: boolean,
  fill: number,
): number[] {
  return Array.from({ length: w * h }, (_, i) => {
    const x = (i % w) - dx;
    const y = Math.floor(i / w) - dy;
    if (x < 0 || x >= w || y < 0 || y >= h) return fill;
    return plane[y * w + (mirror ? w - 1 - x : x)]!;
  });
}

test("shift, crop and flip move whole pixels, all channels alike, and reach every place", () => {
  const [n, c, h, w] = [1500, 2, 5, 4];
  const inputs = noise([n, c, h, w]);
  const area = h * w;
  for (const options of [
    { shift: 2 },
    { crop: { padding: 2 } },
    { flip: true },
    { shift: 1, crop: { padding: 1 }, flip: true },
  ]) {
    const result = apply(options, inputs);
    const seen = new Set<string>();
    for (let i = 0; i < n; i++) {
      const matches: string[] = [];
      for (const mirror of [false, true]) {
        for (let dy = -2; dy <= 2; dy++) {
          for (let dx = -2; dx <= 2; dx++) {
            const fits = [0, 1].every((channel) => {
              const begin = (i * c + channel) * area;
              const expected = moved(
                inputs.data.subarray(begin, begin + area),
                w,
                h,
                dx,
                dy,
                mirror,
                -1 - channel,
              );
              return expected.every((value, p) => value === result[begin + p]);
            });
            if (fits) matches.push(`${dx} ${dy} ${mirror}`);
          }
        }
      }
      assert.is(matches.length, 1, `sample ${i}: ${matches}`);
      seen.add(matches[0]!);
    }
    const moves = "flip" in options && !("shift" in options) ? 1 : 25;
    assert.is(seen.size, moves * ("flip" in options ? 2 : 1), JSON.stringify(options));
  }
});

test("depends on seed, epoch and sample, not on the batch", () => {
  const inputs = noise([8, 1, 6, 6]);
  const options = { shift: 3, flip: true, rotate: 30 };
  const all = apply(options, inputs);
  assert.equal(apply(options, inputs), all);
  const third = new Tensor(inputs.data.slice(3 * 36, 4 * 36), [1, 1, 6, 6]);
  assert.equal(apply(options, third, 0, [3]), all.slice(3 * 36, 4 * 36));
  assert.not.equal(apply(options, third, 0, [4]), all.slice(3 * 36, 4 * 36));
  assert.not.equal(apply(options, inputs, 1), all);
  assert.not.equal(apply(options, inputs, 0, undefined, 2), all);
});

for (const range of [40, 180])
  test(`rotation by up to ${range} degrees is bilinear about the centre and fills the range`, () => {
    const [n, w, h] = [40, 9, 7];
    const inputs = noise([n, 1, h, w]);
    const result = apply({ rotate: range, fill: 0.5 }, inputs);
    const angles: number[] = [];
    for (let i = 0; i < n; i++) {
      const plane = inputs.data.subarray(i * w * h, (i + 1) * w * h);
      const at = (x: number, y: number) => (x >= 0 && x < w && y >= 0 && y < h ? plane[y * w + x]! : 0.5);
      const turned = (degrees: number) => {
        const angle = (degrees * Math.PI) / 180;
        return Array.from({ length: w * h }, (_, p) => {
          const [x, y] = [(p % w) - (w - 1) / 2, Math.floor(p / w) - (h - 1) / 2];
          const sx = Math.cos(angle) * x + Math.sin(angle) * y + (w - 1) / 2;
          const sy = -Math.sin(angle) * x + Math.cos(angle) * y + (h - 1) / 2;
          const [left, top] = [Math.floor(sx), Math.floor(sy)];
          const [fx, fy] = [sx - left, sy - top];
          return (
            (at(left, top) * (1 - fx) + at(left + 1, top) * fx) * (1 - fy) +
            (at(left, top + 1) * (1 - fx) + at(left + 1, top + 1) * fx) * fy
          );
        });
      };
      const error = (degrees: number) =>
        turned(degrees).reduce((sum, value, p) => sum + Math.abs(value - result[i * w * h + p]!), 0);
      // The angle is found by search: first roughly, then closer and closer.
      let best = 0;
      for (let step = 1, from = -range, to = range; step > 1e-6; step /= 10) {
        let least = Number.POSITIVE_INFINITY;
        for (let degrees = from; degrees <= to + step / 2; degrees += step) {
          const found = error(degrees);
          if (found < least) [least, best] = [found, degrees];
        }
        [from, to] = [best - step, best + step];
      }
      near(result.subarray(i * w * h, (i + 1) * w * h), turned(best), { atol: 1e-4, rtol: 0 }, `sample ${i}`);
      angles.push(best);
    }
    assert.ok(Math.min(...angles) < -0.8 * range && Math.max(...angles) > 0.8 * range, `${angles}`);
  });

test("no options leave the picture alone, and the input is never changed", () => {
  const inputs = noise([2, 3, 4, 4]);
  const before = inputs.data.slice();
  assert.equal(apply({}, inputs), before);
  apply({ shift: 2, rotate: 20 }, inputs);
  assert.equal(inputs.data, before);
});

test("refuses options that make no sense", () => {
  throwsMessage(() => augment({ shift: 0.5 }), /shift is 0\.5; it must be a whole number/);
  throwsMessage(() => augment({ crop: { padding: -1 } }), /crop\.padding is -1; it must be a whole number/);
  throwsMessage(() => augment({ rotate: 200 }), /rotate is 200; it must be a number from 0 to 180/);
  throwsMessage(() => augment({ flip: 1 } as never), /flip is 1; it must be true or false/);
  throwsMessage(() => augment({ crop: 4 } as never), /crop: options are given by name, as in \{ padding/);
  throwsMessage(() => augment({ fill: Number.NaN }), /fill is NaN/);
  throwsMessage(() => (augment as () => unknown)(), /augment: options are given by name/);
  throwsMessage(() => augment({ rotation: 5 } as never), /unknown option "rotation"/);
  throwsMessage(() => apply({ fill: [1, 2] }, noise([1, 3, 2, 2])), /fill has 2 numbers for 3 channels/);
});

test.run();
