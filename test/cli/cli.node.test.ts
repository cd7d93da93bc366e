// The command line as people run it: build/cli.js as a process of its own.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { encodePng } from "../../src/image/index.js";
import "../../src/wasm/inline.js";
import { Tensor } from "../../src/tensor.js";
import { readSafetensors, writeNpy, writeSafetensors } from "../../src/weights/index.js";
import { assert, sharedData, skip, suite } from "../harness/suite.js";
import { commandLine, drawing, tiny } from "./command-line.js";

const test = suite("command line");
const cli = resolve("build/cli.js");
const { fails, here, path, run, succeeds, trained } = commandLine(test, cli);

test("every command has a help with an example", () => {
  const all = succeeds("--help");
  for (const command of [
    "train",
    "evaluate",
    "classify",
    "predict",
    "export",
    "summary",
    "inspect",
    "models",
  ]) {
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
  assert.match(succeeds("summary", "lenet5"), /Conv2d +5×5 +10×10×16 +2,416 +240,000 +14 +2/);
  assert.match(succeeds("summary", "lenet5", "--formulas"), /\(5 \* 5 \* 6 \+ 1\) \* 16 = 2,416/);
  assert.match(succeeds("summary", "lenet5", "--markdown"), /^\| Layer \| Type \|.*\n\| --- \|/);
  assert.match(succeeds("summary", "lenet5", "--plan"), /^once pack\((.|\n)*\ncontract\(.* # 0\n/);
  const { parameters, macs, activationBytes, layers } = JSON.parse(succeeds("summary", "lenet5", "--json"));
  assert.equal([parameters, macs, layers.length], [61_706, 416_520, 12]);
  assert.ok(activationBytes > 0);
  assert.equal(layers[3], {
    name: "3",
    type: "Conv2d",
    inputs: [[6, 14, 14]],
    output: [16, 10, 10],
    window: { kernel: 5, stride: 1, padding: 0, dilation: 1, groups: 1 },
    parameters: 2416,
    formula: "(5 * 5 * 6 + 1) * 16 = 2416",
    macs: 240_000,
    activationBytes: 6400,
    algorithm: "direct 5×5",
    receptiveField: { size: 14, stride: 2, offset: 0 },
  });
});

test("summary draws to a file; ways to print exclude each other", () => {
  const out = succeeds("summary", "resnet18", "--svg", "resnet18.svg", "--json");
  assert.is(JSON.parse(out).parameters, 11_689_512);
  const svg = readFileSync(path("resnet18.svg"), "utf8");
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"(.|\n)*ResNet-18(.|\n)*<\/svg>\n$/);
  assert.match(
    fails(1, "summary", "lenet5", "--svg", "nowhere/x.svg"),
    /the folder .*nowhere does not exist/,
  );
  assert.match(
    fails(2, "summary", "lenet5", "--svg", "lenet5.png"),
    /--svg draws lenet5\.png as SVG\. Give a name that ends in \.svg/,
  );
  for (const options of [
    ["--json", "--markdown"],
    ["--plan", "--json"],
    ["--plan", "--markdown"],
    ["--formulas", "--json"],
    ["--formulas", "--plan"],
  ]) {
    assert.match(fails(2, "summary", "lenet5", ...options), /cannot be used with option/, options.join(" "));
  }
});

test("errors name the options of the command line", () => {
  assert.match(fails(2, "help", "trian"), /no command "trian"\. Did you mean train\?/);
  assert.match(succeeds("help", "summary"), /^Usage: featuremap summary/);
  assert.match(fails(2, "classify", "x", "--weights", "a", "--weights", "b"), /--weights is given twice/);
  assert.match(fails(2, "classify", "x", "--weights", "a", "--size", "5000"), /from 1 to 4096/);
  assert.match(fails(2, "classify", "x", "--weights", "a", "--sha256", "12"), /64 hexadecimal digits/);
  writeFileSync(path("x.npy"), writeNpy(new Tensor(new Float32Array(1024), [1, 1, 32, 32])));
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
  writeFileSync(path("x.npy"), writeNpy(new Tensor(new Float32Array(1024), [1, 1, 32, 32])));
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

test("one file is not taken for two", () => {
  const twice = / is given twice, and one would replace the other\. Give each file a name of its own\./;
  assert.match(fails(2, "train", "lenet5", ...tiny, "--out", "z.st", "--report", "./z.st"), twice);
  assert.match(fails(2, "train", "lenet5", ...tiny, "--out", "z.st", "--checkpoint", "z.st"), twice);
  writeFileSync(path("x.npy"), writeNpy(new Tensor(new Float32Array(1024), [1, 1, 32, 32])));
  const predict = ["predict", "lenet5", "--weights", trained(), "--input", "x.npy"];
  assert.match(fails(2, ...predict, "--output", "two.npy", "--output", "0=two.npy"), twice);
  assert.match(fails(2, ...predict, "--output", "x.npy"), twice);
  assert.not.ok(readdirSync(here()).some((name) => name === "z.st" || name === "two.npy"));
});

test("a reader that goes away is no error", () => {
  if (process.platform === "win32") return;
  const command = `"${process.execPath}" "${cli}" summary lenet5 --json | head -1; exit \${PIPESTATUS[0]}`;
  const { status, stderr, stdout } = spawnSync("bash", ["-c", command], { cwd: here(), encoding: "utf8" });
  assert.equal([status, stderr, stdout.trim()], [0, "", "{"]);
});

test.run();
