import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { conv2d, flatten, linear, type Model, sequential, Tensor } from "../../src/index.js";
import { featureMapGrid } from "../../src/inspect/index.js";
import { lenet5 } from "../../src/zoo/index.js";
import { assert, suite } from "../harness/suite.js";
import { entered, leave, visit } from "./visit.js";

const test = suite("LeNet live");
test.after(leave);

type Point = readonly [x: number, y: number];

/** Digits as one draws them, in strokes over the 28 x 28 of the paper. */
const drawn: Readonly<Record<number, readonly (readonly Point[])[]>> = {
  0: [
    [
      [14, 4],
      [9, 7],
      [7, 14],
      [9, 21],
      [14, 24],
      [19, 21],
      [21, 14],
      [19, 7],
      [14, 4],
    ],
  ],
  1: [
    [
      [14, 4],
      [14, 24],
    ],
  ],
  2: [
    [
      [8, 8],
      [12, 5],
      [17, 6],
      [18, 10],
      [14, 14],
      [9, 19],
      [7, 23],
      [20, 23],
    ],
  ],
  3: [
    [
      [8, 6],
      [14, 4],
      [18, 8],
      [13, 13],
      [18, 18],
      [14, 23],
      [8, 22],
    ],
  ],
  7: [
    [
      [7, 6],
      [20, 6],
      [16, 13],
      [12, 24],
    ],
  ],
};

/** Draws strokes with the mouse. */
async function draw(page: Page, strokes: readonly (readonly Point[])[]): Promise<void> {
  const paper = page.locator(".pad canvas");
  await paper.scrollIntoViewIfNeeded();
  const { x, y, width } = (await paper.boundingBox())!;
  const at = ([left, top]: Point): [number, number] => [x + (left / 28) * width, y + (top / 28) * width];
  for (const [first, ...others] of strokes) {
    await page.mouse.move(...at(first!));
    await page.mouse.down();
    for (const point of others) await page.mouse.move(...at(point), { steps: 4 });
    await page.mouse.up();
  }
}

/** What the page saw of itself while it trained. */
interface Seen {
  /** Milliseconds from frame to frame, and from strokes to their answers. */
  frames: number[];
  times: number[];
  answers: Set<string>;
}

/** The ten probabilities as the page says them, in percent. */
const shares = async (page: Page): Promise<number[]> =>
  (await page.locator(".probabilities .share").allInnerTexts()).map((text) => Number.parseFloat(text));

const best = async (page: Page): Promise<number> =>
  Number(await page.locator(".probabilities .best b").innerText());

