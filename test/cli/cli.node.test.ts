// The command line as people run it: build/cli.js as a process of its own.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { encodePng, type Image, resize } from "../../src/image/index.js";
import "../../src/wasm/inline.js";
import { flatten, globalAvgPool2d, sequential } from "../../src/index.js";
import { custom } from "../../src/layers/layer.js";
import { buildModel } from "../../src/layers/model.js";
import { exportOnnx } from "../../src/onnx/index.js";
import type { Value } from "../../src/ops/op.js";
import { Tensor } from "../../src/tensor.js";
import { readNpy, readSafetensors, writeNpy, writeSafetensors } from "../../src/weights/index.js";
import { assert, near, sharedData, skip, suite } from "../harness/suite.js";
import { onnx } from "../onnx/build.js";

const cli = resolve("build/cli.js");
const { NO_COLOR: _no, FORCE_COLOR: _force, ...environment } = process.env;
const tiny = "--data mnist --limit 320 --epochs 2 --threads 2".split(" ");

/** A folder to work in. */
let folder: string;

const test = suite("command line");

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "featuremap-cli-"));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(...args: string[]): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: environment,
  });
  return { code: status, out: stdout, err: stderr };
}

function succeeds(...args: string[]): string {
  const { code, out, err } = run(...args);
  assert.is(code, 0, err);
  assert.is(err, "", "no progress where standard error is not a terminal");
  return out;
}

/** The call ends with the code and one line on standard error, which is given. */
function fails(code: number, ...args: string[]): string {
  const result = run(...args);
  assert.is(result.code, code, result.err);
  assert.match(result.err, /^error: /);
  assert.not.match(result.err, /\n\s+at /, "a stack");
  return result.err.trim();
}

const path = (name: string): string => join(folder, name);

/** Bytes of the weights that the tests share, trained a little at first use. */
let weights: string | undefined;
function trained(): string {
  if (weights === undefined) {
    succeeds("train", "lenet5", ...tiny, "--out", "shared.safetensors");
    weights = "shared.safetensors";
  }
  return weights;
}

/** Three strokes on a ground, as a digit might look. */
function drawing(size: number, stroke: number, ground: number): Image {
  const image = { width: 28, height: 28, channels: 1 as const, data: new Uint8Array(28 * 28).fill(ground) };
  for (let y = 5; y < 23; y++) {
    for (let x = 6; x < 22; x++)
      if (y < 8 || Math.abs(22 - x - (y - 5) * 0.6) < 2) image.data[y * 28 + x] = stroke;
  }
  return resize(image, { width: size, height: size });
}

test("every command has a help with an example", () => {
  const all = succeeds("--help");
  for (const command of ["train", "evaluate", "classify", "predict", "export", "summary", "models"]) {
    assert.ok(all.includes(`  ${command} `), command);
    const help = succeeds(command, "--help");
    assert.match(help, /^Usage: featuremap/);
    assert.match(help, new RegExp(`Examples?:\\n  featuremap ${command} `));
    assert.match(help, /--json/);
    const widest = Math.max(...help.split("\n").map((line) => line.length));
    assert.ok(widest <= 120, `${command}: a line of ${widest} characters`);
  }
  assert.is(succeeds("--version").trim(), JSON.parse(readFileSync("package.json", "utf8")).version);
});

test("wrong calls end with code 2 and a suggestion", () => {
  assert.match(run().err, /^Usage: featuremap/);
  assert.is(run().code, 2);
  assert.match(fails(2, "trian"), /unknown command 'trian'\n\(Did you mean train\?\)/);
  assert.match(
    fails(2, "train", "lenet5", "--data", "mnist", "--epoch", "3"),
    /unknown option '--epoch'\n\(Did you mean --epochs\?\)/,
  );
  assert.match(fails(2, "train", "lenet5"), /required option '--data <name>' not specified/);
  assert.match(fails(2, "summary", "lenet"), /no network "lenet"\. Did you mean lenet5\?/);
  assert.match(fails(2, "summary", "nothing"), /no network "nothing"\. There are: .*lenet5/);
  assert.match(fails(2, "train", "lenet5", "--data", "mnst"), /no data set "mnst"\. Did you mean mnist\?/);
  assert.match(
    fails(2, "train", "lenet5", "--data", "mnist", "--epochs", "two"),
    /'two' is invalid\. It must be a whole number of at least 1\./,
  );
  assert.match(
    fails(2, "train", "lenet5", "--data", "mnist", "--lr", "-1"),
    /'-1' is invalid\. It must be a number above 0\./,
  );
  assert.match(
    fails(2, "train", "lenet5", "--data", "mnist", "--optimizer", "sgd"),
    /sgd needs a learning rate\. Give it as --lr\./,
  );
  assert.match(fails(2, "train", "lenet5", "--data", "cifar10"), /--data-dir/);
  assert.match(
    fails(2, "predict", "lenet5", "--weights", "x", "--input", "a=x.npy", "--output", "y.npy"),
    /no input "a"; its only one is "input"/,
  );
});

