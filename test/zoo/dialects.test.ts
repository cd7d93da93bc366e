// Weights under other names give the same answers: networks in timm's form, computed by test/goldens/timm.py.

import { conv2d, type Model, sequential, Tensor } from "../../src/index.js";
import { type Nested, sizeOf, tensor } from "../../src/tensor.js";
import { writeSafetensors } from "../../src/weights/index.js";
import { mobilenetV2, vgg } from "../../src/zoo/index.js";
import { fixture } from "../harness/fixture.js";
import { uniform, weight } from "../harness/hashed.js";
import { assert, near, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";

const test = suite("names of other libraries");

interface Golden {
  readonly state: Record<string, number[]>;
  readonly input: number[];
  readonly output: Nested;
}

const goldens = async (): Promise<Record<string, Golden>> =>
  JSON.parse(new TextDecoder().decode(await fixture("goldens/timm.json")));

/** As a file, with a prefix before every name. */
const file = ({ state }: Golden, prefix = ""): Uint8Array =>
  writeSafetensors(Object.entries(state).map(([name, shape]) => [prefix + name, weight(name, shape)]));

async function agrees(model: Model, { input, output }: Golden): Promise<void> {
  const x = new Tensor(uniform("input", sizeOf(input)), input);
  near((await model.predict(x)).data, tensor(output).data, { atol: 1e-4, rtol: 1e-4 });
  model.dispose();
}

const small = {
  blocks: [
    [1, 8],
    [2, 12],
  ] as const,
  hidden: 10,
  inputShape: [3, 28, 28],
};
const narrow = { width: 0.125, inputShape: [3, 64, 64] };

test("VGG, whose hidden layers timm has as convolutions", async () => {
  const golden = await goldens();
  await agrees(await vgg({ ...small, weights: file(golden.vgg!) }), golden.vgg!);
  await agrees(await vgg({ ...small, batchNorm: true, weights: file(golden.vgg_bn!) }), golden.vgg_bn!);
});

test("MobileNet-v2, whose blocks timm names by the rows of the paper's table", async () => {
  const golden = (await goldens()).mobilenet_v2!;
  await agrees(await mobilenetV2({ ...narrow, weights: file(golden) }), golden);
});

test("prefixes of what a network was saved in, also before another library's names", async () => {
  const golden = (await goldens()).mobilenet_v2!;
  for (const prefix of ["module.", "_orig_mod.", "module._orig_mod.", "model.", "backbone."]) {
    await agrees(await mobilenetV2({ ...narrow, weights: file(golden, prefix) }), golden);
  }
});

test("an error says which names were understood, and lists what is left over", async () => {
  const golden = (await goldens()).mobilenet_v2!;
  const { "classifier.bias": _, ...state } = golden.state;
  const damaged = { ...golden, state: { ...state, "blocks.0.0.se.weight": [1] } };
  await rejectsMessage(
    mobilenetV2({ ...narrow, weights: file(damaged, "module.") }),
    /Read as names of DataParallel \(module\.\), then timm's names\. missing: classifier\.1\.bias; unexpected: blocks\.0\.0\.se\.weight\. Nothing was loaded/,
  );
});

test("any network takes a wrapper's names; its own are left alone", async () => {
  const model = await sequential({ model: sequential([conv2d(2, 1)]) }).build([1, 2, 2]);
  const state = model.stateDict();
  const wrapped = new Map([...state].map(([name, value]) => [`module.${name}`, value]));
  model.loadStateDict(wrapped);
  model.loadStateDict(new Map([...wrapped, ["n_averaged", tensor([3])]]));
  state.delete("model.0.bias");
  throwsMessage(
    () => model.loadStateDict(state),
    /^The state does not fit the model\. missing: model\.0\.bias\. Nothing/,
  );
  assert.is(model.stateDict().size, 2);
  model.dispose();
});

test.run();
