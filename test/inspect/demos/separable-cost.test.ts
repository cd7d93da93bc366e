import fc from "fast-check";
import { separableCost } from "../../../src/inspect/index.js";
import { runtime } from "../../../src/wasm/runtime.js";
import { assert, near, rejectsMessage, suite } from "../../harness/suite.js";

const test = suite("separableCost");

test("the layers' own counts are those of the formulas", async () => {
  const count = (max: number) => fc.integer({ min: 1, max });
  await fc.assert(
    fc.asyncProperty(
      count(5),
      count(5),
      count(6),
      count(6),
      count(3),
      count(9),
      count(9),
      async (kh, kw, a, b, groups, h, w) => {
        const [cin, cout] = [a * groups, b * groups];
        const cost = await separableCost({ kernel: [kh, kw], cin, cout, h, w, groups });
        const expected = {
          full: kh * kw * cin * cout,
          grouped: (kh * kw * cin * cout) / groups,
          spatial: kh * cin * cout + kw * cout * cout,
          depthwise: kh * kw * cin + cin * cout,
        };
        for (const [kind, parameters] of Object.entries(expected)) {
          const { parameters: mine, macs, ratio } = cost[kind as keyof typeof expected];
          assert.equal([kind, mine, macs], [kind, parameters, parameters * h * w]);
          near([ratio], [parameters / expected.full], { rtol: 1e-12, atol: 0 });
        }
        near([cost.depthwise.ratio], [1 / cout + 1 / (kh * kw)], { rtol: 1e-12, atol: 0 });
      },
    ),
    { numRuns: 25, seed: 1 },
  );
});

test("leaves no memory behind", async () => {
  const options = { cin: 64, cout: 64, h: 16, w: 16 };
  await separableCost(options);
  const before = runtime().heap.memory.buffer.byteLength;
  for (let i = 0; i < 20; i++) await separableCost(options);
  assert.is(runtime().heap.memory.buffer.byteLength, before);
});

test("errors say what is wrong", async () => {
  await rejectsMessage(separableCost({ cin: 0, cout: 1, h: 1, w: 1 }), /separableCost: cin is 0/);
  await rejectsMessage(
    separableCost({ cin: 3, cout: 1, h: 1, w: 1, groups: 3 }),
    /groups is 3; it must divide/,
  );
  await rejectsMessage(separableCost({ cin: 3, cout: 1, h: 1, w: 1, kernel: 0 }), /the kernel is 0/);
  await rejectsMessage(separableCost({ cin: 3, cout: 1, h: 1, width: 1 } as never), /unknown option "width"/);
});

test.run();
