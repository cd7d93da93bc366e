import { readdirSync, readFileSync } from "node:fs";
import { rooms } from "../../playground/rooms/rooms.js";
import { assert, suite } from "../harness/suite.js";
import { entered, leave, visit } from "./visit.js";

const test = suite("the playground's frame");
test.after(leave);

test("uses the public entry points alone", () => {
  const sources = readdirSync("playground", { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.tsx?$/.test(file),
  );
  const strangers = sources.flatMap((file) =>
    [...readFileSync(`playground/${file}`, "utf8").matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)"([^"]+)"/g)]
      .map(([, path]) => path!)
      .filter((path) => /^\.\.?\//.test(path) && /\bsrc\//.test(path))
      .map((path) => `${file} imports ${path}`),
  );
  assert.ok(sources.length > 10);
  assert.equal(strangers, []);
});

test("every room opens by its address and by the keyboard, and is where the page says", async () => {
  await visit("convolution", async ({ page, clean }) => {
    for (const { id, title } of rooms) {
      const link = page.getByRole("navigation").getByRole("link", { name: title, exact: true });
      await link.focus();
      await page.keyboard.press("Enter");
      await entered(page, id);
      assert.is(await page.locator("h1").innerText(), title);
      assert.is(await link.getAttribute("aria-current"), "page");
      assert.is(new URL(page.url()).hash.split("/")[1], id);
    }
    await clean();
  });
});

for (const { id } of rooms) {
  for (const dark of [false, true]) {
    test(`${id}: no violation of accessibility, ${dark ? "dark" : "light"}`, () =>
      visit(id, ({ accessible }) => accessible(), { dark }));
  }
  test(`${id}: fits a phone`, () =>
    visit(
      id,
      async ({ page, clean, accessible }) => {
        const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(wide! <= seen!, `${wide} pixels wide on a screen of ${seen}`);
        await accessible();
        await clean();
      },
      { width: 390, height: 844 },
    ));
}

test("the link that skips the navigation stays in the room", () =>
  visit("pooling", async ({ page, clean }) => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.is(new URL(page.url()).hash, "#/pooling");
    assert.is(await page.evaluate(() => document.activeElement?.textContent), "Pooling and padding");
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement?.matches("main input")));
    await clean();
  }));

test("on a phone the navigation shows where one is", () =>
  visit(
    "yours",
    async ({ page, clean }) => {
      const box = (await page.getByRole("link", { name: "Your own network" }).boundingBox())!;
      assert.ok(box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
      await clean();
    },
    { width: 390, height: 844 },
  ));

test("a room that cannot open says why", () =>
  visit("networks", async ({ page }) => {
    const alert = page.getByRole("alert");
    await page.route("**/photographs/flower.jpg", (route) => route.fulfill({ status: 404 }));
    await page.getByRole("link", { name: "Pooling and padding" }).click();
    await alert.waitFor();
    assert.match(await alert.innerText(), /could not be opened: The photograph "flower" is missing/);
    await page.route("**/photographs/boats.jpg", (route) => route.abort());
    await page.getByRole("link", { name: "Convolution", exact: true }).click();
    await page.getByText("Is the server still there?").waitFor();
  }));

test("colours that the system forces leave a choice to be seen", () =>
  visit("convolution", async ({ page }) => {
    await page.emulateMedia({ forcedColors: "active" });
    const grounds = await page
      .getByRole("group", { name: "Kernel size" })
      .locator("label > span")
      .evaluateAll((spans) => spans.map((span) => getComputedStyle(span).backgroundColor));
    assert.is(new Set(grounds).size, 2);
  }));

test("without isolation it says so and works on one thread", () =>
  visit(
    "convolution",
    async ({ page, clean }) => {
      assert.ok((await page.locator("footer").innerText()).includes("on one thread"));
      await clean();
    },
    { isolated: false },
  ));

test("an address that is none does not end the server", () =>
  visit("convolution", async ({ page, clean }) => {
    const { origin } = new URL(page.url());
    for (const address of ["%", "%00", "..%2f..%2fpackage.json", "data"])
      assert.is((await fetch(`${origin}/${address}`)).status, 404);
    const digits = await fetch(`${origin}/data/digits.bin`);
    assert.is(digits.headers.get("Content-Length"), String(20 * 784));
    await clean();
  }));

test("the theme that was chosen stays", () =>
  visit("convolution", async ({ page }) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.getByLabel("Colours").selectOption("dark");
    const dark = await paper();
    assert.is.not(dark, light);
    await page.reload();
    assert.is(await paper(), dark);
  }));

test.run();
