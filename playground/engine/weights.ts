import { type Model, Tensor } from "featuremap";

/** Weights by torch's names, as they cross between page and worker. */
export type Weights = Readonly<
  Record<string, { readonly data: Float32Array; readonly shape: readonly number[] }>
>;

export function weightsOf(model: Model): Weights {
  return Object.fromEntries([...model.stateDict()].map(([name, { data, shape }]) => [name, { data, shape }]));
}

export function setWeights(model: Model, weights: Weights): void {
  model.loadStateDict(
    new Map(Object.entries(weights).map(([name, { data, shape }]) => [name, new Tensor(data, shape)])),
  );
}

/** The network's weights, or with ONNX the whole network, as a file. */
export async function fileOf(model: Model, format: "safetensors" | "onnx"): Promise<Uint8Array<ArrayBuffer>> {
  const bytes =
    format === "onnx" ? (await import("featuremap/onnx")).exportOnnx(model) : model.toSafetensors();
  return bytes as Uint8Array<ArrayBuffer>;
}
