import { conv1d, conv2d, maxPool1d, relu, sequential } from "../../../src/index.js";
import { receptiveGrowth } from "../../../src/inspect/index.js";
import { alexnet2012 } from "../../../src/zoo/index.js";
import { assert, suite, throwsMessage } from "../../harness/suite.js";

const test = suite("receptiveGrowth");

test("AlexNet of 2012: 51 pixels at its second convolution, 99 at its third", async () => {
  using model = await alexnet2012({});
  const { steps, figure } = receptiveGrowth(model);
  const of = (layer: string) => steps.find((step) => step.layer === layer);
  assert.equal(of("conv2"), { layer: "conv2", type: "Conv2d", size: [51, 51], stride: [8, 8] });
  assert.equal(of("conv3")!.size, [99, 99]);
  const plot = figure.panels[0]!;
  assert.ok(plot.kind === "plot");
  assert.equal(
    Array.from(plot.series[0]!.y),
    steps.map(({ size }) => size[0]),
  );
  const fields = figure.panels[1]!;
  assert.ok(fields.kind === "picture");
  assert.equal([fields.image.width, fields.image.height], [227, 227]);
  const largest = fields.boxes!.at(-1)!;
  assert.equal([largest.x, largest.y, largest.width, largest.height], [0, 0, 227, 227]);
});

test("only layers that see more, by r = r + (k - 1) d s and s = s stride; height and width apart", async () => {
  const shapes = [
    { k: [3, 1], s: [1, 2], d: [1, 1] },
    { k: [5, 3], s: [2, 1], d: [1, 3] },
    { k: [1, 1], s: [1, 1], d: [1, 1] },
    { k: [2, 4], s: [1, 1], d: [4, 1] },
  ] as const;
  const net = sequential(shapes.flatMap(({ k, s, d }) => [conv2d(1, k, { stride: s, dilation: d }), relu()]));
  using model = await net.build([1, 60, 60]);
  const [size, stride] = [
    [1, 1],
    [1, 1],
  ];
  const expected: unknown[] = [];
  for (const [i, { k, s, d }] of shapes.entries()) {
    for (const axis of [0, 1] as const) {
      size[axis]! += (k[axis] - 1) * d[axis] * stride[axis]!;
      stride[axis]! *= s[axis];
    }
    if (k[0] > 1 || k[1] > 1)
      expected.push({ layer: `${2 * i}`, type: "Conv2d", size: [...size], stride: [...stride] });
  }
  assert.equal(receptiveGrowth(model).steps, expected);
});

test("in one dimension the width grows", async () => {
  using model = await sequential([conv1d(3, 5, { stride: 2 }), maxPool1d(2)]).build([2, 50]);
  const [plot] = receptiveGrowth(model).figure.panels;
  assert.ok(plot?.kind === "plot");
  assert.is(plot.y.label, "width in pixels of the input");
  assert.equal(
    plot.series.map(({ y }) => Array.from(y)),
    [
      [5, 7],
      [50, 50],
    ],
  );
});

test("errors say what is wrong", async () => {
  using model = await sequential([conv2d(2, 1), relu()]).build([1, 4, 4]);
  throwsMessage(() => receptiveGrowth(model), /no layer of the network sees more than one pixel/);
  throwsMessage(() => receptiveGrowth({} as never), /receptiveGrowth: the model is/);
});

test.run();
