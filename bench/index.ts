// `npm run bench [-- train predict ...] [--json FILE]`: see README.md.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { inference, PEERS } from "./inference/inference.js";
import type { PeerName } from "./inference/job.js";
import { networks } from "./inference/networks.js";
import { type RuntimeName, runtimes } from "./inference/runtimes.js";
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
    runtime: { type: "string", default: "node20,chromium" },
    threads: { type: "string", default: "1" },
    peers: { type: "string" },
    rounds: { type: "string", default: "21" },
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
const choose = <T extends string>(what: string, given: string, among: readonly string[]): T[] => {
  const chosen = given.split(",");
  const unknown = chosen.find((name) => !among.includes(name));
  if (unknown !== undefined) fail(`There is no ${what} "${unknown}": choose among ${among.join(", ")}.`);
  return chosen as T[];
};
const named = positionals.flatMap((name) => (name === "networks" ? Object.keys(networks) : [name]));
const known = [...Object.keys(parts), ...Object.keys(networks)];
if (named.length > 0)
  choose("part of the bench", named.join(","), [...known, "networks", "profile", "spills"]);
const chosen = named.filter((name) => name in networks);
if (chosen.length > 0) {
  const among = {
    names: chosen,
    runtimes: choose<RuntimeName>("runtime", options.runtime, Object.keys(runtimes)),
    threads: options.threads.split(",").map(Number),
    peers: ["featuremap" as PeerName, ...choose<PeerName>("peer", options.peers ?? PEERS.join(","), PEERS)],
    rounds: Number(options.rounds),
    batch: Number(options.batch ?? 1),
  };
  parts.inference = () => inference({ ...among, peers: [...new Set(among.peers)] });
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
