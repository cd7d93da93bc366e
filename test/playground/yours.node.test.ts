import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { importOnnx } from "../../src/onnx/index.js";
import { readSafetensors } from "../../src/weights/index.js";
import { assert, suite } from "../harness/suite.js";
import { entered, leave, visit } from "./visit.js";

const test = suite("your own network");
test.after(leave);

const editor = (page: Page) => page.getByRole("textbox", { name: "The network, as text" });

/** Selects all of the text and pastes. */
async function write(page: Page, source: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press("Control+a");
  await editor(page).evaluate((element, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, source);
}

const verdict = (page: Page, text: string | RegExp) =>
  page.locator(".verdict", { hasText: text }).waitFor({ timeout: 10_000 });

const status = (page: Page, text: string | RegExp) =>
  page.locator(".standing [role=status]", { hasText: text }).waitFor({ timeout: 60_000 });

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

/** The cells of the table of layers, row by row. */
const layers = async (page: Page): Promise<string[][]> => {
  const rows = await page.locator(".made tbody tr").all();
  return Promise.all(
    rows.map(async (row) => (await row.locator("th, td").allInnerTexts()).map((text) => text.trim())),
  );
};

/** The runs, the newest first: what stands under each heading. */
async function runs(page: Page): Promise<Record<string, string>[]> {
  const headings = await page.locator(".runs thead th").allInnerTexts();
  const rows = await page.locator(".runs tbody tr").all();
  return Promise.all(
    rows.map(async (row) => {
      const cells = await row.locator("th, td").allInnerTexts();
      return Object.fromEntries(headings.map((heading, i) => [heading.trim(), cells[i]!.trim()]));
    }),
  );
}

const quick = `sequential([
  conv2d(8, 5, { stride: 2 }), relu(),
  maxPool2d(2),
  flatten(),
  linear(10),
])`;

test("a mistake is said by the library at its line; mended, the parameters are those of the formulas", () =>
  visit("yours", async ({ page, clean, accessible }) => {
    await verdict(page, "It fits");
    await write(page, "sequential([\n  conv2d(6, 5, { padding: 2 }), relu(),\n  linear(10),\n])");
    await verdict(
      page,
      /Line 3, column 3:\s+Layer "2": linear: the input has shape \[1, 6, 28, 28\].*Put flatten\(\) before it\./,
    );
    assert.is(await page.locator(".cm-lint-marker-error").count(), 1);
    assert.is(await page.getByRole("button", { name: "Train", exact: true }).isDisabled(), true);
    assert.is(await page.locator(".train [role=status]").innerText(), "The text has a mistake");
    await accessible();
    // As by hand: to the line, and what is missing.
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Home");
    await page.keyboard.type("flatten(), ", { delay: 10 });
    await verdict(page, "It fits");
    const [conv, dense] = [(5 * 5 * 1 + 1) * 6, (6 * 28 * 28 + 1) * 10];
    const table = await layers(page);
    assert.equal(
      table.map(([name, type, output]) => `${name} ${type} ${output}`),
      ["0 Conv2d 5 × 5 28 × 28 × 6", "1 ReLU 28 × 28 × 6", "2 Flatten 4704", "3 Linear 10"],
    );
    assert.is(table[0]![3], `(5 × 5 × 1 + 1) × 6 = ${conv}`);
    assert.is(table[3]![3], `(4704 + 1) × 10 = ${dense.toLocaleString("en-US")}`);
    assert.is(table[0]![4], (5 * 5 * 6 * 28 * 28).toLocaleString("en-US"));
    assert.is(table[0]![5], "5 × 5");
    assert.is(
      await page.locator(".made .stats dd").first().innerText(),
      (conv + dense).toLocaleString("en-US"),
    );
    assert.ok((await page.locator(".drawn svg [data-layer]").count()) >= 2);
    // A layer's name leads to where it is written.
    await page.locator(".made").getByRole("button", { name: "3", exact: true }).click();
    await page.waitForFunction(() => document.activeElement?.matches(".editor"));
    await page.keyboard.type("linear(12)");
    await verdict(page, /12 numbers.*linear\(10\)/);
    await clean();
    await accessible();
  }));

test("names of layers and options are offered; the keyboard leaves the text", () =>
  visit("yours", async ({ page, clean, accessible }) => {
    await verdict(page, "It fits");
    await editor(page).click();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("seq");
    const offers = page.locator(".cm-tooltip-autocomplete li");
    await offers.filter({ hasText: "sequential" }).waitFor();
    await page.waitForTimeout(100);
    await page.keyboard.press("Enter");
    await page.keyboard.type("([conv2d(4, 3, { padd");
    await offers.filter({ hasText: "paddingMode" }).waitFor();
    await page.locator(".cm-completionInfo", { hasText: "pixels around" }).waitFor();
    await accessible();
    await page.waitForTimeout(100);
    await page.keyboard.press("Enter");
    await page.keyboard.type("1 ");
    await verdict(page, "The output is 28 × 28 × 4");
    await page.keyboard.press("Tab");
    const inText = () => page.evaluate(() => document.activeElement?.matches(".editor"));
    assert.is(await inText(), true);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    assert.is(await inText(), false);
    await clean();
  }));

test("trains on MNIST; a second network is compared with it; both stay when the room is left", () =>
  visit("yours", async ({ page, clean, accessible }) => {
    await verdict(page, "It fits");
    await page.getByLabel("Pictures to see").selectOption({ label: "5,000" });
    await press(page, "Train");
    await status(page, "Done");
    await write(page, quick);
    await verdict(page, "It fits");
    await page.getByLabel("Pictures to see").selectOption({ label: "2,000" });
    await page.getByRole("radio", { name: "Momentum SGD" }).check({ force: true });
    await press(page, "Train");
    await page.locator(".runs tbody tr").nth(1).waitFor();
    await status(page, "Done");
    const [second, first] = await runs(page);
    assert.ok(Number.parseFloat(first!.Accuracy!) > 85, first!.Accuracy);
    assert.is(first!.Network, "1. LeNet-5");
    assert.is(first!.Parameters, "61,706");
    assert.is(second!.Network, "2. LeNet-5, changed");
    assert.is(second!.Parameters, ((25 + 1) * 8 + (8 * 6 * 6 + 1) * 10).toLocaleString("en-US"));
    assert.match(second!.Trained!, /MNIST, 2,\d\d\d pictures, momentum SGD 0.05, batch 32, seed 1/);
    for (const chart of ["Accuracy on test pictures", "Loss in training"]) {
      const figure = page.locator("figure.chart", { hasText: chart });
      assert.match(await figure.innerText(), /1\. LeNet-5: .*2\. LeNet-5, changed: /s);
    }
    await accessible();
    // Away and back.
    await page.getByRole("link", { name: "Pooling and padding" }).click();
    await entered(page, "pooling");
    await page.getByRole("link", { name: "Your own network" }).click();
    await entered(page, "yours");
    assert.equal(await runs(page), [second, first]);
    assert.match(await editor(page).innerText(), /stride: 2/);
    // Its text comes back.
    await page.getByRole("button", { name: "Edit 1. LeNet-5 in the text above" }).click();
    assert.match(await editor(page).innerText(), /linear\(84\)/);
    await verdict(page, "It fits");
    await clean();
  }));

test("weights, ONNX and source can be taken along, and are the same network", () =>
  visit(
    "yours",
    async ({ page, clean }) => {
      await write(page, quick);
      await verdict(page, "It fits");
      await page.waitForTimeout(300);
      await page.getByLabel("Pictures to see").selectOption({ label: "1,000" });
      await press(page, "Train");
      await status(page, "Done");
      const download = async (name: string) => {
        const [file] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("button", { name }).click(),
        ]);
        return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
      };
      const weights = await download("Weights of 1. LeNet-5, changed, to download as safetensors");
      const onnx = await download("ONNX file of 1. LeNet-5, changed, to download");
      const source = await download("Source of 1. LeNet-5, changed, to download");
      assert.equal(
        [weights.name, onnx.name, source.name],
        ["1-lenet-5-changed.safetensors", "1-lenet-5-changed.onnx", "1-lenet-5-changed.js"],
      );
      const { tensors } = readSafetensors(weights.bytes);
      assert.equal(tensors.get("0.weight")!.shape, [8, 1, 5, 5]);
      assert.equal(tensors.get("4.weight")!.shape, [10, 8 * 6 * 6]);
      using model = await importOnnx(onnx.bytes);
      assert.equal([model.inputShape, model.outputShape], [[1, 28, 28], [10]]);
      const largest = Math.max(...tensors.get("4.weight")!.data.map(Math.abs));
      const others = [...model.stateDict().values()].filter(({ data }) => data.length === 2880);
      assert.is(Math.max(...others[0]!.data.map(Math.abs)), largest);
      assert.is(
        source.bytes.toString(),
        `import { conv2d, flatten, linear, maxPool2d, relu, sequential } from "featuremap";\n\nexport const network = ${quick}`,
      );
      await clean();
    },
    { isolated: false },
  ));