test("summary, for people and as JSON", () => {
  assert.match(succeeds("summary", "lenet5"), /Conv2d +16 × 10 × 10 +2,416 +240,000 +14 × 14 +2 × 2/);
  const { parameters, macs, activationBytes, layers } = JSON.parse(succeeds("summary", "lenet5", "--json"));
  assert.equal([parameters, macs, layers.length], [61_706, 416_520, 12]);
  assert.ok(activationBytes > 0);
  assert.equal(layers[3], {
    name: "3",
    type: "Conv2d",
    output: [16, 10, 10],
    parameters: 2416,
    macs: 240_000,
    receptiveField: { size: 14, stride: 2, offset: 0 },
  });
});

test("train says what it does and shows digits", () => {
  const out = succeeds(
    "train",
    "lenet5",
    ...tiny,
    "--out",
    "said.safetensors",
    "--report",
    "said.html",
    "--show",
    "4",
  );
  assert.match(
    out,
    /^Training LeNet-5, 61,706 parameters, on 2 threads\.\nMNIST: 320 pictures to learn from, 320 others/,
  );
  assert.match(out, /epoch 1 of 2 +loss \d\.\d{4} +accuracy +\d+\.\d\d %/);
  assert.match(out, /Test: \d+\.\d\d % right of 320 pictures not seen before/);
  assert.match(out, /Saved the weights in said\.safetensors, and a report in said\.html/);
  assert.match(out, /[▀▄█]{2}/);
  assert.not.ok(out.includes("\x1b"), "colours where there is no terminal");
  const page = readFileSync(path("said.html"), "utf8");
  assert.match(page, /<h1>LeNet-5 on MNIST<\/h1>/);
  assert.match(page, /61,706/);
});

test("train, evaluate, classify and predict agree, as JSON and to the bit", async () => {
  const training = JSON.parse(succeeds("train", "lenet5", ...tiny, "--out", "w.safetensors", "--json"));
  assert.equal(
    [training.model, training.data, training.parameters, training.steps],
    ["lenet5", "MNIST", 61_706, 10],
  );
  assert.is(training.epochs.length, 2);
  assert.is(training.out, "w.safetensors");

  const evaluate = ["evaluate", "lenet5", "--weights", "w.safetensors", "--data", "mnist", "--limit", "320"];
  const evaluation = JSON.parse(succeeds(...evaluate, "--json"));
  assert.equal([evaluation.loss, evaluation.accuracy], [training.test.loss, training.test.accuracy]);
  assert.equal(evaluation.confusion, training.test.confusion);
  assert.is(
    evaluation.confusion.matrix.flat().reduce((a: number, b: number) => a + b),
    320,
  );
  assert.match(succeeds(...evaluate), /% right of 320 pictures of MNIST[\s\S]*true \\ taken for/);

  // The same drawing, dark on light and light on dark, is the same picture.
  writeFileSync(path("light.png"), await encodePng(drawing(28, 0, 255)));
  writeFileSync(path("dark.png"), await encodePng(drawing(28, 255, 0)));
  const guesses = JSON.parse(
    succeeds("classify", "light.png", "dark.png", "--weights", "w.safetensors", "--top", "10", "--json"),
  );
  assert.equal(
    guesses.map(({ image }: { image: string }) => image),
    ["light.png", "dark.png"],
  );
  assert.equal(guesses[0].guesses, guesses[1].guesses);
  const probabilities: number[] = guesses[0].guesses.map(
    ({ probability }: { probability: number }) => probability,
  );
  near([probabilities.reduce((a, b) => a + b)], [1]);
  assert.match(
    succeeds("classify", "dark.png", "--weights", "w.safetensors", "--model", "lenet5"),
    /^dark\.png\n( {2}\d +\d+\.\d\d % .*\n){3}$/,
  );

  // What classify feeds the network, predict is given as numbers.
  const { data } = drawing(28, 255, 0);
  const input = new Float32Array(32 * 32).fill(-0.1307 / 0.3081);
  for (let i = 0; i < data.length; i++)
    input[(2 + Math.floor(i / 28)) * 32 + 2 + (i % 28)] = (data[i]! / 255 - 0.1307) / 0.3081;
  writeFileSync(path("x.npy"), writeNpy(new Tensor(input, [1, 1, 32, 32])));
  const predict = [
    "predict",
    "lenet5",
    "--weights",
    "w.safetensors",
    "--input",
    "input=x.npy",
    "--output",
    "y.npy",
  ];
  const prediction = JSON.parse(succeeds(...predict, "--output", "0=maps.npy", "--json"));
  assert.equal(
    prediction.outputs.map(({ name, shape }: { name: string; shape: number[] }) => [name, shape]),
    [
      ["output", [1, 10]],
      ["0", [1, 6, 28, 28]],
    ],
  );
  const scores = readNpy(readFileSync(path("y.npy"))).data;
  const sum = scores.reduce((all, score) => all + Math.exp(score), 0);
  for (const { index, probability } of guesses[0].guesses)
    near([Math.exp(scores[index]!) / sum], [probability], { atol: 1e-5 });
  assert.equal(readNpy(readFileSync(path("maps.npy"))).shape, [1, 6, 28, 28]);

  // One input without the batch; without relaxed SIMD; on one thread.
  writeFileSync(path("single.npy"), writeNpy(new Tensor(input, [1, 32, 32])));
  const alone = ["predict", "lenet5", "--weights", "w.safetensors", "--input", "single.npy"];
  assert.match(
    succeeds(...alone, "--output", "z.npy", "--threads", "1"),
    /^output \[1, 10\] is in z\.npy\n$/,
  );
  assert.equal(readFileSync(path("z.npy")), readFileSync(path("y.npy")));
  succeeds(...alone, "--output", "plain.npy", "--plain");
  near(readNpy(readFileSync(path("plain.npy"))).data, scores, { atol: 1e-4 });
});

