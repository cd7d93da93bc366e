import { check } from "../errors.js";
import { formatShape, type Shape } from "../tensor.js";
import { after, joinRows, LANES, type Place, type View } from "./layout.js";
import { float, type GraphWriter, type Op, type StepWriter, sizes4, type Value } from "./op.js";
import { sliced } from "./rearrange.js";
import { reduced } from "./reduced.js";
import { reshaped } from "./reshape.js";
import { checkRank } from "./shape.js";

// Each image is a batch of one to the kernels of batch normalisation.

interface InstanceNormAttrs {
  /** Added to the variance. */
  readonly eps: number;
}

/** One number for each channel of each image, by whole blocks. */
function perChannel(x: Value): Shape {
  const [n, c] = sizes4(x.shape);
  return [n, Math.ceil(c / LANES) * LANES];
}

/** Calls `write` for each image with the views cut down to it, and the places of its numbers per channel. */
function forImages(
  plan: StepWriter,
  blocked: readonly Value[],
  dense: readonly Value[],
  write: (views: readonly View[], places: readonly Place[]) => void,
): void {
  const views = blocked.map((value) => plan.view(value));
  const [{ n, blocks }] = views as [View];
  for (let image = 0; image < n; image++) {
    write(
      views.map((view) => ({ ...view, n: 1, offset: view.offset + image * view.image })),
      dense.map((value) => after(plan.place(value), image * blocks * LANES * 4)),
    );
  }
}

const optional = (plan: StepWriter, value: Value | null | undefined): Place | 0 =>
  value ? plan.place(value) : 0;

/** Inputs: dy, x, mean, inverse deviation. Outputs: dweight and dbias of each image. */
const instanceNormGradWeight: Op<object> = {
  name: "instanceNormGradWeight",
  infer: ([, , mean]) => [
    { shape: mean!.shape, form: "dense" },
    { shape: mean!.shape, form: "dense" },
  ],
  steps(node, plan) {
    const [dy, x, mean, inverse] = node.inputs as Value[];
    const sums = plan.scratch(mean!.shape[1]! * 4);
    const dense = [mean!, inverse!, ...node.outputs];
    forImages(plan, [dy!, x!], dense, ([u, v], [m, i, dweight, dbias]) => {
      plan.step("batchNormSums", v!.blocks, [sums, u!, v!, m!], 5 * v!.h * v!.w * LANES);
      plan.step("batchNormGradWeight", v!.blocks, [dweight!, dbias!, sums, u!, i!], 4 * LANES);
    });
  },
};

/** Inputs: dy, x, weight or null, mean, inverse, dweight and dbias of each image. */
const instanceNormGradInput: Op<object> = {
  name: "instanceNormGradInput",
  infer: ([dy]) => [{ shape: dy!.shape }],
  steps(node, plan) {
    const [dy, x, weight, ...rest] = node.inputs;
    forImages(plan, [node.outputs[0]!, dy!, x!], rest as Value[], (views, places) => {
      const [o, u, v] = joinRows(views);
      const share = plan.constants([float(1 / (v!.h * v!.w))]);
      plan.step(
        "batchNormTrainGradInput",
        o!.blocks * o!.h,
        [o!, u!, v!, optional(plan, weight), ...places, share],
        5 * o!.w * LANES,
      );
    });
  },
};

/** Outputs: y, and mean and 1 / sqrt(variance + eps) of each channel of each image. */
const instanceNormOp: Op<InstanceNormAttrs> = {
  name: "instanceNorm",

  infer([x, weight, bias]) {
    checkRank("instanceNorm", x!, [3, 4], "[n, c, h, w] or [n, c, l]");
    const c = x!.shape[1]!;
    for (const [name, vector] of Object.entries({ weight, bias })) {
      check(
        !vector || (vector.shape.length === 1 && vector.shape[0] === c),
        () =>
          `instanceNorm: the ${name} has shape ${formatShape(vector!.shape)}, but the input ${formatShape(x!.shape)} ` +
          `has ${c} channels, which need [${c}].`,
      );
    }
    const shape = perChannel(x!);
    return [{ shape: x!.shape }, { shape, form: "dense" }, { shape, form: "dense" }];
  },

  sight: () => "all",

  gradient(graph, node, [dy], needed) {
    const [x, weight] = node.inputs;
    const [, mean, inverse] = node.outputs;
    const images = graph.addAll(instanceNormGradWeight, [dy!, x!, mean!, inverse!], {});
    const summed = (value: Value): Value => {
      const sum = value.shape[0] === 1 ? reshaped(graph, value, [value.shape[1]!]) : null;
      return sliced(graph, sum ?? reduced(graph, value, "sum", [0], false), [0], [x!.shape[1]!]);
    };
    return [
      needed[0] ? graph.add(instanceNormGradInput, [dy!, x!, weight!, mean!, inverse!, ...images], {}) : null,
      needed[1] ? summed(images[0]!) : null,
      needed[2] ? summed(images[1]!) : null,
    ];
  },

  steps(node, plan) {
    const [x, weight, bias] = node.inputs;
    const [y, mean, inverse] = node.outputs as [Value, Value, Value];
    const width = mean.shape[1]!;
    const partial = plan.scratch(width * 4);
    // The kernel moves running statistics along, which nobody keeps here.
    const [runningMean, runningVar] = [plan.scratch(width), plan.scratch(width)];
    const constants = plan.constants([float(node.attrs.eps), float(0)]);
    forImages(plan, [y, x!], [mean, inverse], ([out, v], [m, i]) => {
      plan.step("batchNormMoments", v!.blocks, [partial, v!], 4 * v!.h * v!.w * LANES);
      const statistics = [m!, i!, runningMean, runningVar, 0, partial, v!, constants];
      plan.step("batchNormStatistics", v!.blocks, statistics, 10 * LANES);
      const [to, from] = joinRows([out!, v!]);
      const vectors = [optional(plan, weight), optional(plan, bias), m!, i!];
      plan.step("batchNorm", to!.blocks * to!.h, [to!, from!, ...vectors], 2 * to!.w * LANES);
    });
  },
};

/**
 * Instance normalisation (Ulyanov et al., 2016): (x - mean) / sqrt(variance + eps) weight + bias with the mean and the
 * variance of each channel of each image. x [n, c, h, w] or [n, c, l]; weight and bias [c], or null for 1 and 0.
 */
export function instanceNorm(
  graph: GraphWriter,
  x: Value,
  weight: Value | null,
  bias: Value | null,
  eps: number,
): Value {
  return graph.add(instanceNormOp, [x, weight, bias], { eps });
}
