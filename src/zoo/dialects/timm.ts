// timm's names for networks that torchvision names otherwise. (ResNet and Inception-v3 have the same names in both.)

import type { Dialect } from "../../layers/model.js";
import { sizeOf, type Tensor } from "../../tensor.js";

/** VGG: its hidden layers are convolutions over all that they see, by 7 x 7 and 1 x 1 kernels. */
export const timmVgg: Dialect = {
  name: "timm's names",
  applies: (names) => names.has("pre_logits.fc1.weight"),
  translate: (state) =>
    renamed(state, (name) =>
      name
        .replace(/^pre_logits\.fc1\./, "classifier.0.")
        .replace(/^pre_logits\.fc2\./, "classifier.3.")
        .replace(/^head\.fc\./, "classifier.6."),
    ),
};

/** MobileNet-v2: blocks are numbered within the rows of the paper's table, and their layers have names. */
export const timmMobilenetV2: Dialect = {
  name: "timm's names",
  applies: (names) => names.has("conv_stem.weight") && names.has("blocks.0.0.conv_dw.weight"),
  translate(state) {
    // The blocks in their order, [row, place]: features.0 is the stem, so they begin at 1.
    const blocks = [...state.keys()].flatMap((name) => /^blocks\.(\d+\.\d+)\./.exec(name)?.[1] ?? []);
    const order = [...new Set(blocks)].sort((a, b) => {
      const [rowA, placeA] = a.split(".").map(Number);
      const [rowB, placeB] = b.split(".").map(Number);
      return rowA! - rowB! || placeA! - placeB!;
    });
    const widens = (block: string): boolean => state.has(`blocks.${block}.conv_pwl.weight`);
    return renamed(state, (name) => {
      const [, block, layer, rest] = /^blocks\.(\d+\.\d+)\.(\w+)\.(.*)$/.exec(name) ?? [];
      if (block !== undefined) {
        const inner = (widens(block) ? inverted : separable)[layer!];
        return inner === undefined ? name : `features.${order.indexOf(block) + 1}.conv.${inner}.${rest}`;
      }
      return name
        .replace(/^conv_stem\./, "features.0.0.")
        .replace(/^bn1\./, "features.0.1.")
        .replace(/^conv_head\./, `features.${order.length + 1}.0.`)
        .replace(/^bn2\./, `features.${order.length + 1}.1.`)
        .replace(/^classifier\./, "classifier.1.");
    });
  },
};

/** The first block, which does not widen its channels. */
const separable: Readonly<Record<string, string>> = { conv_dw: "0.0", bn1: "0.1", conv_pw: "1", bn2: "2" };
const inverted: Readonly<Record<string, string>> = {
  conv_pw: "0.0",
  bn1: "0.1",
  conv_dw: "1.0",
  bn2: "1.1",
  conv_pwl: "2",
  bn3: "3",
};

/** Under other names; kernels that became the weights of linear layers, [out, c, h, w], as [out, c h w]. */
function renamed(state: ReadonlyMap<string, Tensor>, rename: (name: string) => string): Map<string, Tensor> {
  return new Map(
    [...state].map(([name, tensor]) => {
      const own = rename(name);
      const [out, ...rest] = tensor.shape;
      const isKernels = own.startsWith("classifier.") && rest.length > 1;
      return [own, isKernels ? tensor.reshape(out!, sizeOf(rest)) : tensor];
    }),
  );
}
