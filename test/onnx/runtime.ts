// A model and its ONNX file, side by side: what ONNX Runtime computes from the file.

import type { Model } from "../../src/layers/model.js";
import { type ExportOptions, exportOnnx } from "../../src/onnx/export/export.js";
import { Tensor } from "../../src/tensor.js";
import { uniform } from "../harness/hashed.js";
import { onnxRuntime } from "../harness/oracles.js";
import { assert } from "../harness/suite.js";

/** The outputs of an ONNX file in ONNX Runtime, for each of the inputs. */
export async function runOnnx(file: Uint8Array, inputs: readonly Tensor[]): Promise<Tensor[]> {
  const ort = onnxRuntime();
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  try {
    const outputs: Tensor[] = [];
    for (const { data, shape } of inputs) {
      const feeds = { [session.inputNames[0]!]: new ort.Tensor("float32", data, shape) };
      const output = (await session.run(feeds))[session.outputNames[0]!]!;
      outputs.push(new Tensor(Float32Array.from(output.data), output.dims));
    }
    return outputs;
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
  const outputs = await runOnnx(file, inputs);
  let worst = 0;
  for (const [i, output] of outputs.entries()) {
    const off = difference(`a batch of ${batches[i]}`, output, await model.predict(inputs[i]!));
    worst = off <= worst ? worst : off;
  }
  return worst;
}
