import { check } from "../errors.js";
import { formatShape, sizeOf } from "../tensor.js";
import { joinRows, LANES, type Place } from "./layout.js";
import { float, type GraphWriter, type Op, type StepWriter, sizes4, type Value } from "./op.js";
import { checkRank } from "./shape.js";

export interface BatchNormAttrs {
  /** Added to the variance. */
  readonly eps: number;
}

export interface BatchNormTrainAttrs extends BatchNormAttrs {
  /** How far running statistics move towards those of the batch, 0 to 1. */
  readonly momentum: number;
}

/** Doubles of a plane's partial sums: two for each channel of a block. */
const PARTIAL_DOUBLES = 2 * LANES;

function checkInputs(
  what: string,
  x: Value,
  vectors: Readonly<Record<string, Value | null | undefined>>,
): void {
  checkRank(what, x, [2, 3, 4], "[n, c], [n, c, l] or [n, c, h, w]");
  const c = x.shape[1]!;
  for (const [name, vector] of Object.entries(vectors)) {
    check(
      !vector || (vector.shape.length === 1 && vector.shape[0] === c),
      () =>
        `${what}: the ${name} has shape ${formatShape(vector!.shape)}, but the input ${formatShape(x.shape)} has ${c} ` +
        `channels, which need [${c}].`,
    );
  }
}

const placeOf = (plan: StepWriter, value: Value | null | undefined): Place | 0 =>
  value ? plan.place(value) : 0;

/** Appends out = (x - mean) inverse weight + bias. */
function writeNormalize(
  plan: StepWriter,
  out: Value,
  x: Value,
  [weight, bias, mean, inverse]: readonly (Place | 0)[],
): void {
  const [o, v] = joinRows([plan.view(out), plan.view(x)]);
  plan.step(
    "batchNorm",
    o!.n * o!.blocks * o!.h,
    [o!, v!, weight!, bias!, mean!, inverse!],
    2 * o!.w * LANES,
  );
}

/** The kernel writes four at a time. */
const wholeVectors = ({ elements }: Value): number => Math.ceil(elements / 4) * 4;

/** 1 / sqrt(var + eps). */
const inverseDeviation: Op<BatchNormAttrs> = {
  name: "batchNormInverse",
  infer: ([variance]) => [{ shape: variance!.shape, form: "dense", elements: wholeVectors(variance!) }],
  steps(node, plan) {
    writeInverse(plan, plan.place(node.outputs[0]!), node.inputs[0]!, node.attrs.eps);
  },
};

function writeInverse(plan: StepWriter, out: Place, variance: Value, eps: number): void {
  plan.step(
    "batchNormInverse",
    Math.ceil(variance.elements / 4),
    [out, plan.place(variance), plan.constants([float(eps)])],
    40,
  );
}

/** The gradients of weight and bias. Inputs: dy, x, mean [c], inverse deviation [c]. Outputs: dweight [c], dbias [c]. */
const batchNormGradWeight: Op<object> = {
  name: "batchNormGradWeight",
  infer: ([, , mean]) => [
    { shape: mean!.shape, form: "dense" },
    { shape: mean!.shape, form: "dense" },
  ],
  steps(node, plan) {
    const [dy, x, mean, inverse] = node.inputs;
    const view = plan.view(dy!);
    const planes = view.n * view.blocks;
    const partial = plan.scratch(planes * PARTIAL_DOUBLES * 2);
    const flops = 5 * view.h * view.w * LANES;
    plan.step("batchNormSums", planes, [partial, view, plan.view(x!), plan.place(mean!)], flops);
    const [dweight, dbias] = node.outputs.map((value) => plan.place(value)) as [Place, Place];
    const args = [dweight, dbias, partial, view, plan.place(inverse!)];
    plan.step("batchNormGradWeight", view.blocks, args, view.n * PARTIAL_DOUBLES);
  },
};

/** dx = dy weight inverse: statistics that are given do not depend on x. Inputs: dy, weight or null, inverse. */
const batchNormGradInput: Op<object> = {
  name: "batchNormGradInput",
  infer: ([dy]) => [{ shape: dy!.shape }],
  steps(node, plan) {
    const [dy, weight, inverse] = node.inputs;
    writeNormalize(plan, node.outputs[0]!, dy!, [placeOf(plan, weight), 0, 0, plan.place(inverse!)]);
  },
};

