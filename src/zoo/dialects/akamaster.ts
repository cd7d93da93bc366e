import type { Dialect } from "../../layers/model.js";

/** ResNets for CIFAR-10 in PyTorch, as https://github.com/akamaster/pytorch_resnet_cifar10 and its weights name them. */
export const akamaster: Dialect = {
  name: "akamaster's names",
  applies: (names) => names.has("linear.weight") && names.has("layer1.0.conv1.weight"),
  translate: (state) =>
    new Map(
      [...state].map(([name, tensor]) => [
        name.replace(/^linear\./, "fc.").replace(".shortcut.", ".downsample."),
        tensor,
      ]),
    ),
};
