import {
  batchNorm2d,
  conv2d,
  type Dialect,
  flatten,
  type LoadOptions,
  linear,
  type Model,
  relu,
  sequential,
  Tensor,
  tensor,
} from "featuremap";
import { readSafetensors, writeSafetensors } from "featuremap/weights";
import { writeFileAtomic } from "#platform";
import { FeatureMapError } from "../../src/errors.js";
import { assert, rejectsMessage, suite, throwsMessage } from "../harness/suite.js";
import { noise } from "../wasm/machines.js";

const test = suite("state");

const network = sequential({
  conv: conv2d(4, 3),
  norm: batchNorm2d(),
  act: relu(),
  flatten: flatten(),
  head: sequential([linear(6), relu(), linear(3)]),
});
const SHAPE = [2, 5, 5];
const build = (seed = 1, classes?: string[]): Promise<Model> => network.build(SHAPE, { seed, classes });

const values = (model: Model) => new Map([...model.stateDict()].map(([name, { data }]) => [name, data]));

test("the state has torch's names, shapes and order, and is a copy", async () => {
  using model = await build();
  const state = model.stateDict();
  assert.equal(
    [...state].map(([name, { shape }]) => `${name} ${shape.join("x")}`),
    [
      "conv.weight 4x2x3x3",
      "conv.bias 4",
      "norm.weight 4",
      "norm.bias 4",
      "norm.running_mean 4",
      "norm.running_var 4",
      "norm.num_batches_tracked ",
      "head.0.weight 6x36",
      "head.0.bias 6",
      "head.2.weight 3x6",
      "head.2.bias 3",
    ],
  );
  assert.is(model.parameterCount, 72 + 4 + 8 + 216 + 6 + 18 + 3);
  assert.is(model.parameters().length, 8);
  const before = values(model);
  for (const { data } of state.values()) data.fill(7);
  assert.equal(values(model), before);
});

test("loading what another model gave makes the same model", async () => {
  using model = await build(1);
  using other = await build(2);
  const x = noise([2, 2, 5, 5]);
  const expected = model.predictSync(x).data;
  assert.not.equal(other.predictSync(x).data, expected);
  other.loadStateDict(model.stateDict());
  assert.equal(values(other), values(model));
  // Also where packed weights had been kept.
  assert.equal(other.predictSync(x).data, expected);
  assert.equal((await other.predict(x)).data, expected);
});

test("a call that waits for its turn while weights are loaded computes with the new ones alone", async () => {
  using model = await build(1);
  using busy = await build(3);
  using other = await build(2);
  const x = noise([2, 2, 5, 5]);
  const expected = other.predictSync(x).data;
  await model.predict(x);
  const before = busy.predict(x);
  const waiting = model.predict(x);
  model.loadStateDict(other.stateDict());
  await before;
  assert.equal((await waiting).data, expected);
  assert.equal((await model.predict(x)).data, expected);
});

test("running statistics are loaded and used", async () => {
  using model = await sequential([batchNorm2d({ eps: 1e-5, affine: false })]).build([2, 1, 1]);
  model.loadStateDict(
    new Map([
      ["0.running_mean", tensor([1, 2])],
      ["0.running_var", tensor([4, 9])],
      ["0.num_batches_tracked", tensor([12], [])],
    ]),
  );
  const { data } = model.predictSync(tensor([3, 8], [1, 2, 1, 1]));
  assert.ok(Math.abs(data[0]! - 1) < 1e-5 && Math.abs(data[1]! - 2) < 1e-5);
  assert.is(model.stateDict().get("0.num_batches_tracked")!.data[0], 12);
});