/** Answers come a moment after what asked for them: looks again until the check holds, for two seconds at most. */
async function soon(check: () => Promise<void>): Promise<void> {
  const end = Date.now() + 2000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const takenFor = (page: Page, digit: number) => soon(async () => assert.is(await best(page), digit));

const says = (page: Page, expected: readonly number[]) =>
  soon(async () => assert.equal(await shares(page), expected));

/** Waits until the room shows its first digit. */
const awake = async (page: Page): Promise<void> => {
  await page.locator(".samples button").nth(19).waitFor();
  await page.locator(".probabilities:not(.empty) .best").waitFor();
};

const status = (page: Page, text: string) =>
  page.locator(".standing [role=status]", { hasText: text }).waitFor({ timeout: 60_000 });

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

/** The weights that the page comes with, in a model here. */
const shipped = (): Promise<Model> =>
  lenet5({
    inputShape: [1, 28, 28],
    weights: readFileSync("build/playground/weights/lenet5.safetensors"),
  });

/** The sample digits as the network gets them, [1, 1, 28, 28]. */
function samples(): Tensor[] {
  const bytes = readFileSync("build/playground/data/digits.bin");
  return Array.from({ length: 20 }, (_, i) => {
    const pixels = bytes.subarray(784 * i, 784 * (i + 1));
    return new Tensor(
      Float32Array.from(pixels, (byte) => (byte / 255 - 0.1307) / 0.3081),
      [1, 1, 28, 28],
    );
  });
}

test("digits drawn with the mouse are recognised, each stroke in a moment", () =>
  visit("lenet", async ({ page, clean, accessible }) => {
    await awake(page);
    const times: number[] = [];
    for (const [digit, strokes] of Object.entries(drawn)) {
      await press(page, "Clear");
      await draw(page, strokes);
      await takenFor(page, Number(digit));
      times.push(Number.parseFloat((await page.locator(".time").innerText()).slice(2)));
    }
    // From the event to the pictures; other processes may take the core now and then.
    assert.ok(Math.min(...times) < 10, `${times} ms`);
    await clean();
    await accessible();
  }));

test("a digit drawn with the keyboard; undo, clear", () =>
  visit("lenet", async ({ page, clean, accessible }) => {
    await awake(page);
    const before = await shares(page);
    await page.getByRole("application", { name: "Paper" }).focus();
    for (let i = 0; i < 2; i++) await page.keyboard.press("Shift+ArrowUp");
    await page.keyboard.press("Space");
    for (let i = 0; i < 4; i++) await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Space");
    await takenFor(page, 1);
    await accessible();
    await page.keyboard.press("Control+z");
    await says(page, before);
    await page.keyboard.press("Delete");
    await page.locator(".probabilities.empty").waitFor();
    await press(page, "Undo");
    await says(page, before);
    await clean();
  }));

test("what is shown of a sample digit is what the library computes in Node", () =>
  visit("lenet", async ({ page, clean }) => {
    await awake(page);
    using model = await shipped();
    const taps = ["1", "2", "4", "5", "8", "10"];
    let right = 0;
    for (const [i, input] of samples().entries()) {
      await page.locator(".samples button").nth(i).click();
      const { output, ...maps } = await model.taps(input, taps);
      const powers = Array.from(output!.data, Math.exp);
      const total = powers.reduce((a, b) => a + b);
      await soon(async () => {
        for (const [digit, share] of (await shares(page)).entries())
          assert.ok(Math.abs(share - (100 * powers[digit]!) / total) < 0.11, `sample ${i}, digit ${digit}`);
      });
      if ((await best(page)) === Math.floor(i / 2)) right++;
      if (i % 7 !== 0) continue;
      for (const [at, tap] of taps.entries()) await sameColours(page, at, maps[tap]!);
    }
    assert.ok(right >= 18, `${right} of 20`);
    await clean();
  }));

/** Whether the canvas of a layer has the colours of its numbers, everywhere. */
async function sameColours(page: Page, at: number, maps: Tensor): Promise<void> {
  const layer = page.locator(".layer canvas").nth(at);
  const { width, pixels } = await layer.evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d")!;
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    return { width: canvas.width, pixels: [...data] };
  });
  const [channels, size] = [maps.shape[1]!, maps.shape[2] ?? 1];
  const [cell, gap] = size === 1 ? [3, 1] : [1, 2];
  const columns = (width + gap) / (size * cell + gap);
  const colours = featureMapGrid(maps, { range: [0, 1], columns: channels, gap: 0 });
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const left = (channel % columns) * (size * cell + gap) + x * cell;
        const top = Math.floor(channel / columns) * (size * cell + gap) + y * cell;
        const [seen, wanted] = [4 * (top * width + left), 3 * (y * size * channels + channel * size + x)];
        for (let c = 0; c < 3; c++) {
          const difference = Math.abs(pixels[seen + c]! - colours.data[wanted + c]!);
          assert.ok(
            difference <= 3,
            `layer ${at}, map ${channel}, row ${y}, column ${x}: off by ${difference}`,
          );
        }
      }
    }
  }
}

