// The lecture's worked examples, as they would be typed in.

import fc from "fast-check";
import {
  avgPool2d,
  conv1d,
  conv2d,
  globalAvgPool2d,
  maxPool2d,
  pad,
  type Tensor,
  tensor,
} from "featuremap/functional";
import { Random } from "../../src/random.js";
import { assert, near, suite } from "../harness/suite.js";

const test = suite("lecture");

const ints = (length: number) =>
  fc.array(fc.integer({ min: -9, max: 9 }), { minLength: length, maxLength: length });
const image = (h: number, w: number) => fc.array(ints(w), { minLength: h, maxLength: h });
const sized = fc
  .tuple(fc.integer({ min: 5, max: 9 }), fc.integer({ min: 5, max: 9 }))
  .chain(([h, w]) => image(h, w));
const holds = (property: fc.IProperty<never> | fc.IRawProperty<unknown>) =>
  fc.assert(property as fc.IRawProperty<unknown>, { numRuns: 30, seed: 1 });

/** Rows and columns turned into each other. */
const transposed = (rows: number[][]) => rows[0]!.map((_, x) => rows.map((row) => row[x]!));
const turned = (rows: number[][]) => [...rows].reverse().map((row) => [...row].reverse());

test("the product of two polynomials: (1, 2) * (2, -1, 2) = (2, 3, 0, 4)", () => {
  const [a, b] = [
    [1, 2],
    [2, -1, 2],
  ];
  assert.equal(conv1d(a, b, { flip: true, padding: b.length - 1 }).toNested(), [2, 3, 0, 4]);
  assert.equal(conv1d(b, a, { flip: true, padding: a.length - 1 }).toNested(), [2, 3, 0, 4], "it commutes");
});

test("every product of polynomials, by the definition", () => {
  const polynomial = fc.integer({ min: 1, max: 7 }).chain(ints);
  holds(
    fc.property(polynomial, polynomial, (a, b) => {
      const product: number[] = Array(a.length + b.length - 1).fill(0);
      for (const [i, x] of a.entries()) for (const [j, y] of b.entries()) product[i + j]! += x * y;
      assert.equal(
        [...conv1d(a, b, { flip: true, padding: b.length - 1 }).data].map((x) => x + 0),
        product.map((x) => x + 0),
      );
    }),
  );
});

test("two dimensions: correlation slides the kernel as it is, convolution turns it first", () => {
  const x = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ];
  const w = [
    [1, 2],
    [3, 4],
  ];
  assert.equal(conv2d(x, w).toNested(), [
    [37, 47],
    [67, 77],
  ]);
  assert.equal(conv2d(x, w, { flip: true }).toNested(), [
    [23, 33],
    [53, 63],
  ]);
});

test("two dimensions: the full convolution of a kernel with a point is the kernel", () => {
  const point = [
    [0, 0, 0],
    [0, 1, 0],
    [0, 0, 0],
  ];
  const w = [
    [1, 2],
    [3, 4],
  ];
  assert.equal(conv2d(point, w, { flip: true }).toNested(), [
    [1, 2],
    [3, 4],
  ]);
  assert.equal(conv2d(point, w).toNested(), [
    [4, 3],
    [2, 1],
  ]);
  assert.equal(conv2d([[1]], w, { flip: true, padding: 1 }).toNested(), [
    [1, 2],
    [3, 4],
  ]);
});

test("convolution is correlation with the turned kernel", () => {
  holds(
    fc.property(sized, image(3, 2), (x, w) => {
      assert.equal(conv2d(x, w, { flip: true }).data, conv2d(x, turned(w)).data);
    }),
  );
});

