// A model and its ONNX file, side by side: what ONNX Runtime computes from the file.

import type { Model } from "../../src/layers/model.js";
import { type ExportOptions, exportOnnx } from "../../src/onnx/export/export.js";
import { Tensor } from "../../src/tensor.js";
import { uniform } from "../harness/hashed.js";
import { onnxRuntime } from "../harness/oracles.js";
import { assert } from "../harness/suite.js";

/** The outputs of an ONNX file in ONNX Runtime, by name, for inputs by name. */
export async function runOnnx(
  file: Uint8Array,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const [outputs] = await runAll(file, [inputs]);
  return outputs!;
}

/** The same for several sets of inputs, one after the other. */
export async function runAll(
  file: Uint8Array,
  sets: readonly Readonly<Record<string, Tensor>>[],
): Promise<Record<string, Tensor>[]> {
  const ort = onnxRuntime();
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  try {
    const results: Record<string, Tensor>[] = [];
    for (const inputs of sets) {
      const feeds = Object.entries(inputs).map(([name, { data, shape }]) => [
        name,
        new ort.Tensor("float32", data, shape),
      ]);
      const outputs = Object.entries(await session.run(Object.fromEntries(feeds)));
      const tensors = outputs.map(([name, { data, dims }]) => [
        name,
        new Tensor(Float32Array.from(data), dims),
      ]);
      results.push(Object.fromEntries(tensors));
    }
    return results;
  } finally {
    await session.release();
  }
}

/** The largest difference between two tensors of one shape, relative to the largest value. */
export function difference(what: string, actual: Tensor, expected: Tensor): number {
  assert.equal(actual.shape, expected.shape, what);
  let worst = 0;
  let largest = 1e-30;
  expected.data.forEach((value, i) => {
    const off = Math.abs(actual.data[i]! - value);
    worst = off <= worst ? worst : off;
    largest = Math.max(largest, Math.abs(value));
  });
  return worst / largest;
}

/** Exports the model, and compares what ONNX Runtime and `predict` make of batches of 1 and 3: the relative difference. */
export async function compareWithRuntime(model: Model, options: ExportOptions = {}): Promise<number> {
  const file = exportOnnx(model, options);
  const size = model.inputShape.reduce((product, side) => product * side, 1);
  const batches = options.batch === undefined ? [1, 3] : [options.batch];
  const inputs = batches.map((n) => new Tensor(uniform(`input ${n}`, n * size, 2), [n, ...model.inputShape]));
  const results = await runAll(
    file,
    inputs.map((input) => ({ input })),
  );
  let worst = 0;
  for (const [i, { output }] of results.entries()) {
    const off = difference(`a batch of ${batches[i]}`, output!, await model.predict(inputs[i]!));
    worst = off <= worst ? worst : off;
  }
  return worst;
}