test("the same seed gives the same file, whatever the threads; another seed another", () => {
  const train = (out: string, ...more: string[]): Buffer => {
    succeeds("train", "lenet5", "--data", "mnist", "--limit", "128", "--epochs", "1", "--out", out, ...more);
    return readFileSync(path(out));
  };
  const first = train("one.safetensors", "--threads", "1");
  assert.ok(first.equals(train("two.safetensors", "--threads", "2")));
  assert.not.ok(first.equals(train("other.safetensors", "--seed", "2")));
});

test("a training that is resumed ends where one without a break does", () => {
  const common = ["train", "lenet5", "--data", "mnist", "--limit", "128", "--schedule", "constant"];
  succeeds(...common, "--epochs", "2", "--out", "whole.safetensors");
  succeeds(...common, "--epochs", "1", "--out", "half.safetensors", "--checkpoint", "half.checkpoint");
  succeeds(...common, "--epochs", "2", "--out", "resumed.safetensors", "--resume", "half.checkpoint");
  assert.ok(readFileSync(path("resumed.safetensors")).equals(readFileSync(path("whole.safetensors"))));
  assert.match(
    fails(
      1,
      ...common,
      "--epochs",
      "2",
      "--batch-size",
      "32",
      "--out",
      "resumed.safetensors",
      "--resume",
      "half.checkpoint",
    ),
    /half\.checkpoint belongs to another training\. batchSize: 64 in the checkpoint, 32 now/,
  );
});

