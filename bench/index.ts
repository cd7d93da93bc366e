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
import { type NetworkName, trained } from "./training/networks.js";
import { peers, training } from "./training.js";

const train = (): Promise<Result> => training(["lenet5"], []);
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
  const [, what = "train", network = "lenet5"] = positionals;
  if (what !== "train" && what !== "predict")
    fail(`There is no profile of "${what}": choose train or predict.`);
  const name = chosen("network", network, trained);
  await profile(what, name, Number(options.batch ?? trained[name].batch));
  process.exit();
}
if (positionals[0] === "spills") {
  spills();
  process.exit();
}
if (positionals[0] === "training") {
  const names = positionals.splice(1).map((name) => chosen("network", name, trained));
  const all = names.length > 0 ? names : (Object.keys(trained) as NetworkName[]);
  const given = options.peers?.split(",");
  const others = given?.filter((name) => name !== "none").map((name) => chosen("peer", name, peers));
  parts.training = () => training(all, others);
}
const compared = positionals.filter(isInference);
const named = positionals.filter((name) => !isInference(name));
const unknown = named.find((name) => !(name in parts));
if (unknown !== undefined) {
  const known = [...Object.keys(parts), "profile", "spills", "training", "networks", "layers"];
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

/** A name that was given, if there is such a one. */
function chosen<K extends string>(what: string, name: string, among: Readonly<Record<K, unknown>>): K {
  if (name in among) return name as K;
  return fail(`There is no ${what} "${name}": choose among ${Object.keys(among).join(", ")}.`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