test("one number may be [] or [1], but only one", async () => {
  using model = await sequential([linear(1)]).build([1]);
  const shapes = (weight: number[], bias: number[]) => {
    const filled = (shape: number[], value: number) =>
      new Tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value), shape);
    return { "0.weight": filled(weight, 3), "0.bias": filled(bias, 4) };
  };
  for (const [weight, bias] of [
    [[], []],
    [[1], [1, 1, 1]],
  ] as const) {
    model.loadStateDict(shapes([...weight], [...bias]));
    assert.equal(
      [...values(model).values()].map(([value]) => value),
      [3, 4],
    );
  }
  for (const bias of [[2], [0], [1, 3]])
    throwsMessage(
      () => model.loadStateDict(shapes([1, 1], bias)),
      /wrongly shaped: 0\.bias \(\[.*\] instead of \[1\]\)/,
    );
  using wide = await sequential([linear(2)]).build([2]);
  for (const bias of [[], [1]])
    throwsMessage(
      () => wide.loadStateDict(shapes([2, 2], bias)),
      /wrongly shaped: 0\.bias \(\[1?\] instead of \[2\]\)/,
    );
});

test("a dialect is spoken where that makes nothing worse", async () => {
  using model = await sequential({ fc: linear(2) }).build([2]);
  const weight = new Tensor(new Float32Array(4).fill(5), [2, 2]);
  // Nothing fits either way: what is told is the names without the wrapper's prefix.
  throwsMessage(
    () => model.loadStateDict({ "module.a": weight, "module.b": weight }),
    /Read as .*missing: fc\.weight, fc\.bias; unexpected: a, b\./,
  );
  // A dialect that takes the network's own name for another's is not heard.
  const greedy: Dialect = {
    name: "greedy",
    applies: () => true,
    translate: (state) => new Map([...state].map(([name, value]) => [`${name}.more`, value])),
  };
  using own = await sequential({ fc: linear(2) }).build([2], { dialects: [greedy] });
  throwsMessage(
    () => own.loadStateDict({ "fc.weight": weight }),
    /does not fit the model\. missing: fc\.bias\. Nothing/,
  );
});

test("missing, unexpected and wrongly shaped entries are told together, and nothing is changed", async () => {
  using model = await build();
  const before = values(model);
  const state = new Map(model.stateDict());
  for (const { data } of state.values()) data.fill(7);
  state.delete("conv.bias");
  state.delete("head.2.weight");
  state.set("fc.weight", tensor([1]));
  state.set("head.0.weight", noise([6, 35]));
  state.set("norm.weight", noise([1, 4]));
  let error: unknown;
  try {
    model.loadStateDict(state);
  } catch (thrown) {
    error = thrown;
  }
  assert.instance(error, FeatureMapError);
  assert.is(
    (error as Error).message,
    "The state does not fit the model. missing: conv.bias, head.2.weight; unexpected: fc.weight; " +
      "wrongly shaped: norm.weight ([1, 4] instead of [4]), head.0.weight ([6, 35] instead of [6, 36]). " +
      "Nothing was loaded. Build the network that the weights belong to, or use { strict: false } to load what matches.",
  );
  assert.equal(values(model), before);
});

test("of many names that do not fit, the first are told and the others counted", async () => {
  using model = await build();
  const state = new Map(model.stateDict());
  for (let i = 0; i < 300; i++) state.set(`layer.${i}`, tensor([i]));
  throwsMessage(
    () => model.loadStateDict(state),
    /unexpected: layer\.0, (layer\.\d, ){8}layer\.9 and 290 more[;.]/,
  );
});

test("without strict what matches is loaded, but a wrong shape is still an error", async () => {
  using model = await build();
  const before = values(model);
  const some = new Map([
    ["conv.bias", tensor([1, 2, 3, 4])],
    ["fc.weight", tensor([1])],
  ]);
  throwsMessage(() => model.loadStateDict(some), /missing: conv\.weight.*unexpected: fc\.weight/);
  model.loadStateDict(some, { strict: false });
  assert.equal(values(model), new Map([...before, ["conv.bias", Float32Array.of(1, 2, 3, 4)]]));
  some.set("conv.bias", tensor([1, 2, 3]));
  throwsMessage(
    () => model.loadStateDict(some, { strict: false }),
    /wrongly shaped: conv\.bias \(\[3\] instead of \[4\]\)\. Nothing was loaded\. Build the network that the weights belong to, or leave/,
  );
});