test("pictures in folders, with classes of their own", async () => {
  for (const [name, ground] of [
    ["bright", 200],
    ["dim", 20],
  ] as const) {
    mkdirSync(path(`pictures/${name}`), { recursive: true });
    for (let i = 0; i < 10; i++) {
      writeFileSync(path(`pictures/${name}/${i}.png`), await encodePng(drawing(40 + i, 120, ground)));
    }
  }
  const options = ["--epochs", "30", "--batch-size", "4", "--lr", "0.01", "--out", "pictures.safetensors"];
  const { test, data } = JSON.parse(succeeds("train", "lenet5", "--data", "pictures", ...options, "--json"));
  assert.equal([data, test.samples, test.accuracy], ["pictures", 4, 1]);
  const classify = [
    "classify",
    "pictures/dim/3.png",
    "pictures/bright/0.png",
    "--weights",
    "pictures.safetensors",
    "--json",
  ];
  const labels = (...args: string[]): string[] =>
    JSON.parse(succeeds(...args)).map(({ guesses }: { guesses: { label: string }[] }) => guesses[0]!.label);
  assert.equal(labels(...classify), ["dim", "bright"]);

  // The same as an ONNX file, which knows the names of the classes but not what its pictures go through.
  const weights = ["--weights", "pictures.safetensors"];
  succeeds("export", "lenet5", ...weights, "--out", "pictures.onnx");
  const prepared = ["--mean", "0.5", "--std", "0.5"];
  const [, dim, bright] = classify;
  assert.equal(labels("classify", dim!, bright!, "--model", "pictures.onnx", ...prepared, "--json"), [
    "dim",
    "bright",
  ]);
  succeeds("export", "lenet5", ...weights, "--out", "copy.safetensors");
  assert.equal(
    readSafetensors(readFileSync(path("copy.safetensors"))).tensors,
    readSafetensors(readFileSync(path("pictures.safetensors"))).tensors,
  );

  // On all the pictures; one of them is broken, and one folder has only its class's index for a name.
  mkdirSync(path("more/1"), { recursive: true });
  mkdirSync(path("more/Bright"));
  for (const i of [1, 2, 3]) {
    writeFileSync(path(`more/Bright/${i}.png`), await encodePng(drawing(50, 120, 200)));
    writeFileSync(path(`more/1/${i}.png`), await encodePng(drawing(50, 120, 20)));
  }
  writeFileSync(path("more/1/broken.jpg"), "nothing");
  const evaluate = ["evaluate", "pictures.onnx", "--data", "more", ...prepared];
  const { count, top1, top5, folders, unreadable } = JSON.parse(succeeds(...evaluate, "--json"));
  assert.equal([count, top1, top5], [6, 1, 1]);
  assert.equal(
    folders.map(({ name, count: n }: { name: string; count: number }) => [name, n]),
    [
      ["1", 3],
      ["Bright", 3],
    ],
  );
  assert.match(unreadable[0].error, /more\/1\/broken\.jpg: this is not a picture known here/);
  const out = succeeds(...evaluate, "--limit", "4");
  assert.match(
    out,
    /^top-1 100\.00 %, top-5 100\.00 % of \d pictures in more, \d+\.\d s, \d+\.\d images\/s\.\n/,
  );
  assert.match(fails(1, ...evaluate, "--strict"), /^error: more\/1\/broken\.jpg: this is not a picture/);
  // A folder around it with no pictures to train on; a class without pictures, and a file of another kind.
  mkdirSync(path("parent/val/dim"), { recursive: true });
  mkdirSync(path("parent/val/bright/deep"), { recursive: true });
  writeFileSync(path("parent/val/bright/deep/1.png"), readFileSync(path("more/Bright/1.png")));
  writeFileSync(path("parent/val/bright/2.webp"), "");
  const parent = run("evaluate", "pictures.onnx", "--data", "parent", "--json");
  assert.is(JSON.parse(parent.out).count, 1);
  assert.match(parent.err, /note: 1 of the 2 folders have no PNG or JPEG files: dim\./);
  assert.match(parent.err, /note: 1 file left out, .*: parent\/val\/bright\/2\.webp\./);
  mkdirSync(path("more/glaring"));
  assert.match(
    fails(1, ...evaluate),
    /1 of the 3 folders in more are no class of the network: "glaring"\. Name a folder after one of its 2 classes, such as "bright"/,
  );
});

test("an ONNX file is summed up and run like a network of the zoo, with inputs and outputs by name", async () => {
  const network = custom("Both", (scope, a) => {
    const b = scope.input("b") as Value;
    scope.output("product", scope.multiply(a, b));
    return scope.add(a, b);
  });
  const ports = ["a", "b"].map((name) => ({ name, shape: [1, 2, 3, 3], batch: true }));
  const model = await buildModel(network, ports, { outputs: ["sum"] });
  writeFileSync(path("both.onnx"), exportOnnx(model));
  model.dispose();
  assert.match(succeeds("summary", "both.onnx"), /Parameters +0/);
  for (const [name, value] of [
    ["a", 2],
    ["b", 5],
  ] as const)
    writeFileSync(path(`${name}.npy`), writeNpy(new Tensor(new Float32Array(18).fill(value), [1, 2, 3, 3])));
  const predict = ["predict", "both.onnx", "--input", "a=a.npy", "--input", "b=b.npy"];
  assert.is(
    succeeds(...predict, "--output", "s.npy", "--output", "product=p.npy"),
    "sum [1, 2, 3, 3] is in s.npy\nproduct [1, 2, 3, 3] is in p.npy\n",
  );
  assert.equal(
    ["s.npy", "p.npy"].map((name) => readNpy(readFileSync(path(name))).data[17]),
    [7, 10],
  );
  assert.match(
    fails(2, "predict", "both.onnx", "--input", "a.npy", "--output", "s.npy"),
    /"a\.npy" needs a name, because the network has several inputs: name=a\.npy/,
  );
  assert.match(
    fails(2, "predict", "both.onnx", "--input", "a=a.npy", "--output", "s.npy"),
    /The input "b" is missing\. Give it as --input b=file\.npy\./,
  );
  assert.match(
    fails(2, "predict", "both.onnx", "--weights", "x", "--input", "a.npy", "--output", "s.npy"),
    /both\.onnx holds its weights itself\. Leave --weights out\./,
  );
});

