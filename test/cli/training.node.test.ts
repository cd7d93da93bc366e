// What the built command line does to train, as a user calls it.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { encodePng } from "../../src/image/index.js";
import "../../src/wasm/inline.js";
import { Tensor } from "../../src/tensor.js";
import { readNpy, readSafetensors, writeNpy } from "../../src/weights/index.js";
import { assert, near, suite } from "../harness/suite.js";
import { commandLine, drawing, tiny } from "./command-line.js";

const test = suite("command line: training");
const cli = resolve("build/cli.js");
const { environment, fails, here, path, run, succeeds, trained } = commandLine(test, cli);

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

test("a disk that fills up leaves the old file whole", () => {
  if (process.platform === "win32") return;
  const before = readFileSync(path(trained()));
  writeFileSync(path("full.safetensors"), before);
  const train = `"${process.execPath}" "${cli}" train lenet5 --data mnist --limit 64 --epochs 1 --out full.safetensors`;
  // Files may not grow beyond 100 blocks, 100 KB at the most: less than the weights need.
  const { status, stderr } = spawnSync("bash", ["-c", `ulimit -f 100; ${train}`], {
    cwd: here(),
    encoding: "utf8",
  });
  assert.is(status, 1, stderr);
  assert.match(stderr, /^error: Cannot write full\.safetensors: .*What was there before is unchanged\./);
  assert.ok(readFileSync(path("full.safetensors")).equals(before));
  assert.equal(
    readdirSync(here()).filter((name) => name.includes(".tmp")),
    [],
  );
});

test("a checkpoint that cannot be written does not take the weights with it", () => {
  if (process.platform === "win32") return;
  const train = `"${process.execPath}" "${cli}" train lenet5 --data mnist --limit 64 --epochs 1 --out kept.st --checkpoint big.st`;
  // 400 KB are enough for the weights, but not for the optimiser's state beside them.
  const { status, stderr } = spawnSync("bash", ["-c", `ulimit -f 400; ${train}`], {
    cwd: here(),
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
  const child = spawn(process.execPath, args, { cwd: here(), env: environment });
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

test.run();
