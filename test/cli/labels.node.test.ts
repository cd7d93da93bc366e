import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { classFinder, labelsFrom, usualLabels } from "../../src/cli/labels.js";
import { imagenetLabels } from "../../src/zoo/imagenet.js";
import { assert, rejectsMessage, suite } from "../harness/suite.js";

const test = suite("labels");

test("folders mean classes by label, synonym, WordNet number and index", () => {
  const { find, ambiguous } = classFinder(imagenetLabels, 1000);
  assert.equal([find("crane"), ambiguous("crane")], [undefined, [134, 517]]);
  const cases: [string, number | undefined][] = [
    ["tench, Tinca tinca", 0],
    ["Tinca_tinca", 0],
    ["great-white-shark", 2],
    ["maillot tank suit", 639],
    ["n01440764", 0],
    ["n15075141", 999],
    ["999", 999],
    ["1000", undefined],
    // The bird and the machine.
    ["crane", undefined],
    ["n02012849", 134],
    ["n00000000", undefined],
    ["dog", undefined],
  ];
  for (const [folder, index] of cases) assert.is(find(folder), index, folder);
});

test("a background in front of ImageNet's classes is not counted; labels that are numbers come first", () => {
  const find = classFinder(usualLabels(1001), 1001).find;
  assert.equal([find("0"), find("n01440764"), find("background"), find("1000")], [1, 1, 0, undefined]);
  assert.equal(["7", "3"].map(classFinder(["7", "8", "3"], 3).find), [0, 2]);
  assert.equal(["2", "3"].map(classFinder([], 3).find), [2, undefined]);
  assert.equal(usualLabels(10), []);
});

test("labels are read from lines and from JSON", async () => {
  const folder = mkdtempSync(join(tmpdir(), "featuremap-labels-"));
  const read = (text: string) => {
    writeFileSync(join(folder, "labels"), text);
    return labelsFrom(join(folder, "labels"));
  };
  assert.equal(await read("cat\r\ndog\n"), ["cat", "dog"]);
  assert.equal(await read('["cat", "dog"]'), ["cat", "dog"]);
  assert.equal(await read('{"1": ["n2", "dog"], "0": ["n1", "cat"]}'), ["cat", "dog"]);
  await rejectsMessage(read("cat\n\ndog"), /there must be one label a line, and no empty one/);
  await rejectsMessage(read("[1, 2]"), /the JSON must be a list of labels/);
  await rejectsMessage(read("[1, "), /is not JSON/);
  rmSync(folder, { recursive: true });
});

test.run();
