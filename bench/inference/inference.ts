// `npm run bench -- resnet18 layers/vgg --runtime node20,chromium --threads 1,2`: what is asked for, and with whom.
import { execFileSync } from "node:child_process";
import type { Result } from "../report.js";
import type { PeerName } from "./job.js";
import { networks } from "./networks.js";
import { type Choice, PEERS } from "./row.js";
import { type RuntimeName, runtimes } from "./runtimes.js";
import { single } from "./single.js";
import { whole } from "./whole.js";

export const inferenceOptions = {
  runtime: { type: "string", default: "node20,chromium" },
  threads: { type: "string", default: "1" },
  peers: { type: "string" },
  rounds: { type: "string", default: "21" },
  markdown: { type: "boolean", default: false },
} as const;

interface Given {
  readonly runtime: string;
  readonly threads: string;
  readonly peers?: string;
  readonly rounds: string;
  readonly batch?: string;
  readonly markdown: boolean;
}

const LAYERS = /^layers(\/|$)/;

/** Whether a word names networks or layers. */
export function isInference(name: string): boolean {
  return name === "networks" || name in networks || LAYERS.test(name);
}

export async function inference(names: readonly string[], given: Given): Promise<Result> {
  const choice: Choice = {
    runtimes: chosen("runtime", given.runtime, Object.keys(runtimes) as RuntimeName[]),
    threads: given.threads.split(",").map(Number),
    peers: [...new Set(["featuremap" as const, ...peersOf(given.peers)])],
    rounds: Number(given.rounds),
  };
  execFileSync(process.execPath, ["scripts/peers.mjs"], { stdio: "inherit" });
  const layers = names.filter((name) => LAYERS.test(name)).map((name) => name.replace(LAYERS, ""));
  const wholes = names
    .filter((name) => !LAYERS.test(name))
    .flatMap((name) => (name === "networks" ? Object.keys(networks) : [name]));
  const results = [
    ...(wholes.length > 0 ? [await whole(wholes, Number(given.batch ?? 1), given.markdown, choice)] : []),
    ...(layers.length > 0 ? [await single(layers, choice)] : []),
  ];
  return {
    data: results.flatMap(({ data }) => data),
    requirements: results.flatMap(({ requirements }) => requirements ?? []),
    differences: results.flatMap(({ differences }) => differences ?? []),
  };
}

function peersOf(given = PEERS.join(",")): PeerName[] {
  return given === "none" ? [] : chosen("peer", given, PEERS);
}

function chosen<T extends string>(what: string, given: string, among: readonly T[]): T[] {
  const names = given.split(",") as T[];
  const unknown = names.find((name) => !among.includes(name));
  if (unknown === undefined) return names;
  console.error(`There is no ${what} "${unknown}": choose among ${among.join(", ")}.`);
  process.exit(2);
}
