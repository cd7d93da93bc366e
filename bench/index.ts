// `npm run bench [-- train predict ...] [--json FILE]`: see README.md.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { inference, inferenceOptions, isInference } from "./inference/inference.js";
import { describe, machine } from "./machine.js";
import { memory } from "./memory.js";
import { predict } from "./predict.js";
import { profile } from "./profile.js";
import { describeRequirement, holds, type Result } from "./report.js";
import { size } from "./size.js";
import { spills } from "./spills.js";
import { start } from "./start.js";
import { train } from "./train.js";

const parts: Record<string, () => Promise<Result>> = { train, predict, start, memory, size };

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "string" },
    batch: { type: "string" },
    ...inferenceOptions,
  },
});
if (positionals[0] === "profile") {
  const what = positionals[1] ?? "train";
  if (what !== "train" && what !== "predict")
    fail(`There is no profile of "${what}": choose train or predict.`);
  await profile(what, Number(options.batch ?? 64));
  process.exit();
}
if (positionals[0] === "spills") {
  spills();
  process.exit();
}
const compared = positionals.filter(isInference);
const named = positionals.filter((name) => !isInference(name));
const unknown = named.find((name) => !(name in parts));
if (unknown !== undefined) {
  const known = [...Object.keys(parts), "profile", "spills", "networks", "layers"];
  fail(`There is no part "${unknown}" of the bench: choose among ${known.join(", ")}, or networks by name.`);
}
if (compared.length > 0) {
  parts.inference = () => inference(compared, options);
  named.push("inference");
}

const facts = await machine();
console.log(`${describe(facts)}\n`);
const results: Record<string, object> = {};
const requirements = [];
const differences: string[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const result = await part();
  console.log("");
  results[name] = result.data;
  requirements.push(...(result.requirements ?? []));
  differences.push(...(result.differences ?? []));
}
for (const requirement of requirements) console.log(describeRequirement(requirement));
for (const difference of differences) console.error(`Another answer: ${difference}`);
if (options.json) {
  const judged = requirements.map((requirement) => ({ ...requirement, pass: holds(requirement) }));
  const report = {
    date: new Date().toISOString(),
    machine: facts,
    results,
    requirements: judged,
    differences,
  };
  writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}
process.exit(differences.length > 0 ? 1 : 0);

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