/** An idx file of unsigned bytes. */
function idx(sizes: readonly number[], data: Uint8Array): Buffer {
  const head = Buffer.alloc(4 + 4 * sizes.length);
  head.set([0, 0, 8, sizes.length]);
  for (const [i, size] of sizes.entries()) head.writeUInt32BE(size, 4 + 4 * i);
  return Buffer.concat([head, data]);
}

/** Clothes of a kind: class c has a bright bar at row 2 + 2 c, on noise. */
function clothes(count: number, size = 28): { pictures: Buffer; labels: Buffer } {
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const labels = Uint8Array.from({ length: count }, () => Math.floor(random() * 10));
  const pictures = Uint8Array.from({ length: count * size * size }, (_, i) => {
    const row = Math.floor(i / size) % size;
    const label = labels[Math.floor(i / (size * size))]!;
    return (row === 2 + 2 * label ? 150 : 0) + Math.floor(random() * 100);
  });
  return { pictures: idx([count, size, size], pictures), labels: idx([count], labels) };
}

test("files as Fashion-MNIST's are trained on, and wrong ones are told why", () =>
  visit("yours", async ({ page, clean, accessible }) => {
    await write(page, quick);
    await verdict(page, "It fits");
    await page.getByRole("radio", { name: "your files" }).check({ force: true });
    const input = page.locator(".drop input");
    const [many, few] = [clothes(2000), clothes(300)];
    const file = (name: string, buffer: Buffer) => ({ name, mimeType: "", buffer });
    const images = file("train-images-idx3-ubyte.gz", gzipSync(many.pictures));
    const labels = file("train-labels-idx1-ubyte", many.labels);
    const testImages = file("t10k-images-idx3-ubyte", few.pictures);
    const testLabels = file("t10k-labels-idx1-ubyte.gz", gzipSync(few.labels));
    const wrong = async (files: (typeof images)[], sentence: RegExp) => {
      await input.setInputFiles(files);
      await page.locator(".train .notice.error", { hasText: sentence }).waitFor();
    };
    await wrong([images], /Give all four files together.*This was one\./);
    await wrong(
      [images, labels, testImages, file("cat.jpg", Buffer.from([255, 216, 255, 224]))],
      /cat\.jpg: this is not an idx file/,
    );
    await wrong(
      [images, labels, testImages, images],
      /two files of pictures and two of labels; these are 3 of pictures and 1/,
    );
    const small = file("t10k-images", clothes(300, 8).pictures);
    await wrong(
      [images, labels, small, testLabels],
      /t10k-images has pictures of 8 × 8 pixels; networks here see 28 × 28/,
    );
    await wrong(
      [images, labels, testImages, file("t10k-labels", clothes(200).labels)],
      /has 300 pictures, but t10k-labels has 200 labels/,
    );
    await wrong(
      [images, labels, testImages, file("t10k-labels", few.labels.subarray(0, 100))],
      /truncated or damaged/,
    );
    await accessible();
    await input.setInputFiles([testLabels, images, testImages, labels]);
    await page.locator(".drop", { hasText: "2,000 to train, 300 to test" }).waitFor();
    await page.getByLabel("Pictures to see").selectOption({ label: "10,000 (5 epochs)" });
    await press(page, "Train");
    await status(page, "Done");
    const [run] = await runs(page);
    // Bars are easier than digits.
    assert.ok(Number.parseFloat(run!.Accuracy!) > 90, run!.Accuracy);
    assert.match(run!.Trained!, /your files, 10,000 pictures/);
    await clean();
  }));

