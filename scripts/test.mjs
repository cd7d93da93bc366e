// `npm test [-- part-of-a-path ...] [--node | --browser] [--grep part-of-a-name] [--verbose]`
// Runs test/**/*.test.ts in Node and in Chromium, with and without cross-origin isolation.
import { fork } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { installOracles } from "./oracles.mjs";
import { exclusively, exitWithBuildError, filesIn, install, root, setup } from "./setup.mjs";

/** A test that reports nothing for so long is taken for hung. */
const patienceMs = 10 * 60_000;

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: "boolean" },
    browser: { type: "boolean" },
    grep: { type: "string", default: "" },
    verbose: { type: "boolean" },
  },
});

const files = filesIn("test").filter(
  (file) =>
    file.endsWith(".test.ts") && (filters.length === 0 || filters.some((part) => file.includes(part))),
);
const nodeFiles = options.browser ? [] : files.filter((file) => !file.endsWith(".browser.test.ts"));
const browserFiles = options.node ? [] : files.filter((file) => !file.endsWith(".node.test.ts"));

// A filtered run bundles what it tests from the sources; only tests that look into build/ need the library built.
const readsBuild = (file) => readFileSync(join(root, file), "utf8").includes("build/");
if (filters.length === 0 || [...nodeFiles, ...browserFiles].some(readsBuild)) await setup();
else await install();

// A folder of its own, so that several runs can go on at once.
const folder = `build/test-${process.pid}`;
const cleanUp = () => rmSync(join(root, folder), { recursive: true, force: true });
process.on("exit", cleanUp);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));
mkdirSync(join(root, folder), { recursive: true });

const bundled = await exclusively(bundle).catch(exitWithBuildError);
if (bundled.includes("test/harness/oracles.ts")) await installOracles();

const total = { passed: 0, failed: 0, skipped: 0 };
if (nodeFiles.length > 0) await environment(`Node ${process.versions.node}`, runInNode);
if (browserFiles.length > 0) await runInChromium();
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
if (total.passed + total.failed === 0) console.error("No test ran.");
process.exit(total.passed > 0 && total.failed === 0 ? 0 : 1);

/** One bundle of the test files and of what they import for each platform. Returns what went into Node's. */
async function bundle() {
  const { build } = await import("esbuild");
  const { inlineWorker, nodeRequire, targets, wasm } = await import("./plugins.mjs");
  const make = (platform, names) =>
    names.length > 0 &&
    build({
      absWorkingDir: root,
      stdin: { contents: entry(names, platform), resolveDir: root, sourcefile: "tests.ts", loader: "ts" },
      outfile: `${folder}/${platform}.mjs`,
      bundle: true,
      format: "esm",
      platform,
      target: targets[platform],
      sourcemap: "inline",
      sourcesContent: false,
      metafile: true,
      plugins: [wasm, inlineWorker],
      banner: platform === "node" ? { js: nodeRequire } : {},
      logLevel: "warning",
    });
  const node = await make("node", nodeFiles);
  await make("browser", browserFiles);
  return Object.keys(node ? node.metafile.inputs : {});
}

function entry(names, platform) {
  const loaders = names.map(
    (name) => `${JSON.stringify(name)}: () => import(${JSON.stringify(`./${name}`)}),`,
  );
  const node = platform === "node";
  // What is thrown outside of any test must fail the run but not end it, as in a page.
  const strayInNode = `for (const kind of ["uncaughtException", "unhandledRejection"]) {
    process.on(kind, (error) => report({ type: "stray", reason: String(error?.message ?? error), stack: error?.stack }));
  }`;
  return `import { runFiles } from "./test/harness/runner.js";
const report = ${node ? "(event) => process.send(event)" : "globalThis.featuremapReport"};
${node ? strayInNode : "report({ type: 'page', isolated: crossOriginIsolated });"}
runFiles({ ${loaders.join("\n")} }, report, ${JSON.stringify(options.grep)})${node ? ".then(() => process.disconnect())" : ""};`;
}

