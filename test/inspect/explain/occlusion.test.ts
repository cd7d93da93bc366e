import { occlusion } from "../../../src/inspect/index.js";
import { Tensor } from "../../../src/tensor.js";
import { assert, near, rejectsMessage, suite } from "../../harness/suite.js";
import { noise, SHAPE, scoresOf, smooth } from "./problems.js";

const test = suite("occlusion");

const [, C, H, W] = SHAPE;
const x = noise(SHAPE, 5);

/** Upper or left edges, found by trying each: a place is a multiple of the stride, or the end where no multiple reaches it. */
function edges(side: number, patch: number, stride: number): number[] {
  const found: number[] = [];
  for (let edge = 0; edge <= side - patch; edge++) if (edge % stride === 0) found.push(edge);
  if ((side - patch) % stride !== 0) found.push(side - patch);
  return found;
}

for (const [name, patch, stride, fill] of [
  ["that divides", [5, 4], [5, 4], 0],
  ["with a rest at the borders", [4, 5], [3, 2], 0.7],
  ["of one pixel across", [10, 1], [1, 1], "mean"],
] as const) {
  test(`a patch ${name}: the definition, by loops`, async () => {
    using model = await smooth();
    const result = await occlusion(model, x, { class: "bird", patch, stride, fill, batchSize: 7 });
    const [ph, pw] = patch;
    const score = (await scoresOf(model, x))[2]!;
    near([result.score], [score], { atol: 1e-6 });
    const mean = (c: number): number => {
      let sum = 0;
      for (let i = 0; i < H * W; i++) sum += x.data[c * H * W + i]!;
      return sum / (H * W);
    };
    const rows = edges(H, ph, stride[0]);
    const columns = edges(W, pw, stride[1]);
    assert.equal([result.rows, result.columns], [rows, columns]);
    const over: number[][] = Array.from({ length: H * W }, () => []);
    const drops: number[] = [];
    for (const top of rows) {
      for (const left of columns) {
        const data = x.data.slice();
        for (let c = 0; c < C; c++)
          for (let y = top; y < top + ph; y++)
            for (let i = left; i < left + pw; i++)
              data[(c * H + y) * W + i] = fill === "mean" ? mean(c) : fill;
        const drop = score - (await scoresOf(model, new Tensor(data, SHAPE)))[2]!;
        drops.push(drop);
        for (let y = top; y < top + ph; y++)
          for (let i = left; i < left + pw; i++) over[y * W + i]!.push(drop);
      }
    }
    near(result.drops.data, drops, { atol: 2e-6, rtol: 0 });
    const means = over.map((list) => list.reduce((a, b) => a + b, 0) / list.length);
    near(result.map.data, means, { atol: 2e-6, rtol: 0 });
  });
}

test("tells what it does, and stops", async () => {
  using model = await smooth();
  const seen: number[] = [];
  const onProgress = ({ done, total }: { done: number; total: number }) => seen.push(done, total);
  const options = { patch: 5, stride: 5, batchSize: 4, onProgress };
  const { drops } = await occlusion(model, x, options);
  assert.equal(drops.shape, [2, 3]);
  assert.equal(seen, [3, 6, 6, 6]);
  const stop = new AbortController();
  await rejectsMessage(
    occlusion(model, x, {
      ...options,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error("enough")),
    }),
    /enough/,
  );
});

test("errors", async () => {
  using model = await smooth();
  const of = (options: object) => occlusion(model, x, options);
  await rejectsMessage(of({ patch: 11 }), /occlusion: patch is 11; it must be a whole number from 1 to 10/);
  await rejectsMessage(of({ patch: 4, stride: 5 }), /stride is 5; it must be a whole number from 1 to 4/);
  await rejectsMessage(
    of({ patch: [1, 2, 3] }),
    /patch is \[1,2,3\]; it must be a number, or \[down, across\]/,
  );
  await rejectsMessage(
    of({ fill: "grey" }),
    /fill is "grey"; it must be a number, "black", "mean" or a Tensor/,
  );
  await rejectsMessage(
    of({ fill: "black" }),
    /fill is "black", but this model has no prepare.*Give the number/,
  );
  await rejectsMessage(
    of({ fill: noise([3, 4, 4]) }),
    /fill has shape \[3, 4, 4\], the input \[1, 3, 10, 12\]; they must be the same/,
  );
  await rejectsMessage(of({ patches: 3 }), /unknown option "patches"/);
});

test.run();