test("paused, resumed, stopped; and left while it trains", () =>
  visit("yours", async ({ page, clean }) => {
    await verdict(page, "It fits");
    await page.getByLabel("Pictures to see").selectOption({ label: "300,000 (5 epochs)" });
    await press(page, "Train");
    await status(page, "Training");
    await page.waitForFunction(() =>
      /[1-9],\d\d\d pictures/.test(document.querySelector(".runs td.how")?.textContent ?? ""),
    );
    await press(page, "Pause");
    await status(page, "Paused");
    await page.waitForTimeout(500);
    const [before] = await runs(page);
    await page.waitForTimeout(700);
    assert.equal(await runs(page), [before]);
    // The engine answers meanwhile.
    await write(page, quick);
    await verdict(page, "It fits");
    await page.waitForFunction(() => document.querySelectorAll(".made tbody tr").length === 5);
    await press(page, "Resume");
    await status(page, "Training");
    await page.waitForFunction(
      (old) => document.querySelector(".runs td.how")?.textContent !== old,
      before!.Trained,
    );
    await press(page, "Stop and test");
    await status(page, "Done");
    assert.ok(Number.parseFloat((await runs(page))[0]!.Accuracy!) > 50);
    await press(page, "Train");
    await status(page, "Training");
    await page.getByRole("link", { name: "Pooling and padding" }).click();
    await entered(page, "pooling");
    await page.getByRole("link", { name: "Your own network" }).click();
    await entered(page, "yours");
    assert.match((await runs(page))[0]!.Network!, /not finished: the room was left/);
    await verdict(page, "It fits");
    // The engine is free again.
    await page.getByLabel("Pictures to see").selectOption({ label: "1,000" });
    await press(page, "Train");
    await status(page, "Done");
    await clean();
  }));

test.run();
