import { cores, startWorker } from "#platform";
import { assert, suite } from "../harness/suite.js";

const test = suite("workers of the platform");

/** Compiles only when every A is a B. */
const assertExtends = <A extends B, B>(): A | B | undefined => undefined;

test("Node's side and the browser's side are the same, which the compiler checks", () => {
  type Node = typeof import("../../src/platform/node.js");
  type Browser = typeof import("../../src/platform/browser.js");
  assertExtends<Node, Browser>();
  assertExtends<Browser, Node>();
});

test("there is at least one core", () => assert.ok(cores() >= 1));

test("a worker that cannot be parsed, throws or fails later gives one error", async () => {
  const later = "setTimeout(() => { throw new Error('failed later'); })";
  for (const [source, pattern] of [
    ["this is not a script", /Unexpected/],
    ["throw new Error('failed at once')", /failed at once/],
    [later, /failed later/],
  ] as const) {
    const errors: Error[] = [];
    await new Promise<void>((resolve) => {
      const thread = startWorker(
        source,
        undefined,
        () => {},
        (error) => {
          errors.push(error);
          setTimeout(() => {
            thread.terminate();
            resolve();
          }, 50);
        },
      );
    });
    assert.is(errors.length, 1);
    assert.match(errors[0]!.message, pattern);
  }
});

test("ending a worker is no error", async () => {
  const errors: Error[] = [];
  const thread = startWorker(
    "for (;;);",
    undefined,
    () => {},
    (error) => errors.push(error),
  );
  thread.unref();
  thread.terminate();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(errors, []);
});

test.run();