const SOBEL_X = [
  [-1, 0, 1],
  [-2, 0, 2],
  [-1, 0, 1],
];
const SOBEL_Y = transposed(SOBEL_X);
const LAPLACE = [
  [0, 1, 0],
  [1, -4, 1],
  [0, 1, 0],
];
const EDGE = [
  [0, 0, 0, 1, 1, 1],
  [0, 0, 0, 1, 1, 1],
  [0, 0, 0, 1, 1, 1],
  [0, 0, 0, 1, 1, 1],
];

test("Sobel finds the edges across its direction, and no others", () => {
  assert.equal(conv2d(EDGE, SOBEL_X).toNested(), [
    [0, 4, 4, 0],
    [0, 4, 4, 0],
  ]);
  assert.equal(conv2d(EDGE, SOBEL_Y).toNested(), [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
  assert.equal(conv2d(transposed(EDGE), SOBEL_Y).toNested(), [
    [0, 0],
    [4, 4],
    [4, 4],
    [0, 0],
  ]);
  assert.equal(conv2d(transposed(EDGE), SOBEL_X).toNested(), [
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
});

test("the Laplacian changes its sign at an edge, and does not see ramps", () => {
  assert.equal(conv2d(EDGE, LAPLACE).toNested(), [
    [0, 1, -1, 0],
    [0, 1, -1, 0],
  ]);
  const ramp = [
    [0, 1, 2, 3],
    [2, 3, 4, 5],
    [4, 5, 6, 7],
  ];
  assert.equal(conv2d(ramp, LAPLACE).toNested(), [[0, 0]]);
});

test("a separable kernel is a column and then a row", () => {
  const column = [[1], [2], [1]];
  const row = [[-1, 0, 1]];
  holds(
    fc.property(sized, (x) => {
      assert.equal(conv2d(conv2d(x, column), row).data, conv2d(x, SOBEL_X).data);
    }),
  );
});

test("padding shows zeros, the mirrored image, its edge, or its other side", () => {
  const shown = (mode: "zeros" | "reflect" | "symmetric" | "replicate" | "circular") =>
    pad([1, 2, 3], 2, mode, 1).toNested();
  assert.equal(shown("zeros"), [0, 0, 1, 2, 3, 0, 0]);
  assert.equal(shown("reflect"), [3, 2, 1, 2, 3, 2, 1]);
  assert.equal(shown("symmetric"), [2, 1, 1, 2, 3, 3, 2]);
  assert.equal(shown("replicate"), [1, 1, 1, 2, 3, 3, 3]);
  assert.equal(shown("circular"), [2, 3, 1, 2, 3, 1, 2]);
});

test("padding in two dimensions, with corners", () => {
  const x = [
    [1, 2],
    [3, 4],
  ];
  assert.equal(pad(x, 1).toNested(), [
    [0, 0, 0, 0],
    [0, 1, 2, 0],
    [0, 3, 4, 0],
    [0, 0, 0, 0],
  ]);
  assert.equal(pad(x, 1, "reflect").toNested(), [
    [4, 3, 4, 3],
    [2, 1, 2, 1],
    [4, 3, 4, 3],
    [2, 1, 2, 1],
  ]);
  assert.equal(pad(x, 1, "symmetric").toNested(), [
    [1, 1, 2, 2],
    [1, 1, 2, 2],
    [3, 3, 4, 4],
    [3, 3, 4, 4],
  ]);
  assert.equal(pad(x, 1, "replicate").toNested(), [
    [1, 1, 2, 2],
    [1, 1, 2, 2],
    [3, 3, 4, 4],
    [3, 3, 4, 4],
  ]);
  assert.equal(pad(x, 1, "circular").toNested(), [
    [4, 3, 4, 3],
    [2, 1, 2, 1],
    [4, 3, 4, 3],
    [2, 1, 2, 1],
  ]);
});

test("padding may be uneven, in whichever way it is written", () => {
  const x = [
    [1, 2],
    [3, 4],
  ];
  assert.equal(pad(x, [1, 2, 0, 1]).toNested(), [
    [0, 0, 0, 0, 0],
    [0, 0, 1, 2, 0],
    [0, 0, 3, 4, 0],
  ]);
  assert.equal(pad(x, { top: 1, left: 2, right: 1 }).toNested(), pad(x, [1, 2, 0, 1]).toNested());
  assert.equal(pad(x, [0, 1]).toNested(), [
    [0, 1, 2, 0],
    [0, 3, 4, 0],
  ]);
  assert.equal(pad([1, 2], [1, 3], "replicate", 1).toNested(), [1, 1, 2, 2, 2, 2]);
  assert.equal(pad(x, { bottom: 2, left: 1 }, "symmetric").toNested(), [
    [1, 1, 2],
    [3, 3, 4],
    [3, 3, 4],
    [1, 1, 2],
  ]);
});

test("same padding keeps the size, the odd pixel after", () => {
  assert.equal(conv1d([1, 2, 3], [1, 1], { padding: "same" }).toNested(), [3, 5, 3]);
  assert.equal(conv1d([1, 2, 3, 4], [1, 1, 1], { padding: "same" }).toNested(), [3, 6, 9, 7]);
  assert.equal(conv1d([1, 2, 3, 4], [1, 1, 1], { padding: "valid" }).toNested(), [6, 9]);
  holds(
    fc.property(
      ...([1, 2, 3, 4].map(() => fc.integer({ min: 1, max: 5 })) as [
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
      ]),
      (h, w, kh, stride) => {
        const x = tensor(new Float32Array(h * w * 4), [2 * h, 2 * w]);
        const ones = tensor(new Float32Array(kh * 3), [kh, 3]);
        const { shape } = conv2d(x, ones, { padding: "same", stride });
        assert.equal(shape, [Math.ceil((2 * h) / stride), Math.ceil((2 * w) / stride)]);
      },
    ),
  );
});

const TABLE = [
  [1, 3, 2, 4],
  [5, 7, 6, 8],
  [9, 2, 1, 0],
  [3, 4, 5, 6],
];

test("pooling takes the largest or the mean of each window", () => {
  assert.equal(maxPool2d(TABLE, 2).toNested(), [
    [7, 8],
    [9, 6],
  ]);
  assert.equal(avgPool2d(TABLE, 2).toNested(), [
    [4, 5],
    [4.5, 3],
  ]);
  assert.equal(maxPool2d(TABLE, 2, { stride: 1 }).toNested(), [
    [7, 7, 8],
    [9, 7, 8],
    [9, 5, 6],
  ]);
  assert.equal(maxPool2d(TABLE, 3, { stride: 1 }).toNested(), [
    [9, 8],
    [9, 8],
  ]);
  assert.equal(avgPool2d(TABLE, [1, 4]).toNested(), [[2.5], [6.5], [3], [4.5]]);
});

test("the border of pooling: padding is smaller than anything, and counts in the mean unless told otherwise", () => {
  const x = [
    [-4, -8],
    [-12, -16],
  ];
  assert.equal(maxPool2d(x, 2, { padding: 1 }).toNested(), [
    [-4, -8],
    [-12, -16],
  ]);
  assert.equal(avgPool2d(x, 2, { padding: 1 }).toNested(), [
    [-1, -2],
    [-3, -4],
  ]);
  assert.equal(avgPool2d(x, 2, { padding: 1, countIncludePad: false }).toNested(), x);
});

test("global average pooling is the mean of each channel", () => {
  assert.equal(globalAvgPool2d(TABLE).toNested(), [[4.125]]);
  const two = tensor([1, 2, 3, 4, 10, 20, 30, 40], [1, 2, 2, 2]);
  assert.equal(globalAvgPool2d(two).toNested(), [[[[2.5]], [[25]]]]);
});

test("average pooling is a convolution with a constant kernel, subsampled", () => {
  holds(
    fc.property(image(6, 8), (x) => {
      near(
        avgPool2d(x, 2).data,
        conv2d(
          x,
          [
            [0.25, 0.25],
            [0.25, 0.25],
          ],
          { stride: 2 },
        ).data,
      );
    }),
  );
});

test("stride is convolution and then subsampling", () => {
  holds(
    fc.property(
      image(9, 8),
      image(3, 2),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      (x, w, sh, sw) => {
        const all = conv2d(x, w).toNested() as number[][];
        const some = all.filter((_, y) => y % sh === 0).map((row) => row.filter((_, z) => z % sw === 0));
        assert.equal(conv2d(x, w, { stride: [sh, sw] }).toNested(), some);
      },
    ),
  );
});

test("dilation is a kernel with holes", () => {
  const x = fc.tuple(image(8, 9), image(2, 3));
  holds(
    fc.property(x, ([x, [top, bottom]]) => {
      const spread = (row: number[]) => [row[0]!, 0, row[1]!, 0, row[2]!];
      const holes = [spread(top!), [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], spread(bottom!)];
      assert.equal(conv2d(x, [top!, bottom!], { dilation: [3, 2] }).data, conv2d(x, holes).data);
    }),
  );
});

test("the size of the output: floor((in - k + p + s) / s)", () => {
  const size = (max: number) => fc.integer({ min: 1, max });
  holds(
    fc.property(
      size(12),
      size(12),
      size(5),
      size(5),
      fc.nat(3),
      fc.nat(3),
      size(4),
      (h, w, kh, kw, before, after, s) => {
        const x = tensor(new Float32Array(h * w), [h, w]);
        const sides = { top: before, bottom: after, left: after, right: before };
        const out = (size: number, k: number, p: number) => Math.floor((size - k + p + s) / s);
        const p = before + after;
        fc.pre(h + p >= kh && w + p >= kw);
        const expected = [out(h, kh, p), out(w, kw, p)];
        const w0 = tensor(new Float32Array(kh * kw), [kh, kw]);
        assert.equal(conv2d(x, w0, { stride: s, padding: sides }).shape, expected);
        fc.pre(Math.max(before, after) <= Math.min(kh, kw) / 2);
        assert.equal(maxPool2d(x, [kh, kw], { stride: s, padding: sides }).shape, expected);
        assert.equal(avgPool2d(x, [kh, kw], { stride: s, padding: sides }).shape, expected);
      },
    ),
  );
});

/** The image moved down and right, around the edges. */
const rolled = (x: Tensor, dy: number, dx: number): Tensor => {
  const [h, w] = x.shape.slice(-2) as [number, number];
  const result = new Float32Array(x.size);
  for (let i = 0; i < x.size; i++) {
    const [plane, y, z] = [Math.floor(i / (h * w)), Math.floor(i / w) % h, i % w];
    result[plane * h * w + ((y + dy) % h) * w + ((z + dx) % w)] = x.data[i]!;
  }
  return tensor(result, x.shape);
};

test("convolution of a shifted image is the shifted convolution, to the bit", () => {
  const random = new Random(1);
  const normal = (...shape: number[]) =>
    tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
      shape,
    );
  for (const [c, k, size] of [
    [1, 1, 3],
    [3, 9, 3],
    [10, 4, 5],
  ] as const) {
    const x = normal(2, c, 7, 9);
    const w = normal(k, c, size, size);
    const options = { padding: (size - 1) / 2, paddingMode: "circular", bias: normal(k) } as const;
    const y = conv2d(x, w, options);
    assert.equal(y.shape, [2, k, 7, 9]);
    for (const [dy, dx] of [
      [1, 0],
      [0, 1],
      [3, 5],
      [6, 8],
    ] as const) {
      assert.equal(conv2d(rolled(x, dy, dx), w, options).data, rolled(y, dy, dx).data);
    }
  }
});

test("with zeros around, shifts commute away from the border alone", () => {
  const x = [
    [0, 0, 0, 0, 0],
    [0, 1, 2, 0, 0],
    [0, 3, 4, 0, 0],
    [0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0],
  ];
  const y = conv2d(x, SOBEL_X, { padding: 1 });
  assert.equal(conv2d(rolled(tensor(x), 1, 1), SOBEL_X, { padding: 1 }).data, rolled(y, 1, 1).data);
  assert.not.equal(conv2d(rolled(tensor(x), 2, 2), SOBEL_X, { padding: 1 }).data, rolled(y, 2, 2).data);
});

test("convolution is linear", () => {
  holds(
    fc.property(image(6, 7), image(6, 7), image(3, 3), (a, b, w) => {
      const sum = a.map((row, y) => row.map((value, z) => 2 * value - b[y]![z]!));
      const [ya, yb] = [conv2d(a, w).data, conv2d(b, w).data];
      assert.equal(
        conv2d(sum, w).data.map((value) => value + 0),
        ya.map((value, i) => 2 * value - yb[i]! + 0),
      );
    }),
  );
});

test("a convolutional layer adds over the channels of the input, for each channel of the output", () => {
  const x = [
    [
      [1, 2],
      [3, 4],
    ],
    [
      [5, 6],
      [7, 8],
    ],
  ];
  const sum = [[[1]], [[1]]];
  const difference = [[[-1]], [[1]]];
  assert.equal(conv2d(x, [sum, difference], { bias: [0, 100] }).toNested(), [
    [
      [6, 8],
      [10, 12],
    ],
    [
      [104, 104],
      [104, 104],
    ],
  ]);
});

test("a 1x1 convolution mixes channels, pixel by pixel", () => {
  const x = tensor([1, 2, 3, 10, 20, 30], [1, 2, 1, 3]);
  const w = tensor([1, 1, 2, -1, 0, 3], [3, 2, 1, 1]);
  assert.equal(conv2d(x, w).toNested(), [[[[11, 22, 33]], [[-8, -16, -24]], [[30, 60, 90]]]]);
});

test("a depthwise convolution treats each channel by itself; with a 1x1 behind it, it is separable", () => {
  const x = tensor([...TABLE.flat(), ...TABLE.flat().map((value) => 10 * value)], [1, 2, 4, 4]);
  const w = tensor([...SOBEL_X.flat(), ...LAPLACE.flat()], [2, 1, 3, 3]);
  const y = conv2d(x, w, { groups: 2 });
  assert.equal(y.toNested(), [
    [
      conv2d(TABLE, SOBEL_X).toNested(),
      (conv2d(TABLE, LAPLACE).toNested() as number[][]).map((row) => row.map((v) => 10 * v)),
    ],
  ]);
  const mixed = conv2d(y, tensor([2, 3], [1, 2, 1, 1]));
  // The same in one: the outer product of the two kernels.
  const full = tensor(
    [...SOBEL_X.flat().map((v) => 2 * v), ...LAPLACE.flat().map((v) => 3 * v)],
    [1, 2, 3, 3],
  );
  assert.equal(mixed.data, conv2d(x, full).data);
});

test("groups are convolutions side by side", () => {
  const x = tensor(
    Float32Array.from({ length: 4 * 9 }, (_, i) => (i * 7) % 11),
    [1, 4, 3, 3],
  );
  const w = tensor(
    Float32Array.from({ length: 6 * 2 * 4 }, (_, i) => ((i * 5) % 7) - 3),
    [6, 2, 2, 2],
  );
  const half = (t: Tensor, i: number, shape: number[]) =>
    tensor(t.data.slice((i * t.size) / 2, ((i + 1) * t.size) / 2), shape);
  const parts = [0, 1].flatMap((i) => [...conv2d(half(x, i, [1, 2, 3, 3]), half(w, i, [3, 2, 2, 2])).data]);
  assert.equal([...conv2d(x, w, { groups: 2 }).data], parts);
});

test.run();
