import * as assert from "uvu/assert";
import { type Hook, Skip, type Suite, suites, type Test } from "./runner.js";

export { sharedData } from "./shared-data.js";
export { assert };

/** A named group of tests, as in uvu: `const test = suite("conv2d"); test("adds", () => {...}); test.run();` */
export function suite(name: string): SuiteBuilder {
  const group: Suite = { name, tests: [], before: [], after: [], beforeEach: [], afterEach: [] };
  const add = (test: string, body: Test["body"]) => void group.tests.push({ name: test, body });
  const hooks = (all: Hook[], each: Hook[]) =>
    Object.assign((hook: Hook) => void all.push(hook), { each: (hook: Hook) => void each.push(hook) });
  return Object.assign(add, {
    before: hooks(group.before, group.beforeEach),
    after: hooks(group.after, group.afterEach),
    run: () => void suites.push(group),
  });
}

type AddHook = ((hook: Hook) => void) & { each(hook: Hook): void };

export interface SuiteBuilder {
  (name: string, body: Test["body"]): void;
  before: AddHook;
  after: AddHook;
  run(): void;
}

/** Ends the running test as skipped: `skip("needs shared data")`. */
export function skip(reason: string): never {
  throw new Skip(reason);
}

/** Asserts `|actual - expected| <= atol + rtol * |expected|` for every value, and names the worst one if not. */
export function near(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { atol = 1e-5, rtol = 1e-5 }: { atol?: number; rtol?: number } = {},
  message = "values",
): void {
  assert.is(
    actual.length,
    expected.length,
    `${message}: ${actual.length} values, expected ${expected.length}`,
  );
  let wrong = 0;
  let worst = 0;
  let excess = 0;
  for (let i = 0; i < expected.length; i++) {
    const a = actual[i]!;
    const e = expected[i]!;
    if (Object.is(a, e) || a === e) continue;
    const ratio = Math.abs(a - e) / (atol + rtol * Math.abs(e));
    if (ratio <= 1) continue;
    wrong++;
    // A NaN counts as infinitely wrong.
    const size = Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
    if (size > excess) {
      excess = size;
      worst = i;
    }
  }
  if (wrong === 0) return;
  assert.unreachable(
    `${message}: ${wrong} of ${expected.length} values differ by more than ${atol} + ${rtol} * |expected|; ` +
      `worst at index ${worst}: ${actual[worst]}, expected ${expected[worst]}`,
  );
}

/** What `work` says on the console by `console.warn`. */
export async function warnings(work: () => Promise<unknown>): Promise<string[]> {
  const { warn } = console;
  const said: string[] = [];
  console.warn = (...words) => said.push(words.join(" "));
  try {
    await work();
  } finally {
    console.warn = warn;
  }
  return said;
}

/** Asserts that the function throws an Error whose message matches. */
export function throwsMessage(run: () => unknown, pattern: RegExp): void {
  try {
    run();
  } catch (error) {
    matches(error, pattern);
    return;
  }
  assert.unreachable(`nothing was thrown, expected a message matching ${pattern}`);
}

/** Asserts that the promise, or the one the function returns, rejects with an Error whose message matches. */
export async function rejectsMessage(
  run: Promise<unknown> | (() => unknown),
  pattern: RegExp,
): Promise<void> {
  try {
    await (typeof run === "function" ? run() : run);
  } catch (error) {
    matches(error, pattern);
    return;
  }
  assert.unreachable(`nothing was thrown, expected a message matching ${pattern}`);
}

function matches(error: unknown, pattern: RegExp): void {
  const message = error instanceof Error ? error.message : String(error);
  if (pattern.test(message)) return;
  throw new Error(`the message does not match ${pattern}: ${message}`, { cause: error });
}
