import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { assert, skip } from "../harness/suite.js";

// By a name that the bundler does not follow: the scripts find the project by where they lie.
const script = <T>(name: string): Promise<T> =>
  import(pathToFileURL(`scripts/${name}.mjs`).href) as Promise<T>;

type Playground = typeof import("../../scripts/playground.mjs");
type Chromium = typeof import("../../scripts/chromium.mjs");

export interface VisitOptions {
  /** Served with the headers that allow threads. Default true. */
  readonly isolated?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
}

/** A room of the playground, opened in Chromium. */
export interface Visit {
  readonly page: Page;
  /** Throws if the page did what it must not: an error on the console, a request elsewhere, something that jumped. */
  clean(): Promise<void>;
  /** Throws for what axe-core finds wrong for people who do not see or do not use a mouse. */
  accessible(): Promise<void>;
}

let browser: Browser | undefined;
const servers = new Map<boolean, { url: string; close(): void }>();

/** Visits a room, and closes the page when `work` is over. */
export async function visit(
  room: string,
  work: (visit: Visit) => Promise<void>,
  { isolated = true, width = 1440, height = 900, dark = false }: VisitOptions = {},
): Promise<void> {
  const { hasChromium, launch } = await script<Chromium>("chromium");
  if (!hasChromium()) skip("needs Chromium");
  const { url } = await served(isolated);
  browser ??= await launch();
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(`${error.message}\n${error.stack}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()))
      wrong.push(`console.${message.type()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(url))
      wrong.push(`a request to ${request.url()}`);
  });
  await page.addInitScript(watchShifts);
  try {
    await page.goto(`${url}#/${room}`);
    await entered(page, room);
    await work({
      page,
      async clean() {
        const { shifted, shifts } = await page.evaluate(() => {
          const { shifted, shifts } = globalThis as unknown as { shifted: number; shifts: string[] };
          return { shifted, shifts };
        });
        assert.equal(wrong, []);
        // What web.dev calls good is 0.1.
        assert.ok(shifted < 0.02, `the layout shifted by ${shifted}: ${shifts.join(", ")}`);
        assert.equal(await page.evaluate(outside), []);
      },
      async accessible() {
        await page.evaluate(readFileSync("node_modules/axe-core/axe.min.js", "utf8"));
        const found = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
          const { violations } = await axe.run();
          return violations.map(
            ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`,
          );
        });
        assert.equal(found, []);
      },
    });
  } catch (error) {
    if (wrong.length > 0) console.log(`The page said:\n${wrong.join("\n")}`);
    throw error;
  } finally {
    await context.close();
  }
}

/** Waits until a room is there; what follows a slash is for the room itself. */
export async function entered(page: Page, room: string): Promise<void> {
  await page.locator(`main.room-${room.split("/")[0]}[aria-busy="false"]`).waitFor();
}

/** Ends Chromium and the servers, after the last visit of a suite. */
export async function leave(): Promise<void> {
  await browser?.close();
  browser = undefined;
  for (const server of servers.values()) server.close();
  servers.clear();
}

async function served(isolated: boolean): Promise<{ url: string }> {
  const known = servers.get(isolated);
  if (known) return known;
  const { buildPlayground, servePlayground } = await script<Playground>("playground");
  await buildPlayground();
  const server = await servePlayground({ isolated });
  servers.set(isolated, server);
  return server;
}

/** In the page: what sticks out of the panel that it belongs to, on the right. What scrolls may. */
function outside(): string[] {
  const sticksOut = (element: Element, panel: Element): boolean => {
    for (let frame = element; frame !== panel; frame = frame.parentElement!) {
      if (getComputedStyle(frame).position === "absolute") return false;
      if (frame !== element && getComputedStyle(frame).overflowX !== "visible") return false;
    }
    const { width, right } = element.getBoundingClientRect();
    return width > 0 && right > panel.getBoundingClientRect().right + 1;
  };
  return [...document.querySelectorAll("main .panel *")]
    .filter((element) => sticksOut(element, element.closest(".panel")!))
    .map((element) => `${element.outerHTML.slice(0, 80)} sticks out of its panel`);
}

interface Shift {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node?: Node }[];
}

/** In the page: sums how far things jumped without anybody having asked for it (cumulative layout shift). */
function watchShifts(): void {
  const sum = globalThis as unknown as { shifted: number; shifts: string[] };
  sum.shifted = 0;
  sum.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as unknown as Shift[]) {
      if (entry.hadRecentInput) continue;
      sum.shifted += entry.value;
      for (const { node } of entry.sources)
        sum.shifts.push(`${node?.nodeName} ${node?.textContent?.slice(0, 60)}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
}
