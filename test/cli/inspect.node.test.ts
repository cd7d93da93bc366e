// featuremap inspect, as people call it.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { encodePng, readImage } from "../../src/image/index.js";
import "../../src/wasm/inline.js";
import { assert, sharedData, skip, suite } from "../harness/suite.js";
import { commandLine, drawing } from "./command-line.js";

const test = suite("command line: inspect");
const cli = resolve("build/cli.js");
const { environment, fails, here, path, run, succeeds, trained } = commandLine(test, cli);

const ESCAPE = "\x1b";

let picture: string | undefined;
async function digit(): Promise<string> {
  if (picture === undefined) {
    writeFileSync(path("seven.png"), await encodePng(drawing(28, 255, 0)));
    picture = "seven.png";
  }
  return picture;
}

const inside = async (...args: string[]): Promise<string[]> => [
  "inspect",
  "lenet5",
  await digit(),
  "--weights",
  trained(),
  ...args,
];

test("a picture, layer by layer, and what it is taken for", async () => {
  const out = succeeds(...(await inside()));
  assert.match(out, /^seven\.png in lenet5\n\nInput, 32 × 32 × 1\n/);
  const layers = [...out.matchAll(/^(\d+) (\w+), ([\d × ]+)$/gm)].map(
    ([, name, type, shape]) => `${name} ${type} ${shape}`,
  );
  assert.equal(layers.slice(0, 4), [
    "0 Conv2d 28 × 28 × 6",
    "1 Sigmoid 28 × 28 × 6",
    "2 AvgPool2d 14 × 14 × 6",
    "3 Conv2d 10 × 10 × 16",
  ]);
  assert.is(layers.length, 11);
  assert.match(out, /\nTaken for\n(?: {2}\d +[\d.]+ +[█░]+\n){5}/);
  assert.not(out.includes(ESCAPE));
  assert.ok(out.split("\n").every((line) => line.length <= 100));
});

