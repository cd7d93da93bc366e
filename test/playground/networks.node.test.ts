import { placeLabels } from "../../playground/parts/scatter.js";
import { results, singles } from "../../playground/rooms/networks/history.js";
import { models } from "../../src/zoo/index.js";
import { assert, suite } from "../harness/suite.js";
import { leave, visit } from "./visit.js";

const test = suite("the networks' room");
test.after(leave);

test("every figure has its paper, and every network in it is in the zoo", () => {
  for (const { name, error, paper } of results) {
    assert.ok(error > 0 && error < 30, name);
    assert.match(paper, /\d{4}/, name);
  }
  for (const { zoo, error, source } of singles) {
    assert.ok(Object.hasOwn(models, zoo), zoo);
    assert.ok(error > 3 && error < 25 && source.length > 10, zoo);
  }
  for (const { zoo } of results) assert.ok(zoo === undefined || Object.hasOwn(models, zoo), zoo);
});

test("labels cover neither points nor each other", () => {
  const points = Array.from({ length: 40 }, (_, i) => ({
    x: 60 + ((i * 97) % 500),
    y: 30 + ((i * 53) % 280),
    text: "a label".repeat(1 + (i % 2)),
  }));
  const placed = placeLabels(points, 600);
  const boxes = placed.flatMap((place, i) => {
    if (!place) return [];
    const length = points[i]!.text.length * 7.2;
    const left = place.end ? place.x - length : place.x;
    return [{ left, right: left + length, top: place.y - 12, bottom: place.y + 4 }];
  });
  assert.ok(boxes.length > 20, `${boxes.length} of 40 labels have a place`);
  boxes.forEach((a, i) => {
    for (const b of boxes.slice(i + 1)) {
      const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
      assert.ok(apart, JSON.stringify([a, b]));
    }
    for (const { x, y } of points)
      assert.ok(x < a.left || x > a.right || y < a.top + 1 || y > a.bottom - 1, `${x}, ${y} under a label`);
  });
});

test("the address chooses the network, also while the room is open and on the way back", () =>
  visit("networks/vgg16", async ({ page, clean }) => {
    const title = (name: string) =>
      page.locator(".made-of h2", { hasText: name }).waitFor({ state: "attached" });
    const go = (hash: string) =>
      page.evaluate((to) => {
        location.hash = to;
      }, hash);
    await title("VGG-16");
    await go("#/networks/resnet50");
    await title("ResNet-50");
    await page.goBack();
    await title("VGG-16");
    // What names none leaves the one that is shown.
    for (const hash of ["#/networks", "#/networks/toString"]) {
      await go(hash);
      await page.waitForURL("**/#/networks/vgg16");
    }
    await title("VGG-16");
    await clean();
  }));

test("nothing jumps while a network is described, on a projector", () =>
  visit(
    "networks",
    async ({ page, clean }) => {
      await page.getByRole("region", { name: "Errors on ImageNet" }).waitFor();
      await page.getByRole("img", { name: /Filters of layer 0/ }).waitFor();
      await clean();
    },
    { width: 1920, height: 1080 },
  ));

test("AlexNet: formula, cost and receptive field of a layer that was chosen from the table", () =>
  visit("networks", async ({ page, clean, accessible }) => {
    await page.getByRole("radio", { name: "AlexNet" }).check();
    await page.getByText("All 22 layers of AlexNet as a table").click();
    await page.getByRole("button", { name: "features.3", exact: true }).click();
    const panel = page.getByRole("region", { name: "The chosen layer" });
    const text = await panel.innerText();
    // (5 * 5 * 64 + 1) * 192, and one multiply-add for each weight at each of 27 x 27 places.
    for (const part of ["(5 * 5 * 64 + 1) * 192", `${Math.round((25 * 64 * 192 * 27 * 27) / 1e6)} million`])
      assert.ok(text.includes(part), `${part} in ${text}`);
    assert.ok(text.includes("27 × 27 × 192"), text);
    // The lecture's number.
    assert.ok(text.includes("51 × 51"), text);
    await panel.getByRole("slider", { name: /Unit, down/ }).fill("0");
    await panel.getByRole("slider", { name: /Unit, right/ }).fill("26");
    // Steps of 8 from -18 on.
    const [left, right] = [26 * 8 - 18, 26 * 8 - 18 + 50];
    const sees = await panel.getByRole("img", { name: /^Unit 0, 26 sees/ }).getAttribute("aria-label");
    assert.is(sees, `Unit 0, 26 sees rows -18 to 32 and columns ${left} to ${right} of the input.`);
    await accessible();
    await clean();
  }));

