import type { PlanOptions } from "../../src/graph/builder.js";
import { draft } from "../../src/graph/draft.js";
import { Graph } from "../../src/graph/graph.js";
import { type ConvAttrs, conv2d } from "../../src/ops/conv2d.js";
import { convAttrs } from "../harness/convolution.js";
import { assert, suite } from "../harness/suite.js";

const test = suite("ways of computing a convolution");

/** The kernel that computes a convolution, of an input that already has its border. */
function kernelOf(
  [n, c, h, w]: [number, number, number, number],
  k: number,
  {
    size = [3, 3],
    weight = "parameter",
    options = {},
    ...attrs
  }: {
    size?: [number, number];
    weight?: "parameter" | "input";
    options?: Partial<PlanOptions>;
  } & Partial<ConvAttrs> = {},
): string {
  const graph = new Graph();
  const x = graph.input("x", [n, c, h + 2, w + 2]);
  const shape = [k, c / (attrs.groups ?? 1), ...size];
  const weights = weight === "input" ? graph.denseInput("w", shape) : graph.weight("w", shape, "parameter");
  const y = graph.add(conv2d, [x, weights, null], convAttrs(attrs));
  const storage = { name: "w", bytes: weights.elements * 4, address: 0 };
  const bound = new Map(weight === "input" ? [] : [[weights, storage]]);
  const { builder } = draft(graph, { outputs: new Map([["y", y]]), bound, ...options });
  return builder.steps.filter(({ layer }) => layer !== "").at(-1)!.kernel;
}

test("large maps and many channels are computed in tiles of 4x4", () => {
  for (const [c, size] of [
    [16, 32],
    [64, 56],
    [128, 28],
    [256, 14],
    [512, 7],
    [64, 224],
  ] as const) {
    assert.is(kernelOf([1, c, size, size], c), "winograd4", `${c} channels of ${size}x${size}`);
  }
  // Whatever the batch, so that an image is computed in the same way in each.
  assert.is(kernelOf([8, 64, 56, 56], 64), "winograd4");
  assert.is(kernelOf([8, 512, 4, 4], 512), "winograd2");
});

test("5x5 windows are computed in tiles of 2x2", () => {
  assert.is(kernelOf([1, 64, 29, 29], 192, { size: [5, 5] }), "winograd2of5");
  assert.is(kernelOf([1, 64, 29, 29], 8, { size: [5, 5] }), "contract");
  assert.is(kernelOf([1, 64, 29, 29], 192, { size: [5, 3] }), "contract");
});

test("windows of a row or a column are computed in tiles of 3, and 3x3 windows at stride 2 in tiles of 2x2", () => {
  assert.is(kernelOf([1, 128, 17, 17], 128, { size: [1, 7] }), "winograd3of4");
  assert.is(kernelOf([1, 160, 17, 17], 192, { size: [7, 1] }), "winograd3of4");
  assert.is(kernelOf([1, 128, 56, 56], 128, { sh: 2, sw: 2 }), "winograd2at2");
});

test("large windows at a stride over an image are computed in tiles of a row", () => {
  assert.is(kernelOf([1, 3, 224, 224], 64, { size: [7, 7], sh: 2, sw: 2 }), "winogradStem");
  assert.is(kernelOf([1, 3, 224, 224], 64, { size: [11, 11], sh: 4, sw: 4 }), "winogradStem");
  assert.is(kernelOf([1, 3, 224, 224], 64, { size: [3, 3], sh: 2, sw: 2 }), "contract");
});

test("small maps with many weights are computed in tiles of 2x2, and the smallest directly", () => {
  assert.is(kernelOf([1, 512, 4, 4], 512), "winograd2");
  assert.is(kernelOf([1, 64, 1, 1], 64), "contract");
});

test("few channels, other windows and what has a stride, dilation or groups are computed directly", () => {
  const direct = (...args: Parameters<typeof kernelOf>): void => assert.is(kernelOf(...args), "contract");
  direct([1, 3, 56, 56], 64);
  direct([1, 64, 56, 56], 8);
  direct([1, 64, 56, 56], 64, { size: [7, 7] });
  direct([1, 64, 56, 56], 64, { size: [5, 5], groups: 2 });
  direct([1, 64, 56, 56], 64, { size: [1, 2] });
  direct([1, 64, 56, 56], 64, { size: [1, 3], sw: 2 });
  direct([1, 64, 56, 56], 64, { sh: 2 });
  direct([1, 64, 56, 56], 64, { dw: 2 });
  direct([1, 64, 56, 56], 64, { groups: 2 });
});

test("weights that are transformed in every run have to be worth it", () => {
  assert.is(kernelOf([1, 256, 4, 4], 256), "winograd2");
  assert.is(kernelOf([1, 256, 4, 4], 256, { weight: "input" }), "contract");
  assert.is(kernelOf([16, 256, 8, 8], 256, { options: { trains: () => true } }), "winograd4");
});

test("a plan can ask for one way; what cannot be computed so is computed directly", () => {
  const options: Partial<PlanOptions> = { convolution: "winograd2" };
  assert.is(kernelOf([1, 64, 56, 56], 64, { options }), "winograd2");
  assert.is(kernelOf([1, 5, 2, 2], 3, { options }), "winograd2");
  assert.is(kernelOf([1, 64, 56, 56], 64, { options, sw: 2 }), "contract");
  assert.is(kernelOf([1, 64, 56, 56], 64, { options: { convolution: "direct" } }), "contract");
});

test.run();
