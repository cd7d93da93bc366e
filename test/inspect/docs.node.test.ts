import { readFileSync } from "node:fs";
import { networkDiagram } from "../../src/inspect/index.js";
import { models } from "../../src/zoo/index.js";
import { assert, suite } from "../harness/suite.js";

const test = suite("pictures in the documentation");

for (const name of ["lenet5", "googlenet"]) {
  test(`docs/pictures/${name}.svg is what \`featuremap summary ${name} --svg\` draws`, async () => {
    const { title, create } = models[name]!;
    using model = await create({ initialize: false });
    assert.is(readFileSync(`docs/pictures/${name}.svg`, "utf8"), networkDiagram(model, { title }));
  });
}

test.run();
