import { models } from "featuremap/zoo";
import { readFile } from "#platform";
import { assert, suite } from "../harness/suite.js";

const test = suite("docs/zoo.md");

const lines = new TextDecoder().decode(await readFile("docs/zoo.md")).split("\n");

test("it lists every network, with its parameters and input", () => {
  const listed = lines.flatMap((line) => {
    const cells = line.split("|").map((cell) => cell.trim());
    return cells.length === 7 && cells[1]!.startsWith("`") ? [[cells[1], cells[3], cells[4]]] : [];
  });
  assert.equal(
    listed,
    Object.entries(models).map(([name, { parameters, inputShape }]) => [
      `\`${name}\``,
      parameters.toLocaleString("en"),
      inputShape.join(" x "),
    ]),
  );
});

test("it lists every paper", () => {
  for (const { paper } of Object.values(models)) assert.ok(lines.includes(`- ${paper}`), paper);
});

test.run();