test("an ONNX file says what its pictures go through; what one does not say is told", async () => {
  writeFileSync(path("digit.png"), await encodePng(drawing(64, 20, 200)));
  const classify = ["classify", "digit.png", "--json"];
  const own = JSON.parse(succeeds(...classify, "--weights", trained()));
  succeeds("export", "lenet5", "--weights", trained(), "--out", "digits.onnx");
  // It is known by its contents too.
  writeFileSync(path("digits.bin"), readFileSync(path("digits.onnx")));
  for (const file of ["digits.onnx", "digits.bin"]) {
    const [result] = JSON.parse(succeeds(...classify, "--model", file));
    near(
      result.guesses.map(({ probability }: { probability: number }) => probability),
      own[0].guesses.map(({ probability }: { probability: number }) => probability),
    );
  }
  succeeds("export", "digits.onnx", "--out", "again.onnx");
  assert.is(run(...classify, "--model", "again.onnx").err, "");

  using model = await sequential({ pool: globalAvgPool2d(), flat: flatten() }).build([3, 8, 8]);
  writeFileSync(path("bare.onnx"), exportOnnx(model));
  const told = run("classify", "digit.png", "--model", "bare.onnx");
  assert.is(told.code, 0, told.err);
  assert.match(
    told.err,
    /^note: bare\.onnx does not say how pictures are prepared\. Taken, .*: 8 × 8 pixels out of a shorter side of 9, mean 0\.485, .* --mean and --std\.\n$/,
  );
});

