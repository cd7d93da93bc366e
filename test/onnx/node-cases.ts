import { floatsOf } from "../../src/onnx/host/host.js";
import { importOnnx } from "../../src/onnx/index.js";
import { readModel, readTensor } from "../../src/onnx/proto/read.js";
import { type HostTensor, readNumbers } from "../../src/onnx/proto/tensor.js";
import { unpack } from "../../src/platform/unpack.js";
import { Tensor } from "../../src/tensor.js";
import { fixture } from "../harness/fixture.js";
import { near } from "../harness/suite.js";

/** A network of one operator or few, what goes in and what must come out: see test/goldens/onnx-nodes.py. */
export interface NodeCase {
  readonly name: string;
  readonly model: Uint8Array;
  readonly inputs: readonly HostTensor[];
  readonly outputs: readonly HostTensor[];
  readonly rtol: number;
  readonly atol: number;
}

type Place = [offset: number, bytes: number];

interface Entry {
  name: string;
  model: Place;
  inputs: Place[];
  outputs: Place[];
  rtol: number;
  atol: number;
}

export async function nodeCases(): Promise<NodeCase[]> {
  const { data } = await unpack([await fixture("onnx/nodes.bin")], "deflate", 2 ** 26, "nodes.bin");
  const end = data.indexOf(0);
  const entries: Entry[] = JSON.parse(new TextDecoder().decode(data.subarray(0, end)));
  const part = ([offset, bytes]: Place): Uint8Array =>
    data.subarray(end + 1 + offset, end + 1 + offset + bytes);
  const tensor = (place: Place): HostTensor => readNumbers("A tensor", readTensor(part(place)));
  return entries.map(({ name, model, inputs, outputs, rtol, atol }) => ({
    ...{ name, rtol, atol },
    model: part(model),
    inputs: inputs.map(tensor),
    outputs: outputs.map(tensor),
  }));
}

/** Imports the network, runs it and compares. Whole numbers must be exact, floats as near as the case asks for. */
export async function runCase({ model, inputs, outputs, rtol, atol, name }: NodeCase): Promise<void> {
  const { graph } = readModel(model);
  using imported = await importOnnx(model);
  const feeds = imported.ports.map((port) => {
    const given = inputs[graph!.input.findIndex((one) => one.name === port.name)]!;
    return [port.name, new Tensor(floatsOf(given), given.shape)] as const;
  });
  const results = await imported.predict(Object.fromEntries(feeds));
  graph!.output.forEach((output, i) => {
    const expected = outputs[i];
    const actual = results[output.name!];
    if (!expected || !actual) throw new Error(`${name}: no output "${output.name}"`);
    const [is, must] = [actual.shape.join(), expected.shape.join()];
    if (is !== must) throw new Error(`${name}: the output has shape [${is}], not [${must}]`);
    near(actual.data, floatsOf(expected), { rtol, atol: Math.max(atol, 1e-6) }, name);
  });
}