test("the count of batches may be missing, as in old files, or have one dimension", async () => {
  using model = await build();
  const state = new Map(model.stateDict());
  state.delete("norm.num_batches_tracked");
  model.loadStateDict(state);
  state.set("norm.num_batches_tracked", tensor([3]));
  model.loadStateDict(state);
  assert.is(values(model).get("norm.num_batches_tracked")![0], 3);
});

test("what is skipped stays as it is, whatever the state has there", async () => {
  using model = await build(3);
  using other = await build(4);
  const own = values(model);
  const state = new Map(other.stateDict());
  const [first] = state.keys();
  const prefix = first!.split(".")[0]!;
  const under = [...state.keys()].filter((name) => name.startsWith(`${prefix}.`));
  state.set(first!, tensor([1, 2, 3]));
  throwsMessage(() => model.loadStateDict(state), /wrongly shaped: .*instead of/);
  model.loadStateDict(state, { skip: [prefix] });
  for (const name of under) state.delete(name);
  model.loadStateDict(state, { skip: [prefix] });
  const now = values(model);
  for (const [name, expected] of values(other)) {
    assert.equal(now.get(name), under.includes(name) ? own.get(name) : expected, name);
  }
  throwsMessage(
    () => model.loadStateDict(state, { skip: ["hat"] }),
    /nothing under "hat" to skip\. The names are/,
  );
  throwsMessage(
    () => model.loadStateDict(state, { skip: "fc" as never }),
    /skip is "fc"; it must be a list of names/,
  );
});

test("other libraries' names are understood, one within the other, and named in errors", async () => {
  const prefixed: Dialect = {
    name: "wrapped",
    applies: (names) => [...names].every((name) => name.startsWith("module.")),
    translate: (state) => new Map([...state].map(([name, value]) => [name.slice("module.".length), value])),
  };
  const loud: Dialect = {
    name: "upper case",
    applies: (names) => [...names].every((name) => name === name.toUpperCase()),
    translate: (state) => new Map([...state].map(([name, value]) => [name.toLowerCase(), value])),
  };
  using model = await network.build(SHAPE, { seed: 1, dialects: [loud, prefixed] });
  using other = await build(4);
  const upper = new Map(
    [...other.stateDict()].map(([name, value]) => [`module.${name.toUpperCase()}`, value]),
  );
  model.loadStateDict(upper);
  assert.equal(values(model), values(other));
  const [first] = upper.keys();
  upper.delete(first!);
  throwsMessage(
    () => model.loadStateDict(upper),
    /does not fit the model\. Read as wrapped, then upper case\. missing: /,
  );
});

test("the way out fits what is wrong", async () => {
  using model = await build();
  const state = new Map(model.stateDict());
  const name = [...state.keys()].find((one) => one.endsWith("weight"))!;
  const layer = name.slice(0, name.lastIndexOf("."));
  state.set(name, tensor([1, 2, 3]));
  const skips = new RegExp(`or leave these layers as they are: \\{ skip: \\["${layer}"\\] \\}\\.$`);
  throwsMessage(() => model.loadStateDict(state), skips);
  throwsMessage(() => model.loadStateDict(state, { strict: false }), skips);
  state.delete(name);
  throwsMessage(() => model.loadStateDict(state), /or use \{ strict: false \} to load what matches\.$/);
  throwsMessage(
    () => model.loadStateDict({ "a.weight": tensor([1]) }, { strict: false }),
    /none of its names is the model's: it has a\.weight, the model /,
  );
});

test("unknown options are refused", async () => {
  using model = await build();
  throwsMessage(
    () => model.loadStateDict(model.stateDict(), { lenient: true } as LoadOptions),
    /^loadStateDict: unknown option "lenient"\. It takes: strict, skip\.$/,
  );
  await rejectsMessage(() => network.build(SHAPE, { sed: 1 } as object), /^build: unknown option "sed"/);
});

