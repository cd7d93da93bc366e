import type { Page } from "playwright-core";

/** What a canvas of a room shows. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: number[];
}

/** Reads a canvas by the beginning of its label: one number a pixel where it is grey, or three. */
export function canvasOf(page: Page, label: string, channels: 1 | 3 = 1): Promise<Plane> {
  return page
    .locator(`canvas[aria-label^="${label}"]`)
    .first()
    .evaluate((element, c) => {
      const canvas = element as HTMLCanvasElement;
      const { width, height } = canvas;
      // By a copy: reading the page's own would make Chromium advise against it.
      const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      return { width, height, values: Array.from(data).filter((_, i) => i % 4 < c) };
    }, channels);
}

/** Chooses one of a few by its words. */
export async function check(page: Page, group: string, option: string): Promise<void> {
  const choices = page.getByRole("group", { name: group, exact: true });
  await choices.getByLabel(option, { exact: true }).check({ force: true });
}

/** A number as it is written in the page. */
export async function numberIn(page: Page, selector: string): Promise<number> {
  return Number((await page.locator(selector).innerText()).replace("−", "-"));
}

/** Presses a key so many times. */
export async function press(page: Page, key: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await page.keyboard.press(key);
}

/** For each padding mode which of `size` pixels place i shows; -1 for none. */
export const SOURCES: Readonly<Record<string, (i: number, size: number) => number>> = {
  zeros: (i, size) => (i < 0 || i >= size ? -1 : i),
  reflect: (i, size) => (i < 0 ? -i : i >= size ? 2 * size - 2 - i : i),
  symmetric: (i, size) => (i < 0 ? -1 - i : i >= size ? 2 * size - 1 - i : i),
  replicate: (i, size) => Math.min(Math.max(i, 0), size - 1),
  circular: (i, size) => (i + size) % size,
};
