// Runs the suites of the test files, in Node and in a page alike, and reports each result to scripts/test.mjs.

export type Hook = () => unknown;

export interface Test {
  name: string;
  body: () => unknown;
}

export interface Suite {
  name: string;
  tests: Test[];
  before: Hook[];
  after: Hook[];
  beforeEach: Hook[];
  afterEach: Hook[];
}

/** Thrown by a test that cannot run here. */
export class Skip {
  constructor(readonly reason: string) {}
}

export interface Report {
  type: "start" | "pass" | "fail" | "skip" | "done";
  file?: string;
  test?: string;
  reason?: string;
  stack?: string;
}

/** The suites of the file being loaded, each added by its `run()`. */
export const suites: Suite[] = [];

/** Loads and runs the files one after another; `grep` narrows the tests to those whose full name contains it. */
export async function runFiles(
  files: Record<string, () => Promise<unknown>>,
  report: (event: Report) => void,
  grep = "",
): Promise<void> {
  for (const [file, load] of Object.entries(files)) {
    const attempt = async (test: string, body: () => unknown): Promise<boolean> => {
      report({ type: "start", file, test });
      try {
        await body();
        return true;
      } catch (error) {
        if (error instanceof Skip) report({ type: "skip", file, test, reason: error.reason });
        else report({ type: "fail", file, test, ...describe(error) });
        return false;
      }
    };
    if (!(await attempt("(loading the file)", load))) continue;
    for (const suite of suites.splice(0)) {
      const chosen = suite.tests.filter(({ name }) => `${suite.name} > ${name}`.includes(grep));
      if (chosen.length === 0) continue;
      const each = async (hooks: Hook[]) => {
        for (const hook of hooks) await hook();
      };
      if (!(await attempt(`${suite.name} > (before)`, () => each(suite.before)))) continue;
      for (const { name, body } of chosen) {
        const test = `${suite.name} > ${name}`;
        const passed = await attempt(test, async () => {
          await each(suite.beforeEach);
          try {
            await body();
          } finally {
            await each(suite.afterEach);
          }
        });
        if (passed) report({ type: "pass", file, test });
      }
      await attempt(`${suite.name} > (after)`, () => each(suite.after));
    }
  }
  report({ type: "done" });
}

/** The message, uvu's difference between the two values when there is one, and the stack. */
function describe(error: unknown): Pick<Report, "reason" | "stack"> {
  if (!(error instanceof Error))
    return { reason: `something that is not an Error was thrown: ${String(error)}` };
  const { message, stack = "", cause, details } = error as Error & { details?: unknown };
  const parts = [message];
  if (typeof details === "string" && details) parts.push(details);
  if (cause instanceof Error) parts.push(`caused by ${cause.stack ?? cause.message}`);
  // In V8 the stack begins with the name and the message, which have been told.
  return { reason: parts.join("\n"), stack: stack.slice(Math.max(0, stack.indexOf("\n    at ") + 1)) };
}