/** Runs the tests in one environment, prints what it reports and adds its counts to the total. */
async function environment(name, run) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  const started = performance.now();
  let current = "(starting)";
  let heard = Date.now();
  let finished = false;
  const fail = (where, reason, stack) => {
    count.failed++;
    const text = stack ? `${reason}\n${stack}` : reason;
    console.log(`\nFAILED in ${name}: ${where}\n${indent(stripVTControlCharacters(text))}\n`);
  };
  const listener = {
    report({ type, file, test, reason, stack }) {
      heard = Date.now();
      const where = `${file} > ${test}`;
      if (type === "start") current = where;
      if (type === "pass") {
        count.passed++;
        if (options.verbose) console.log(`passed: ${where}`);
      }
      if (type === "fail") fail(where, reason, stack);
      if (type === "skip") {
        count.skipped++;
        console.log(`skipped: ${reason} (${where})`);
      }
      if (type === "stray") this.stray(reason, stack);
      if (type === "done") finished = true;
    },
    /** Something went wrong outside of any test: in a callback, in the page, in a worker. */
    stray(reason, stack) {
      fail(`${current} (outside of the test's own call)`, reason, stack);
    },
  };
  let watch;
  const hung = new Promise((resolve) => {
    watch = setInterval(() => Date.now() - heard > patienceMs && resolve("hung"), 1000);
  });
  const stop = new AbortController();
  const running = run(listener, stop.signal);
  const outcome = await Promise.race([running, hung]);
  clearInterval(watch);
  if (outcome === "hung") {
    fail(current, `no result for ${patienceMs / 60_000} minutes: taken for hung`);
    stop.abort();
    await running;
  } else if (outcome || !finished) {
    fail(finished ? "(after the last test)" : current, outcome ?? "the run ended before all tests had");
  }
  for (const key of Object.keys(total)) total[key] += count[key];
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${name}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped in ${seconds} s`,
  );
}

function runInNode(listener, signal) {
  return new Promise((resolve) => {
    const child = fork(join(root, folder, "node.mjs"), [], {
      cwd: root,
      execArgv: ["--enable-source-maps", "--expose-gc"],
      serialization: "advanced",
    });
    signal.addEventListener("abort", () => child.kill("SIGKILL"));
    child.on("message", (event) => {
      listener.report(event);
      if (event.type !== "done") return;
      const lingering = setTimeout(() => {
        resolve("something kept the process from ending by itself");
        child.kill("SIGKILL");
      }, 20_000);
      child.on("close", () => clearTimeout(lingering));
    });
    child.on("error", (error) => resolve(String(error)));
    child.on("close", (code, killedBy) => {
      resolve(code === 0 ? undefined : `the process ended with ${killedBy ?? `exit code ${code}`}`);
    });
  });
}

async function runInChromium() {
  const { launch, serve } = await import("./chromium.mjs");
  for (const isolated of [true, false]) {
    const browser = await launch();
    const server = await serve(folder, isolated);
    const name = `Chromium ${browser.version()}, ${isolated ? "" : "not "}cross-origin isolated`;
    await environment(name, (listener, signal) => runInPage(browser, server.url, isolated, listener, signal));
    server.close();
    await browser.close();
  }
}

async function runInPage(browser, url, isolated, listener, signal) {
  const page = await browser.newPage();
  const sourceStack = stackMapper(join(root, folder, "browser.mjs"));
  let end;
  const ended = new Promise((resolve) => (end = resolve));
  let began = false;
  await page.exposeFunction("featuremapReport", (event) => {
    began = true;
    if (event.type === "page") {
      if (event.isolated !== isolated)
        listener.stray(`crossOriginIsolated is ${event.isolated}, expected ${isolated}`);
    } else {
      listener.report({ ...event, reason: sourceStack(event.reason), stack: sourceStack(event.stack) });
    }
    if (event.type === "done") end();
  });
  page.on("pageerror", (error) => {
    listener.stray(error.message, sourceStack(error.stack));
    if (!began) end("the tests could not be loaded");
  });
  page.on("console", (message) => {
    // Chromium itself logs each answer that is not 200; a test that asks for one looks at the answer.
    if (message.text().startsWith("Failed to load resource")) return;
    if (message.type() === "error") listener.stray(`console.error: ${message.text()}`);
    else console.log(message.text());
  });
  page.on("crash", () => end("the page crashed"));
  browser.on("disconnected", () => end("Chromium ended by itself"));
  signal.addEventListener("abort", () => end());
  // Not until it has loaded: it may be busy with the tests all the time.
  await page.goto(url, { waitUntil: "commit" });
  const outcome = await ended;
  // What a timer or a worker left behind throws a moment later counts too.
  if (outcome === undefined && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 200));
  return outcome;
}

/** Gives a function that turns places in the bundle into places in the sources, as Node does by itself. */
function stackMapper(file) {
  const inline = /^\/\/# sourceMappingURL=data:application\/json;base64,(.+)$/m.exec(
    readFileSync(file, "utf8"),
  );
  const map = new SourceMap(JSON.parse(Buffer.from(inline[1], "base64").toString()));
  return (stack) =>
    stack?.replace(/http:[^\s()]*\.mjs:(\d+):(\d+)/g, (place, line, column) => {
      const { originalSource, originalLine, originalColumn } = map.findEntry(line - 1, column - 1);
      if (!originalSource) return place;
      return `${originalSource.replace(/^(\.\.\/)+/, "")}:${originalLine + 1}:${originalColumn + 1}`;
    });
}

function indent(text) {
  return text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
