import { assert, rejectsMessage, suite } from "../harness/suite.js";
import { nodeCases, runCase } from "./node-cases.js";

const test = suite("ONNX's own tests of operators");

/** Cases that are refused, and how. */
const refused: readonly [name: string, message: RegExp][] = [
  ["test_convtranspose_3d", /3-D is not supported/],
  ["maxpool_3d_12", /3-D is not supported/],
  ["reducesum_twice_18", /the axes \[1,-3\] name one twice/],
  // Which numbers are dropped is numpy's secret.
  ["test_training_dropout_default", /training_mode is on.*Export model\.eval\(\)/],
  ["test_training_dropout_default_mask", /training_mode is on/],
  ["test_training_dropout", /training_mode is on/],
  ["test_training_dropout_mask", /training_mode is on/],
];

test("every case gives the answer, or is refused by name", async () => {
  const cases = await nodeCases();
  assert.ok(cases.length >= 1280, `${cases.length} cases`);
  const failures: string[] = [];
  for (const one of cases) {
    const [, message] = refused.find(([name]) => name === one.name) ?? [];
    try {
      if (message) await rejectsMessage(() => runCase(one), message);
      else await runCase(one);
    } catch (error) {
      failures.push(`${one.name}: ${(error as Error).message}`);
    }
  }
  assert.equal(failures, []);
  for (const [name] of refused)
    assert.ok(
      cases.some((one) => one.name === name),
      name,
    );
});

test.run();