test("pointing at a number shows what it sees, its value and its weights", () =>
  visit("lenet", async ({ page, clean, accessible }) => {
    await awake(page);
    await page.locator(".samples button").nth(8).click();
    const layer = page.locator(".layer .tiles").nth(2);
    await layer.scrollIntoViewIfNeeded();
    const { x, y, width } = (await layer.boundingBox())!;
    const pixel = width / (16 * 10 + 15 * 2);
    // Map 4, row 2, column 8.
    await page.mouse.move(x + (3 * 12 + 7.5) * pixel, y + 1.5 * pixel);
    const closer = page.locator(".closer");
    await closer.getByText("map 4 of 16, row 2, column 8").waitFor();
    // Backwards by hand: five rows of pooled maps from row 1 on, two of the convolution for each, two more on both sides.
    const along = (at: number) => {
      const seen = new Set<number>();
      for (let pooled = at; pooled < at + 5; pooled++)
        for (let row = 2 * pooled; row < 2 * pooled + 2; row++)
          for (let k = -2; k <= 2; k++) if (row + k >= 0 && row + k < 28) seen.add(row + k);
      return `${Math.min(...seen) + 1} to ${Math.max(...seen) + 1}`;
    };
    const seen = await closer.locator(".seen").getAttribute("aria-label");
    assert.ok(seen!.includes(`rows ${along(1)} and columns ${along(7)} `), seen!);

    using model = await shipped();
    const maps = (await model.taps(samples()[8]!, ["4"]))["4"]!;
    await closer.getByText(maps.at(0, 3, 1, 7).toFixed(3)).waitFor();
    const kernels = model
      .stateDict()
      .get("3.weight")!
      .data.subarray(3 * 150, 4 * 150);
    const reach = Math.max(...kernels.map(Math.abs)).toFixed(2);
    const weights = await closer.locator(".kernels canvas").getAttribute("aria-label");
    assert.is(
      weights,
      `Its weights: 6 kernels of 5 × 5, one for each map before it, from -${reach} to ${reach}`,
    );

    await layer.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Shift+ArrowRight");
    await closer.getByText("map 5 of 16, row 3, column 8").waitFor();
    await page.locator(".layer .tiles").nth(3).focus();
    await closer.getByText("Pooling has no weights").waitFor();
    await page.getByLabel("Contrast").check();
    await accessible();
    await clean();
  }));

