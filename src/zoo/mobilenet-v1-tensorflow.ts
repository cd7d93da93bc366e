import { check } from "../errors.js";
import type { Dialect } from "../layers/model.js";
import { formatShape, Tensor } from "../tensor.js";

/** Blocks before each stage: the thirteen of the network are numbered through in TensorFlow. */
const STAGE_STARTS = [1, 2, 4, 6, 12];

/** timm's name of the layer: "Conv2d_0" is the stem, "Conv2d_3_pointwise" the second half of the third block. */
function layerOf(name: string): string | undefined {
  if (name.includes("/Logits/Conv2d_1c_1x1/")) return "classifier";
  if (name.includes("/Conv2d_0/")) return "conv_stem";
  const [, number, half] = /\/Conv2d_(\d+)_(depthwise|pointwise)\//.exec(name) ?? [];
  if (!number) return undefined;
  const stage = STAGE_STARTS.findLastIndex((start) => start <= Number(number));
  return `blocks.${stage}.${Number(number) - STAGE_STARTS[stage]!}.conv_${half === "depthwise" ? "dw" : "pw"}`;
}

/** [out, h, w, in], or [1, h, w, channels] of a depthwise convolution, to [out, in, h, w]. */
function kernels(name: string, tensor: Tensor, depthwise: boolean): Tensor {
  check(
    tensor.shape.length === 4,
    () => `"${name}" has shape ${formatShape(tensor.shape)}; kernels of TensorFlow Lite have four sizes.`,
  );
  const [out, h, w, ins] = tensor.shape as [number, number, number, number];
  const shape = depthwise ? [ins, out, h, w] : [out, ins, h, w];
  const data = new Float32Array(tensor.size);
  for (let o = 0, from = 0; o < out; o++)
    for (let pixel = 0; pixel < h * w; pixel++)
      for (let i = 0; i < ins; i++, from++) {
        const row = depthwise ? i * out + o : o * ins + i;
        data[row * h * w + pixel] = tensor.data[from]!;
      }
  return new Tensor(data, shape);
}

/** TensorFlow Lite's names and order for MobileNet-v1 with batch norm folded into biases. */
export const tensorflowLite: Dialect = {
  name: "TensorFlow Lite's",
  applies: (names) => names.has("MobilenetV1/Conv2d_0/weights"),
  translate(state) {
    const entries = [...state].map(([name, tensor]): [string, Tensor] => {
      const layer = layerOf(name);
      if (layer === undefined) return [name, tensor];
      if (!name.endsWith("weights")) return [`${layer}.bias`, tensor];
      const weight = kernels(name, tensor, layer.endsWith("conv_dw"));
      return [
        `${layer}.weight`,
        layer === "classifier" ? weight.reshape(...weight.shape.slice(0, 2)) : weight,
      ];
    });
    return new Map(entries);
  },
};