test("weights and class names go through the bytes of a file", async () => {
  using model = await build(3, ["ant", "bee", "cat \u{1F408}"]);
  const bytes = model.toSafetensors();
  const { tensors, metadata } = readSafetensors(bytes);
  assert.equal([...tensors.keys()].sort(), [...model.stateDict().keys()].sort());
  assert.is(metadata.format, "pt");
  for (const source of [bytes, bytes.slice().buffer as ArrayBuffer, new Blob([bytes.slice()])]) {
    using other = await build(4);
    await other.load(source);
    assert.equal(values(other), values(model));
    assert.equal(other.classes, ["ant", "bee", "cat \u{1F408}"]);
  }
  using again = await build(5);
  await again.load(bytes);
  assert.equal(again.toSafetensors(), bytes);
});

test("files of other programs have no class names, or none that fit", async () => {
  for (const metadata of [
    {},
    { classes: "no json" },
    { classes: '["one"]' },
    { classes: "[1, 2, 3]" },
    { classes: "{}" },
  ]) {
    using model = await build(1, ["a", "b", "c"]);
    await model.load(writeSafetensors(model.stateDict(), metadata as Record<string, string>));
    assert.equal(model.classes, ["a", "b", "c"]);
  }
});

test("bytes that are no weights, or those of another network, say so", async () => {
  using model = await build();
  const before = values(model);
  await rejectsMessage(() => model.load(new Uint8Array(4)), /^The weights file/);
  using other = await sequential([conv2d(3, 3)]).build([2, 5, 5]);
  await rejectsMessage(
    () => model.load(other.toSafetensors()),
    /^The weights file does not fit the model\. missing: conv/,
  );
  assert.equal(values(model), before);
});

if (globalThis.process) {
  test("saving and loading a file is a round trip; another network's file is told by its name", async () => {
    const fs = process.getBuiltinModule("node:fs");
    const folder = fs.mkdtempSync(`${process.getBuiltinModule("node:os").tmpdir()}/featuremap-`);
    try {
      const path = `${folder}/weights.safetensors`;
      using model = await build(3, ["x", "y", "z"]);
      await model.save(path);
      using other = await build(4);
      await other.load(path);
      assert.equal(values(other), values(model));
      assert.equal(other.classes, ["x", "y", "z"]);
      using wrong = await sequential([linear(2)]).build([3]);
      await rejectsMessage(
        () => wrong.load(path),
        /weights\.safetensors.*missing: 0\.weight, 0\.bias; unexpected: conv\.weight/,
      );
      await rejectsMessage(
        () => wrong.load(`${folder}/nothing`),
        /Cannot read .*nothing: there is no such file/,
      );
      await rejectsMessage(() => wrong.save(`${folder}/none/x`), /Cannot write .*none\/x/);
      await writeFileAtomic(path, new Uint8Array(3));
      await rejectsMessage(() => other.load(path), /weights\.safetensors/);
      assert.equal(values(other), values(model));
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
}

test("freezing marks parameters by the beginning of their names", async () => {
  using model = await build();
  const frozen = () =>
    model
      .parameters()
      .filter(({ trainable }) => !trainable)
      .map(({ name }) => name);
  assert.equal(frozen(), []);
  model.freeze("conv", "head.0.bias");
  assert.equal(frozen(), ["conv.weight", "conv.bias", "head.0.bias"]);
  model.unfreeze("conv.bias");
  assert.equal(frozen(), ["conv.weight", "head.0.bias"]);
  model.freeze();
  assert.is(frozen().length, 8);
  model.unfreeze("head");
  assert.equal(frozen(), ["conv.weight", "conv.bias", "norm.weight", "norm.bias"]);
  model.unfreeze();
  assert.equal(frozen(), []);
  // Whole names only: "hea" is no layer.
  for (const wrong of ["hea", "head.0.weigh", "norm.running_mean", ""]) {
    throwsMessage(
      () => model.freeze("conv", wrong),
      new RegExp(`^No parameter of the model is under "${wrong}"\\. There are: conv\\.weight`),
    );
  }
  assert.equal(frozen(), []);
});

test("a parameter of one value loads from a scalar", async () => {
  using model = await sequential([linear(1)]).build([1]);
  model.loadStateDict(
    new Map([
      ["0.weight", new Tensor(Float32Array.of(2), [])],
      ["0.bias", tensor([3], [1, 1])],
    ]),
  );
  assert.is(model.predictSync(tensor([[5]])).data[0], 13);
});

test.run();