test("sizes that an ONNX file leaves open are told, and given as options", () => {
  const picture = ["n", 3, "h", "w"];
  writeFileSync(
    path("open.onnx"),
    onnx({ nodes: [{ op: "Relu" }], inputs: { x: picture }, outputs: { y: picture } }),
  );
  const told = run("summary", "open.onnx");
  assert.match(
    told.err,
    /^note: open\.onnx leaves sizes of its input "x" open; it is taken to be 224 × 224 pixels\. /,
  );
  assert.match(told.out, /3 × 224 × 224/);
  assert.match(succeeds("summary", "open.onnx", "--size", "32x48"), /3 × 32 × 48/);
  assert.match(succeeds("summary", "open.onnx", "--shape", "x=1x3x40x50"), /3 × 40 × 50/);
  const table = ["n", "rows"];
  writeFileSync(
    path("table.onnx"),
    onnx({ nodes: [{ op: "Relu" }], inputs: { x: table }, outputs: { y: table } }),
  );
  assert.match(fails(1, "summary", "table.onnx"), /^error: [^{]* such as --shape x=1x3x224x224\.$/);
  succeeds("summary", "table.onnx", "--shape", "1x7");
});

test("a training may begin with weights; what cannot be trained on is refused at the start", async () => {
  for (const [name, ground] of [
    ["light", 230],
    ["dark", 10],
  ] as const) {
    mkdirSync(path(`tuning/${name}`), { recursive: true });
    for (let i = 0; i < 5; i++)
      writeFileSync(path(`tuning/${name}/${i}.png`), await encodePng(drawing(40 + i, 120, ground)));
  }
  const train = ["train", "lenet5", "--data", "tuning", "--epochs", "1", "--out", "tuned.safetensors"];
  const out = succeeds(...train, "--weights", trained(), "--freeze", "0", "--freeze", "3");
  assert.match(out, /It begins with the weights of shared\.safetensors; 11 with new ones\.\n/);
  assert.match(out, /tuning: 8 pictures to learn from, 2 others to test on\./);
  const [before, { tensors: after, metadata }] = [trained(), "tuned.safetensors"].map((name) =>
    readSafetensors(readFileSync(path(name))),
  ) as [ReturnType<typeof readSafetensors>, ReturnType<typeof readSafetensors>];
  for (const name of ["0.weight", "3.bias"]) assert.equal(after.get(name), before.tensors.get(name), name);
  assert.not.equal(after.get("7.weight"), before.tensors.get("7.weight"));
  assert.equal(after.get("11.weight")!.shape, [2, 84]);
  // Pictures are prepared as those that the weights were learned from.
  assert.is(metadata["featuremap.input"], before.metadata["featuremap.input"]);
  const evaluation = JSON.parse(
    succeeds("evaluate", "lenet5", "--weights", "tuned.safetensors", "--data", "tuning", "--json"),
  );
  assert.is(evaluation.samples, 2);

  assert.match(fails(2, ...train, "--skip", "11"), /--skip is for weights to begin with/);
  mkdirSync(path("alone/only"), { recursive: true });
  for (const i of [1, 2]) writeFileSync(path(`alone/only/${i}.png`), readFileSync(path("tuning/dark/1.png")));
  assert.match(fails(1, "train", "lenet5", "--data", "alone"), /alone has only one class, "only"/);
  mkdirSync(path("alone/other"));
  rmSync(path("alone/only/2.png"));
  writeFileSync(path("alone/other/1.png"), readFileSync(path("tuning/light/1.png")));
  assert.match(fails(1, "train", "lenet5", "--data", "alone"), /alone has no pictures left to test with/);
});

test("a whole network is not taken for weights, nor weights for a network", () => {
  succeeds("export", "lenet5", "--weights", trained(), "--out", "whole.onnx");
  const whole =
    /whole\.onnx is a whole network, not weights for lenet5\. .* in place of lenet5, in classify as --model/;
  assert.match(fails(2, "classify", "x.png", "--model", "lenet5", "--weights", "whole.onnx"), whole);
  assert.match(fails(2, "export", "lenet5", "--weights", "whole.onnx", "--out", "y.onnx"), whole);
  assert.match(fails(2, "evaluate", "lenet5", "--weights", "whole.onnx", "--data", "mnist"), whole);
  const predict = ["--weights", "whole.onnx", "--input", "x.npy", "--output", "y.npy"];
  writeFileSync(path("x.npy"), writeNpy(new Tensor(new Float32Array(1024), [1, 1, 32, 32])));
  assert.match(fails(2, "predict", "lenet5", ...predict), whole);
  assert.match(
    fails(2, "summary", trained()),
    /shared\.safetensors is no ONNX file\. If it holds weights, give it as/,
  );
});

test("errors name the options of the command line", () => {
  assert.match(fails(2, "help", "trian"), /no command "trian"\. Did you mean train\?/);
  assert.match(succeeds("help", "summary"), /^Usage: featuremap summary/);
  assert.match(fails(2, "classify", "x", "--weights", "a", "--weights", "b"), /--weights is given twice/);
  assert.match(fails(2, "classify", "x", "--weights", "a", "--size", "5000"), /from 1 to 4096/);
  assert.match(fails(2, "classify", "x", "--weights", "a", "--sha256", "12"), /64 hexadecimal digits/);
  const predict = ["predict", "lenet5", "--weights", trained(), "--input", "x.npy", "--output", "y.npy"];
  assert.match(fails(1, ...predict, "--key", "ema"), /--key is for files of torch\.save; this is none/);
  assert.match(fails(1, ...predict, "--sha256", "0".repeat(64)), /its SHA-256 is .*, not 0000/);
});

test("the zoo is listed", () => {
  assert.match(
    succeeds("models"),
    /vgg16_bn +VGG-16 with batch norm +138,365,992 +3 × 224 × 224 +1000 +vgg16_bn-6c64b313\.pth\n/,
  );
  const entries = JSON.parse(succeeds("models", "--json"));
  const { parameters, input, classes } = entries.find(({ name }: { name: string }) => name === "resnet18");
  assert.equal([parameters, input, classes], [11_689_512, [3, 224, 224], 1000]);
  assert.match(fails(2, "classify", "x.png", "--model", "resnet18"), /resnet18 needs its weights/);
});

test("photographs are named by SqueezeNet, from the command line", () => {
  const shared = sharedData() ?? skip("needs the shared data");
  const network = ["--model", "squeezenet1_1", "--weights", `${shared}/models/squeezenet1_1.safetensors`];
  const photos = ["hot_dog.jpg", "red_panda.jpg"].map((name) => `${shared}/photos/${name}`);
  const out = succeeds("classify", photos[0]!, ...network);
  assert.match(out, /hot_dog\.jpg\n {2}hotdog, hot dog, red hot +90\.9\d % {2}█{22}░{2}\n( {2}.*\n){4}$/);
  const { code, out: some, err } = run("classify", "none.jpg", photos[1]!, ...network, "--top", "1");
  assert.is(code, 1);
  assert.match(err, /^error: Cannot read none\.jpg: there is no such file or folder\. Check the path\.\n$/);
  assert.match(some, /red_panda\.jpg\n {2}lesser panda, red panda, .* 99\.98 %/);
  for (const [name, photo] of [
    ["n07697537", photos[0]!],
    ["Red_Panda", photos[1]!],
  ]) {
    mkdirSync(path(`imagenet/${name}`), { recursive: true });
    writeFileSync(path(`imagenet/${name}/1.JPEG`), readFileSync(photo!));
  }
  const [, model, ...weights] = network;
  assert.match(succeeds("evaluate", model!, ...weights, "--data", "imagenet"), /^top-1 100\.00 %/);
});

test("what is missing or damaged is told in a sentence, with code 1", () => {
  const file = trained();
  assert.match(
    fails(1, "classify", "none.png", "--weights", file),
    /Cannot read none\.png: there is no such file/,
  );
  assert.match(
    fails(1, "classify", "none.png", "--weights", "none.safetensors"),
    /Cannot read none\.safetensors/,
  );
  assert.match(
    fails(1, "evaluate", "lenet5", "--weights", file, "--data", "nowhere/"),
    /no data set "nowhere\/"/,
  );
  assert.match(
    fails(1, "train", "lenet5", "--data", "mnist", "--data-dir", "nowhere"),
    /Cannot list the folder nowhere/,
  );

  writeFileSync(path("text.png"), "<html>");
  assert.match(fails(1, "classify", "text.png", "--weights", file), /text\.png: this is HTML or XML text/);
  const whole = readFileSync(path(file));
  for (const [name, bytes] of Object.entries({
    cut: whole.subarray(0, 9000),
    empty: whole.subarray(0, 0),
    noise: whole.subarray(1000),
  })) {
    writeFileSync(path(`${name}.safetensors`), bytes);
    const error = fails(
      1,
      "evaluate",
      "lenet5",
      "--weights",
      `${name}.safetensors`,
      "--data",
      "mnist",
      "--limit",
      "10",
    );
    assert.match(error, new RegExp(`^error: ${name}\\.safetensors[: ][^\\n]*$`));
  }
  const { tensors } = readSafetensors(whole);
  const odd = [...tensors].map(([key, value]) => [key.replace("11.", "12."), value] as const);
  writeFileSync(path("odd.safetensors"), writeSafetensors(odd));
  assert.match(
    fails(1, "predict", "lenet5", "--weights", "odd.safetensors", "--input", "x.npy", "--output", "y2.npy"),
    /odd\.safetensors does not fit the model\. missing: 11\.weight, 11\.bias; unexpected: 12\.weight, 12\.bias[^{]*$/,
  );
  assert.match(
    fails(2, "classify", "x.png", "--weights", "odd.safetensors"),
    /does not say which network it belongs to\. Give it as --model\./,
  );
});

test("weights of another program work where they fit", async () => {
  const { tensors } = readSafetensors(readFileSync(path(trained())));
  writeFileSync(
    path("bare.safetensors"),
    writeSafetensors(tensors, { "featuremap.input": "{broken", classes: "[1]" }),
  );
  writeFileSync(path("digit.png"), await encodePng(drawing(64, 20, 200)));
  const own = JSON.parse(succeeds("classify", "digit.png", "--weights", trained(), "--json"));
  const bare = JSON.parse(
    succeeds("classify", "digit.png", "--weights", "bare.safetensors", "--model", "lenet5", "--json"),
  );
  assert.equal(bare, own);
});

test("what cannot be written is found before training begins", () => {
  for (const option of ["--out", "--report", "--checkpoint"]) {
    const { code, out, err } = run("train", "lenet5", "--data", "mnist", option, "nowhere/file");
    assert.is(code, 1);
    assert.is(out, "", "it began");
    assert.match(err, /Cannot write nowhere\/file: the folder .*nowhere does not exist\. Make it first\./);
  }
  mkdirSync(path("taken"));
  assert.match(
    fails(1, "train", "lenet5", "--data", "mnist", "--out", "taken"),
    /Cannot write taken: it is a folder/,
  );
});

test("one file is not taken for two", () => {
  const twice = / is given twice, and one would replace the other\. Give each file a name of its own\./;
  assert.match(fails(2, "train", "lenet5", ...tiny, "--out", "z.st", "--report", "./z.st"), twice);
  assert.match(fails(2, "train", "lenet5", ...tiny, "--out", "z.st", "--checkpoint", "z.st"), twice);
  writeFileSync(path("x.npy"), writeNpy(new Tensor(new Float32Array(1024), [1, 1, 32, 32])));
  const predict = ["predict", "lenet5", "--weights", trained(), "--input", "x.npy"];
  assert.match(fails(2, ...predict, "--output", "two.npy", "--output", "0=two.npy"), twice);
  assert.match(fails(2, ...predict, "--output", "x.npy"), twice);
  assert.not.ok(readdirSync(folder).some((name) => name === "z.st" || name === "two.npy"));
});

test("a disk that fills up leaves the old file whole", () => {
  if (process.platform === "win32") return;
  const before = readFileSync(path(trained()));
  writeFileSync(path("full.safetensors"), before);
  const train = `"${process.execPath}" "${cli}" train lenet5 --data mnist --limit 64 --epochs 1 --out full.safetensors`;
  // Files may not grow beyond 100 blocks, 100 KB at the most: less than the weights need.
  const { status, stderr } = spawnSync("bash", ["-c", `ulimit -f 100; ${train}`], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.is(status, 1, stderr);
  assert.match(stderr, /^error: Cannot write full\.safetensors: .*What was there before is unchanged\./);
  assert.ok(readFileSync(path("full.safetensors")).equals(before));
  assert.equal(
    readdirSync(folder).filter((name) => name.includes(".tmp")),
    [],
  );
});

test("a checkpoint that cannot be written does not take the weights with it", () => {
  if (process.platform === "win32") return;
  const train = `"${process.execPath}" "${cli}" train lenet5 --data mnist --limit 64 --epochs 1 --out kept.st --checkpoint big.st`;
  // 400 KB are enough for the weights, but not for the optimiser's state beside them.
  const { status, stderr } = spawnSync("bash", ["-c", `ulimit -f 400; ${train}`], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.is(status, 1, stderr);
  assert.match(stderr, /^error: .*Cannot write big\.st: .* What was learned is in kept\.st\./);
  assert.is(readSafetensors(readFileSync(path("kept.st"))).tensors.size, 10);
});

/** Starts a long training and waits until it says that it has begun. */
async function begun(
  out: string,
): Promise<{ child: ChildProcess; text: () => string; ended: Promise<number | null> }> {
  const args = [
    cli,
    "train",
    "lenet5",
    "--data",
    "mnist",
    "--limit",
    "3000",
    "--epochs",
    "500",
    "--out",
    out,
  ];
  const child = spawn(process.execPath, args, { cwd: folder, env: environment });
  let text = "";
  const ended = new Promise<number | null>((done) => child.on("close", done));
  await new Promise<void>((done) => {
    child.stdout.on("data", (chunk) => {
      text += chunk;
      if (text.includes("epoch ")) done();
    });
    child.on("close", () => done());
  });
  return { child, text: () => text, ended };
}

test("Ctrl-C ends the training and keeps what was learned", async () => {
  const { child, text, ended } = await begun("interrupted.safetensors");
  child.kill("SIGINT");
  assert.is(await ended, 130, text());
  assert.match(
    text(),
    /Stopped in epoch \d+ of 500, after \d+ steps\. The weights as they are now are in interrupted\.safetensors/,
  );
  assert.ok(statSync(path("interrupted.safetensors")).size > 200_000);
  succeeds("evaluate", "lenet5", "--weights", "interrupted.safetensors", "--data", "mnist", "--limit", "10");
});

test("weights that cannot be saved where they should are saved elsewhere", async () => {
  mkdirSync(path("gone"));
  const { child, ended } = await begun("gone/lost.safetensors");
  let error = "";
  child.stderr!.on("data", (chunk) => (error += chunk));
  rmSync(path("gone"), { recursive: true });
  child.kill("SIGINT");
  assert.is(await ended, 1, error);
  const [, refuge] =
    /Cannot write gone\/lost\.safetensors: .* The new weights are in (.*) instead\./.exec(error) ?? [];
  assert.ok(refuge && statSync(refuge).size > 200_000, error);
  rmSync(refuge!);
});

test("a reader that goes away is no error", () => {
  if (process.platform === "win32") return;
  const command = `"${process.execPath}" "${cli}" summary lenet5 --json | head -1; exit \${PIPESTATUS[0]}`;
  const { status, stderr, stdout } = spawnSync("bash", ["-c", command], { cwd: folder, encoding: "utf8" });
  assert.equal([status, stderr, stdout.trim()], [0, "", "{"]);
});

test.run();