test("colours where the terminal has them, none where it has not", async () => {
  const args = await inside("--layer", "0");
  const colored = (env: object): string =>
    spawnSync(process.execPath, [cli, ...args], {
      cwd: here(),
      encoding: "utf8",
      env: { ...environment, ...env },
    }).stdout;
  assert.match(colored({ FORCE_COLOR: "3" }), /\[38;2;\d+;\d+;\d+;48;2;/);
  assert.match(colored({ FORCE_COLOR: "2" }), /\[38;5;\d+;48;5;/);
  assert.not(colored({ FORCE_COLOR: "3", NO_COLOR: "1" }).includes(ESCAPE));
});

test("numbers for programs: those of predict and classify", async () => {
  const { model, image, layers, guesses } = JSON.parse(succeeds(...(await inside("--json"))));
  assert.equal([model, image, layers.length], ["lenet5", "seven.png", 11]);
  assert.equal(layers[2].output, [6, 14, 14]);
  for (const { least, most, mean } of layers) assert.ok(least <= mean && mean <= most);
  const [{ guesses: classified }] = JSON.parse(
    succeeds("classify", await digit(), "--weights", trained(), "--top", "5", "--json"),
  );
  assert.equal(guesses, classified);
  const [one] = JSON.parse(succeeds(...(await inside("--json", "--layer", "2")))).layers;
  assert.equal(one, layers[2]);
});

test("a picture, a drawing, a page: by the ending of the name, complete or not at all", async () => {
  for (const name of ["maps.png", "maps.SVG", "maps.html"]) {
    writeFileSync(path(name), "old");
    const said = succeeds(...(await inside("--out", name)));
    assert.is(said, `seven.png in lenet5 is in ${name}.\n`);
  }
  const { width, height, channels } = await readImage(new Uint8Array(readFileSync(path("maps.png"))));
  assert.ok(width > 800 && height > 1000 && channels === 3);
  assert.match(
    readFileSync(path("maps.SVG"), "utf8"),
    /^<svg [\s\S]*<title>seven\.png in lenet5<\/title>[\s\S]*<\/svg>\n$/,
  );
  const page = readFileSync(path("maps.html"), "utf8");
  assert.match(page, /<title>Inside lenet5<\/title>[\s\S]*One picture, layer by layer[\s\S]*<\/html>\n$/);
  const dark = await inside("--layer", "0", "--theme", "dark", "--out");
  succeeds(...dark, "dark.png");
  assert.equal(
    [...(await readImage(new Uint8Array(readFileSync(path("dark.png"))))).data.subarray(0, 3)],
    [16, 22, 29],
  );
  const before = readdirSync(here());
  assert.match(
    fails(2, ...(await inside("--out", "maps.gif"))),
    /maps\.gif is no name of a picture or a page\. End it in \.png, \.svg or \.html\./,
  );
  assert.match(fails(1, ...(await inside("--out", "nowhere/maps.png"))), /folder .*nowhere does not exist/);
  assert.match(fails(2, ...(await inside("--out", await digit()))), /given twice/);
  assert.match(
    fails(1, "inspect", "lenet5", "gone.png", "--weights", trained(), "--out", "new.png"),
    /gone\.png/,
  );
  assert.equal(readdirSync(here()), before);
});

test("maps on one scale, or each on its own", async () => {
  const scales = async (...more: string[]): Promise<number> => {
    succeeds(...(await inside("--layer", "0", "--layer", "3", "--out", "maps.svg", ...more)));
    return readFileSync(path("maps.svg"), "utf8").split("value").length - 1;
  };
  // One key for all, which gives no numbers; or a key for each layer.
  assert.ok((await scales()) < (await scales("--range", "all")));
  assert.match(fails(2, "inspect", "lenet5", "--range", "all"), /--range is for feature maps and --filters/);
});

test("which pixels a class comes from, by each method", async () => {
  for (const method of ["saliency", "smooth-grad", "integrated-gradients", "grad-cam", "occlusion"]) {
    const result = JSON.parse(succeeds(...(await inside("--explain", method, "--class", "7", "--json"))));
    assert.is(result.method.toLowerCase().replace(/[ -]/g, ""), method.replace(/-/g, ""));
    assert.equal([result.target.label, result.target.class, result.map.shape], ["7", 7, [32, 32]]);
    // Where nothing speaks for the class, Grad-CAM is 0 everywhere.
    assert.ok(result.map.least < result.map.most || (method === "grad-cam" && result.map.most === 0));
  }
  const [best] = JSON.parse(succeeds(...(await inside("--layer", "0", "--json")))).guesses;
  const { target } = JSON.parse(succeeds(...(await inside("--explain", "saliency", "--json"))));
  assert.equal([target.class, target.label], [best.index, best.label]);
  assert.ok(Math.abs(target.probability - best.probability) < 1e-5);
  const of = JSON.parse(
    succeeds(
      ...(await inside("--explain", "saliency", "--layer", "3", "--channel", "2", "--unit", "4,5", "--json")),
    ),
  );
  assert.equal([of.target.layer, of.target.channel, of.target.unit], ["3", 2, [4, 5]]);
  succeeds(...(await inside("--explain", "grad-cam", "--layer", "1", "--out", "why.svg")));
  assert.match(readFileSync(path("why.svg"), "utf8"), /<title>Why “\d”\?<\/title>/);
});

test("what a class looks for", () => {
  const { scores, target } = JSON.parse(
    succeeds("inspect", "lenet5", "--weights", trained(), "--maximize", "--class", "3", "--json"),
  );
  assert.is(target.label, "3");
  assert.ok(scores.last > scores.first);
});

test("filters: of the first convolution, or of the layer", () => {
  const out = succeeds("inspect", "lenet5", "--weights", trained(), "--filters");
  assert.match(out, /^Filters of layer 0 of lenet5\n[\s\S]*6 filters of 5 × 5/);
  const { layer, shape, least, most } = JSON.parse(
    succeeds("inspect", "lenet5", "--weights", trained(), "--filters", "--layer", "3", "--json"),
  );
  assert.equal([layer, shape], ["3", [16, 6, 5, 5]]);
  assert.ok(least < 0 && most > 0);
  assert.match(
    fails(2, "inspect", "lenet5", "--weights", trained(), "--filters", "--layer", "2"),
    /Layer 2 is a AvgPool2d, which has no filters\. .* such as 0/,
  );
});

test("without a picture: the summary, and filters where there are weights", () => {
  const bare = succeeds("inspect", "lenet5");
  assert.match(bare, /^lenet5\n61,706 parameters/);
  assert.match(bare, /3 +Conv2d +10 × 10 × 16 +2,416 +240,000 +14 × 14/);
  assert.not.match(bare, /Filters/);
  assert.match(
    succeeds("inspect", "lenet5", "--weights", trained()),
    /61,706 parameters[\s\S]*Filters of layer 0/,
  );
  const { summary } = JSON.parse(succeeds("inspect", "lenet5", "--json"));
  assert.equal([summary.parameters, summary.layers.length], [61_706, 12]);
});

test("what a unit sees, for which no weights are needed", () => {
  const result = JSON.parse(
    succeeds("inspect", "lenet5", "--receptive-field", "--layer", "3", "--unit", "0,9", "--json"),
  );
  assert.equal([result.size, result.stride, result.unit], [14, 2, [0, 9]]);
  // 14 pixels, every second one: unit 9 begins at 18.
  assert.equal(result.window, { top: 0, left: 18, bottom: 14, right: 32 });
  assert.match(
    succeeds("inspect", "lenet5", "--receptive-field", "--layer", "3"),
    /^What unit 5, 5 of layer 3 sees/,
  );
  const { effective } = JSON.parse(
    succeeds("inspect", "lenet5", "--weights", trained(), "--receptive-field", "--layer", "3", "--json"),
  );
  assert.ok(effective.radius > 0 && effective.radius < 10);
});

test("what excites a channel", () => {
  const args = [
    "inspect",
    "lenet5",
    "--weights",
    trained(),
    "--top-patches",
    "--data",
    "mnist",
    "--layer",
    "3",
    "--channel",
    "5",
  ];
  const { channels, samples } = JSON.parse(succeeds(...args, "--limit", "200", "--json"));
  assert.equal([samples, channels.length, channels[0].channel, channels[0].patches.length], [200, 1, 5, 9]);
  const scores = channels[0].patches.map(({ score }: { score: number }) => score);
  assert.equal(
    scores,
    [...scores].sort((a, b) => b - a),
  );
  assert.not("image" in channels[0].patches[0]);
  assert.match(succeeds(...args, "--limit", "200"), /^What excites channel 5 of layer "3"/);
});

test("calls that say too little or too much", async () => {
  const seven = await digit();
  assert.match(
    fails(2, "inspect", "lenet5", seven),
    /lenet5 needs its weights\. Give a file or an address as --weights/,
  );
  assert.match(fails(2, "inspect", "lenet"), /no network "lenet"\. Did you mean lenet5\?/);
  assert.match(fails(2, ...(await inside("--layer", "conv1"))), /no layer "conv1"\. There are: 0, 1/);
  assert.match(
    fails(2, ...(await inside("--filters", "--top-patches"))),
    /--filters and --top-patches are looked at one at a time/,
  );
  assert.match(
    fails(2, ...(await inside("--top-patches"))),
    /--top-patches looks through a data set\. Give it as --data/,
  );
  assert.match(
    fails(2, ...(await inside("--receptive-field"))),
    /--receptive-field is about one layer\. Give it as --layer/,
  );
  assert.match(
    fails(2, ...(await inside("--unit", "1,2"))),
    /--unit is for --explain, --maximize and --receptive-field\. Leave it out/,
  );
  assert.match(
    fails(2, "inspect", "lenet5", "--weights", trained(), "--explain", "saliency"),
    /is about a picture/,
  );
  assert.match(
    fails(2, ...(await inside("--explain", "saliency", "--layer", "3"))),
    /Say which --channel of layer 3/,
  );
  for (const [message, ...args] of [
    [/--class is of the output, --channel of a --layer/, "saliency", "--layer", "3", "--class", "1"],
    [/--class is of the output/, "grad-cam", "--layer", "3", "--channel", "1", "--class", "1"],
    [/--channel is of a layer\. Give it as --layer/, "occlusion", "--channel", "1"],
    [/--unit is a place in a channel\. Give it with --layer/, "grad-cam", "--layer", "3", "--unit", "1,2"],
    [/--unit is a place in a channel/, "saliency", "--class", "1", "--unit", "1,2"],
  ] as const)
    assert.match(fails(2, ...(await inside("--explain", ...args))), message);
  assert.match(fails(2, ...(await inside("--explain", "lime"))), /Allowed choices are saliency, smooth-grad/);
  assert.match(fails(2, "inspect", "lenet5", "--weights", trained(), "--maximize"), /what is to be large/);
  assert.match(fails(1, ...(await inside("--explain", "saliency", "--class", "cat"))), /has no class "cat"/);
  assert.match(fails(2, ...(await inside("--data", "mnist"))), /--data is for --top-patches/);
  assert.match(fails(2, "inspect", "lenet5", "--layer", "0"), /--layer needs a picture/);
  assert.match(fails(2, ...(await inside("--theme", "dark"))), /--theme is for pictures and drawings/);
  assert.match(fails(2, ...(await inside("--unit", "1"))), /a row and a column, counted from 0: 3,4/);
  assert.match(
    fails(1, "inspect", "lenet5", "--receptive-field", "--layer", "3", "--unit", "0,10"),
    /x of the unit.*10/,
  );
  assert.is(run("inspect").code, 2);
});

test("ONNX files, of which layers and filters have names of their own", async () => {
  succeeds("export", "lenet5", "--weights", trained(), "--out", "lenet5.onnx");
  const { layers, guesses } = JSON.parse(
    succeeds("inspect", "lenet5.onnx", await digit(), "--mean", "0.1307", "--std", "0.3081", "--json"),
  );
  assert.ok(layers.length >= 11);
  assert.is(guesses.length, 5);
  const { shape } = JSON.parse(succeeds("inspect", "lenet5.onnx", "--filters", "--json"));
  assert.equal(shape, [6, 1, 5, 5]);
  assert.match(fails(2, "inspect", "lenet5.onnx", "--weights", trained()), /holds its weights itself/);
});

test("a photograph through a network of many layers shows those at which the size changes", async () => {
  const shared = sharedData();
  if (!shared) skip("needs shared data");
  const weights = join(shared, "models/squeezenet1_1.safetensors");
  const args = ["inspect", "squeezenet1_1", join(shared, "photos/chelsea_cat.png"), "--weights", weights];
  const { layers, guesses } = JSON.parse(succeeds(...args, "--json"));
  assert.equal(
    layers.map(({ output }: { output: number[] }) => output.slice(1)),
    [
      [111, 111],
      [55, 55],
      [27, 27],
      [13, 13],
      [1, 1],
    ],
  );
  assert.match(guesses[0].label, /Egyptian cat/);
  assert.match(
    succeeds(...args, "--layer", "features.0"),
    /There is room for \d+ of 64 here; --out draws them all\./,
  );
});

test.run();
