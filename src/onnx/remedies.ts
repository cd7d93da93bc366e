import type { NodeInfo } from "./attributes.js";

const LAST = "Export the network up to there, and do the rest with its outputs";

/** Operators that people meet, why they are not supported, and what to do. */
const known: readonly (readonly [names: RegExp, reason: string, remedy: string])[] = [
  [
    /^(Loop|Scan|SequenceMap)$/,
    "graphs within the graph are not supported",
    "Export the network for fixed sizes, so that it has none",
  ],
  [/quant|Integer$|^QLinear/i, "quantised networks are not supported", "Export it in float32"],
  [
    /^(LSTM|GRU|RNN)$/,
    "recurrent layers are not supported",
    "This library is for convolutional networks: run this one in ONNX Runtime",
  ],
  [/^Einsum$/, "the operator is not supported", "Write it as torch.matmul with permute, and export again"],
  [/^(NonMaxSuppression|TopK|Unique|RoiAlign|MaxRoiPool)$/, "the operator is not supported", LAST],
  [/^Sequence|^SplitToSequence$|^ConcatFromSequence$/, "lists of tensors are not supported", LAST],
];

const GENERAL =
  "Write it in the network by those that are (docs/onnx.md lists them) and export again, or run the file in ONNX Runtime";

/** Throws for an operator that the importer does not know, with what to do instead. */
export function failUnknown(info: NodeInfo): never {
  const { operator, domain } = info;
  if (domain === "com.microsoft")
    info.fail(
      `the operator of the domain "${domain}" is not supported: ONNX Runtime's optimisations make such. Give the file ` +
        "as it was before.",
    );
  if (domain) info.fail(`the operator of the domain "${domain}" is not supported. ${GENERAL}.`);
  const [, reason, remedy] = known.find(([names]) => names.test(operator)) ?? [];
  return info.fail(`${reason ?? "the operator is not supported"}. ${remedy ?? GENERAL}.`);
}