test("a pointer on the picture chooses the unit whose field is centred nearest", () =>
  visit("networks/alexnet", async ({ page, clean }) => {
    const picture = page.getByRole("img", { name: /^Unit/ });
    const box = (await picture.boundingBox())!;
    await picture.hover({ position: { x: 1, y: 1 } });
    assert.match(
      (await picture.getAttribute("aria-label"))!,
      /^Unit 0, 0 sees rows -2 to 8 and columns -2 to 8/,
    );
    await picture.hover({ position: { x: box.width - 1, y: box.height - 1 } });
    assert.match((await picture.getAttribute("aria-label"))!, /^Unit 54, 54 sees/);
    await clean();
  }));

test("every network of the zoo opens, drawn from its graph", () =>
  visit("networks", async ({ page }) => {
    for (const [name, { title, parameters }] of Object.entries(models)) {
      await page.getByLabel("All of them").selectOption(name);
      const picture = page.locator('.network[aria-busy="false"] svg.diagram');
      await page.waitForFunction(
        ([part]) => document.querySelector("svg.diagram")?.getAttribute("aria-label")?.startsWith(part!),
        [`${title}: ${parameters.toLocaleString("en-US")} parameters`],
      );
      assert.ok((await picture.locator("[data-layer]").count()) >= 5, name);
    }
  }));

test("a block is chosen by the keyboard; a module leads to the layers inside it", () =>
  visit("networks/googlenet", async ({ page, clean, accessible }) => {
    const block = page.locator('svg.diagram [data-layer="inception3a"]').first();
    await block.focus();
    await page.keyboard.press("Enter");
    const panel = page.getByRole("region", { name: "The chosen layer" });
    await panel.getByRole("heading", { name: "inception3a", exact: true }).waitFor();
    // The paper's six sizes: 64, 96 to 128, 16 to 32, and 32 after the pooling, on 192 channels, without bias, with batch norm.
    const weights = 192 * (64 + 96 + 16 + 32) + 96 * 128 * 9 + 16 * 32 * 9;
    const norms = 2 * (64 + 96 + 128 + 16 + 32 + 32);
    assert.ok((await panel.innerText()).includes((weights + norms).toLocaleString("en-US")));
    assert.is(await block.getAttribute("aria-pressed"), "true");
    await panel.getByRole("button", { name: "branch2.1.conv", exact: true }).click();
    await panel.getByRole("heading", { name: "inception3a.branch2.1.conv", exact: true }).waitFor();
    await accessible();
    await clean();
  }));

test("LeNet-5's filters are there; another file's weights are refused in words", () =>
  visit("networks/lenet5", async ({ page, clean, accessible }) => {
    await page.getByRole("img", { name: /Filters of layer 0\. 6 filters of 5 × 5/ }).waitFor();
    await page.getByRole("radio", { name: "VGG-16" }).check();
    await page.locator(".filter-view input[type=file]").setInputFiles({
      name: "vgg16.pth",
      mimeType: "application/octet-stream",
      buffer: Buffer.from("these are no weights"),
    });
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), /vgg16\.pth/);
    await accessible();
    await clean();
  }));

test("the timeline opens a network", () =>
  visit("networks", async ({ page, clean, accessible }) => {
    await page.getByRole("button", { name: /^ResNet, 2015: 3\.57 %/ }).click();
    await page.getByRole("heading", { name: "ResNet-152", exact: true }).first().waitFor();
    await page.getByRole("radio", { name: "Parameters" }).check();
    await page.getByRole("button", { name: /^SqueezeNet 1\.1: 19\.38 %/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "SqueezeNet 1.1", exact: true }).first().waitFor();
    assert.is(new URL(page.url()).hash, "#/networks/squeezenet1_1");
    await accessible();
    await clean();
  }));

test.run();