/** Inputs: dy, x, weight or null, mean, inverse, dweight, dbias. */
const batchNormTrainGradInput: Op<object> = {
  name: "batchNormTrainGradInput",
  infer: ([dy]) => [{ shape: dy!.shape }],
  steps(node, plan) {
    const [dy, x, ...vectors] = node.inputs;
    const [o, u, v] = joinRows([plan.view(node.outputs[0]!), plan.view(dy!), plan.view(x!)]);
    const count = sizeOf(x!.shape) / x!.shape[1]!;
    plan.step(
      "batchNormTrainGradInput",
      o!.n * o!.blocks * o!.h,
      [o!, u!, v!, ...vectors.map((value) => placeOf(plan, value)), plan.constants([float(1 / count)])],
      5 * o!.w * LANES,
    );
  },
};

/**
 * Batch normalisation by given statistics, as in evaluation. Inputs: x [n, c], [n, c, l] or [n, c, h, w], weight [c] or
 * null, bias [c] or null, mean [c], var [c].
 */
export const batchNorm: Op<BatchNormAttrs> = {
  name: "batchNorm",

  infer([x, weight, bias, mean, variance]) {
    checkInputs("batchNorm", x!, { weight, bias, "running mean": mean, "running variance": variance });
    return [{ shape: x!.shape }];
  },

  gradient(graph, node, [dy], needed) {
    const [x, weight, , mean, variance] = node.inputs;
    const inverse = graph.add(inverseDeviation, [variance!], node.attrs);
    return [
      needed[0] ? graph.add(batchNormGradInput, [dy!, weight!, inverse], {}) : null,
      ...vectorGradients(graph, [dy!, x!, mean!, inverse], needed),
    ];
  },

  steps(node, plan) {
    const [x, weight, bias, mean, variance] = node.inputs;
    const inverse = plan.scratch(wholeVectors(variance!));
    writeInverse(plan, inverse, variance!, node.attrs.eps);
    const vectors = [weight, bias, mean].map((value) => placeOf(plan, value));
    writeNormalize(plan, node.outputs[0]!, x!, [...vectors, inverse]);
  },
};

function vectorGradients(
  graph: GraphWriter,
  inputs: readonly Value[],
  needed: readonly boolean[],
): readonly (Value | null)[] {
  return needed[1] || needed[2] ? graph.addAll(batchNormGradWeight, inputs, {}) : [null, null];
}

/**
 * Batch normalisation by the statistics of the batch, as in training; it moves the running ones along (torch's rule,
 * unbiased variance). Inputs: x, weight [c] or null, bias [c] or null, running mean [c], running variance [c], number of
 * batches tracked [] or null. Outputs: y, mean [c], 1 / sqrt(variance + eps) [c].
 */
export const batchNormTrain: Op<BatchNormTrainAttrs> = {
  name: "batchNormTrain",
  effect: true,

  infer([x, weight, bias, runningMean, runningVar]) {
    checkInputs("batchNorm", x!, {
      weight,
      bias,
      "running mean": runningMean,
      "running variance": runningVar,
    });
    const c = x!.shape[1]!;
    check(
      sizeOf(x!.shape) > c,
      () =>
        `batchNorm: the input ${formatShape(x!.shape)} has one value per channel, which has no variance. Training needs ` +
        "more: use a larger batch or input, leave a last batch of one sample out with dropLast: true, or put the layer " +
        "before the map has shrunk to one pixel.",
    );
    return [{ shape: x!.shape }, { shape: [c], form: "dense" }, { shape: [c], form: "dense" }];
  },

  gradient(graph, node, [dy], needed) {
    const [x, weight] = node.inputs;
    const [, mean, inverse] = node.outputs;
    const [dweight, dbias] = graph.addAll(batchNormGradWeight, [dy!, x!, mean!, inverse!], {});
    const sums = [dweight!, dbias!];
    return [
      needed[0] ? graph.add(batchNormTrainGradInput, [dy!, x!, weight!, mean!, inverse!, ...sums], {}) : null,
      ...sums,
    ];
  },

  steps(node, plan) {
    const [x, weight, bias, runningMean, runningVar, tracked] = node.inputs;
    const [y, mean, inverse] = node.outputs;
    const { eps, momentum } = node.attrs;
    const [n, , h, w] = sizes4(x!.shape);
    const view = plan.view(x!);
    const planes = n * view.blocks;
    const partial = plan.scratch(planes * PARTIAL_DOUBLES * 2);
    plan.step("batchNormMoments", planes, [partial, view], 4 * h * w * LANES);
    const statistics = [mean, inverse, runningMean, runningVar, tracked].map((value) => placeOf(plan, value));
    const constants = plan.constants([float(eps), float(momentum)]);
    plan.step("batchNormStatistics", view.blocks, [...statistics, partial, view, constants], 10 * n * LANES);
    const vectors = [weight, bias, mean, inverse].map((value) => placeOf(plan, value));
    writeNormalize(plan, y!, x!, vectors);
  },
};