test("trains to 95 %, keeps the page free meanwhile; its weights go out and in again", () =>
  visit("lenet", async ({ page, clean, accessible }) => {
    await awake(page);
    await press(page, "Clear");
    await draw(page, drawn[2]!);
    await page.evaluate(() => {
      const seen = globalThis as unknown as Seen;
      seen.frames = [];
      seen.times = [];
      const time = document.querySelector(".time")!;
      new MutationObserver(() => seen.times.push(Number.parseFloat(time.textContent!.slice(2)))).observe(
        time,
        {
          childList: true,
        },
      );
      seen.answers = new Set();
      let last = performance.now();
      const frame = (now: number) => {
        seen.frames.push(now - last);
        last = now;
        seen.answers.add(document.querySelector(".probabilities ol")!.textContent!);
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
    await press(page, "Train");
    await status(page, "Training");
    const began = await page.evaluate(() => (globalThis as unknown as Seen).frames.length);
    // Drawing goes on while it trains.
    await draw(page, [
      [
        [4, 26],
        [24, 26],
      ],
    ]);
    await press(page, "Undo");
    await status(page, "Done");
    const { frames, times, answers } = await page.evaluate(() => {
      const { frames, times, answers } = globalThis as unknown as Seen;
      return { frames, times, answers: answers.size };
    });
    const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
    const training = frames.slice(began);
    const [frame, longest, time] = [median(training), Math.max(...training), median(times)];
    const said = `frames of ${frame} ms, at most ${longest}; answers to ${times.length} strokes in ${time} ms`;
    assert.ok(frame < 20 && time < 10, said);
    assert.ok(answers > 5, `the answer changed ${answers} times`);
    assert.ok(Number.parseFloat(await page.locator(".learn .stats dd").first().innerText()) > 95);
    await takenFor(page, 2);

    const counts = (await page.locator(".confusion tbody td").allInnerTexts()).map(Number);
    assert.is(counts.length, 100);
    assert.is(
      counts.reduce((a, b) => a + b),
      10_000,
    );
    const summary = await page.locator(".chart p").last().textContent();
    // The training's last point is of the batches since the one before it: possibly of a single batch, or half of one.
    assert.match(summary!, /^Accuracy after 1 of 1 epochs: [\d.]+ % in training, 9\d\.\d % in the test\.$/);
    await accessible();
    await clean();

    // The same to the pixel after the page was loaded again, which strokes of a mouse are not.
    const sample = page.locator(".samples button").nth(18);
    await sample.click();
    const learned = await shares(page);
    const files: string[] = [];
    for (const format of ["safetensors", "ONNX"]) {
      const download = page.waitForEvent("download");
      await press(page, `Download as ${format}`);
      files.push(await (await download).path());
      assert.is((await download).suggestedFilename(), `lenet5.${format.toLowerCase()}`);
    }
    for (const [i, path] of files.entries()) {
      const name = `mine.${["safetensors", "onnx"][i]}`;
      await page.evaluate(() => scrollTo(0, 0));
      await page.reload();
      await awake(page);
      await sample.click();
      assert.not.equal(await shares(page), learned);
      const file = { name, mimeType: "application/octet-stream", buffer: readFileSync(path) };
      await page.getByLabel("Load weights").setInputFiles(file);
      await page.getByText(`The network now has the weights of ${name}.`).waitFor();
      await says(page, learned);
    }
    await clean();
  }));

test("a wrong file is refused in the library's words, and changes nothing", () =>
  visit("lenet", async ({ page, clean, accessible }) => {
    await awake(page);
    const before = await shares(page);
    using other = await sequential([conv2d(4, 3), flatten(), linear(3)]).build([1, 8, 8]);
    const load = (name: string, buffer: Buffer) =>
      page.getByLabel("Load weights").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
    const refused = page.locator(".files .notice.error");
    await load("other.safetensors", Buffer.from(other.toSafetensors()));
    await refused.waitFor();
    assert.match(await refused.innerText(), /other\.safetensors.*0\.weight/s);
    await load("notes.pth", Buffer.from("not weights at all"));
    await refused.getByText("notes.pth").waitFor();
    await load("notes.onnx", Buffer.from("not a network at all"));
    await refused.getByText("notes.onnx").waitFor();
    using astray = await shipped();
    const state = astray.stateDict();
    state.get("9.bias")!.data[3] = Number.NaN;
    astray.loadStateDict(state);
    await load("astray.safetensors", Buffer.from(astray.toSafetensors()));
    await refused.getByText('astray.safetensors has NaN in "9.bias"').waitFor();
    await says(page, before);
    await accessible();
    await clean();
  }));

test("the keyboard keeps its place while it trains", () =>
  visit("lenet", async ({ page }) => {
    await awake(page);
    const focused = (text: string) =>
      page.waitForFunction((text) => document.activeElement?.textContent === text, text);
    await page.getByRole("button", { name: "Train", exact: true }).focus();
    await page.keyboard.press("Enter");
    await status(page, "Training");
    await focused("Pause");
    await page.keyboard.press("Enter");
    await focused("Resume");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await status(page, "Cancelled");
    await focused("Cancel");
  }));

test("pause, resume, cancel, reset", () =>
  visit("lenet", async ({ page, clean, accessible }) => {
    await awake(page);
    const before = await shares(page);
    const done = () =>
      page.locator(".standing progress").evaluate((bar) => (bar as HTMLProgressElement).value);
    await page.getByLabel("SGD with momentum").check();
    await page.getByLabel("Batch size").selectOption("32");
    await page.getByLabel("Move and turn").check();
    await press(page, "Train");
    await status(page, "Training");
    await press(page, "Pause");
    await status(page, "Paused");
    await page.waitForTimeout(500);
    const [at, held] = [await done(), await shares(page)];
    await page.waitForTimeout(700);
    assert.is(await done(), at);
    assert.equal(await shares(page), held);
    await accessible();
    await press(page, "Resume");
    await page.waitForFunction(
      (at) => (document.querySelector(".standing progress") as HTMLProgressElement).value > at,
      at,
    );
    await page.getByRole("button", { name: "Cancel training" }).click();
    await status(page, "Cancelled");
    await page.waitForTimeout(500);
    const kept = await shares(page);
    await page.waitForTimeout(500);
    assert.equal(await shares(page), kept);
    assert.not.equal(kept, before);
    await page.getByRole("button", { name: "Reset" }).click();
    await status(page, "Not training");
    await says(page, before);
    // One that is paused can be ended, too, and does not hold up the next.
    for (let i = 0; i < 2; i++) {
      await press(page, "Train");
      await status(page, "Training");
      await press(page, "Pause");
      await status(page, "Paused");
      await page.getByRole("button", { name: "Reset" }).click();
      await status(page, "Not training");
    }
    await says(page, before);
    await clean();
  }));

test("leaving the room ends the training; coming back finds the network as it was", () =>
  visit("lenet", async ({ page, clean }) => {
    await awake(page);
    await press(page, "Train");
    await status(page, "Training");
    await page.waitForTimeout(1000);
    await page.getByRole("link", { name: "Pooling and padding" }).click();
    await entered(page, "pooling");
    await page.getByRole("link", { name: "LeNet live" }).click();
    await entered(page, "lenet");
    await awake(page);
    const [first, learned] = [await page.locator(".standing label").innerText(), await shares(page)];
    assert.is(first, "Not training");
    await page.waitForTimeout(500);
    assert.equal(await shares(page), learned);
    await page.getByRole("button", { name: "Reset" }).click();
    await page.waitForTimeout(100);
    assert.not.equal(await shares(page), learned);
    await clean();
  }));

test("where the site was copied without its data or weights, it says what is missing", () =>
  visit("lenet", async ({ page }) => {
    await awake(page);
    await page.route("**/data/mnist/**", (route) => route.fulfill({ status: 404 }));
    await press(page, "Train");
    const sentence = page.locator(".learn .notice.error");
    await sentence.waitFor();
    assert.match(
      await sentence.innerText(),
      /could not be downloaded: the server has no train-images.* copy that folder too/,
    );
    await press(page, "Clear");
    await draw(page, drawn[1]!);
    await takenFor(page, 1);
    await page.route("**/weights/**", (route) => route.fulfill({ status: 404 }));
    await page.route("**/digits.bin", (route) => route.fulfill({ status: 404 }));
    await page.reload();
    await page.getByText("The trained weights could not be read").waitFor();
    await page.getByText("The sample digits are missing").waitFor();
    await draw(page, drawn[1]!);
    assert.ok(Math.max(...(await shares(page))) < 50, "random weights know nothing");
  }));

test("without isolation it draws and learns on one thread", () =>
  visit(
    "lenet",
    async ({ page, clean }) => {
      await awake(page);
      await press(page, "Train");
      await status(page, "Training");
      await press(page, "Clear");
      await draw(page, drawn[1]!);
      await page.waitForFunction(() =>
        /^1$/m.test(document.querySelector(".learn .stats")!.textContent!.match(/threads(\d)/)?.[1] ?? ""),
      );
      await page.getByRole("button", { name: "Reset" }).click();
      await status(page, "Not training");
      await takenFor(page, 1);
      await clean();
    },
    { isolated: false },
  ));

test.run();
