// Inference of networks beside peers: `npm run bench -- resnet18 --runtime node20,chromium --threads 1,2`.
import { execFileSync } from "node:child_process";
import { ratio, type Spread } from "../alternate.js";
import { digits, type Requirement, type Result, range, table } from "../report.js";
import type { Job, Measured, PeerName, Report } from "./job.js";
import { networks, type Target } from "./networks.js";
import { type Prepared, prepareNetwork } from "./prepare.js";
import { type RuntimeName, runtimes } from "./runtimes.js";

export interface InferenceOptions {
  readonly names: readonly string[];
  readonly runtimes: readonly RuntimeName[];
  readonly threads: readonly number[];
  readonly peers: readonly PeerName[];
  readonly rounds: number;
  readonly batch: number;
}

/** WebAssembly: what we are compared with. The others are there to show what the machine can do. */
const RIVALS: readonly PeerName[] = ["ort", "tfjs", "litert"];

/** Where each contender runs. */
const PLACES: Record<PeerName, readonly RuntimeName[]> = {
  featuremap: ["node20", "node", "chromium"],
  ort: ["node20", "node", "chromium"],
  tfjs: ["node20", "node", "chromium"],
  litert: ["chromium"],
  "ort-native": ["node20", "node"],
  torch: ["node20", "node"],
  "torch-traced": ["node20", "node"],
};

export const PEERS = Object.keys(PLACES) as readonly PeerName[];

/** Milliseconds that the rounds of one row may take. */
const BUDGET_MS = 20_000;

/** One network in one runtime on so many threads. */
export interface Row {
  readonly name: string;
  readonly runtime: RuntimeName;
  readonly threads: number;
  readonly report: Report;
  /** Time of the fastest rival divided by ours; null where there is none. */
  readonly lead: { readonly peer: PeerName; readonly ratio: Spread } | null;
}

export async function inference(options: InferenceOptions): Promise<Result> {
  execFileSync(process.execPath, ["scripts/peers.mjs"], { stdio: "inherit" });
  const rows: Row[] = [];
  for (const name of options.names) {
    const work = await prepareNetwork(name, networks[name]!, options.batch);
    for (const runtime of options.runtimes)
      for (const threads of options.threads) {
        const row = await measureRow(work, runtime, threads, options);
        print(row, networks[name]!.target);
        rows.push(row);
      }
  }
  return {
    data: rows,
    requirements: rows.flatMap((row) => requirement(row, networks[row.name]!.target)),
    differences: rows.flatMap(({ runtime, threads, report }) =>
      report.measured.flatMap(({ difference }) =>
        difference === null ? [] : [`${difference} (${runtime}, ${threads} threads)`],
      ),
    ),
  };
}

async function measureRow(
  work: Prepared,
  runtime: RuntimeName,
  threads: number,
  { peers, rounds }: InferenceOptions,
): Promise<Row> {
  const here = peers.filter((peer) => PLACES[peer].includes(runtime));
  const job: Job = { ...work, threads, peers: here, rounds, budgetMs: BUDGET_MS };
  const report = await runtimes[runtime](job);
  return { name: work.name, runtime, threads, report, lead: leadOf(report) };
}

function leadOf({ measured }: Report): Row["lead"] {
  const ours = measured.find(({ peer }) => peer === "featuremap");
  const rivals = measured.filter(({ peer, difference }) => RIVALS.includes(peer) && difference === null);
  if (!ours || rivals.length === 0) return null;
  const fastest = rivals.reduce((a, b) => (b.timing.ms.median < a.timing.ms.median ? b : a));
  return { peer: fastest.peer, ratio: ratio(fastest.timing, ours.timing) };
}

function requirement({ name, runtime, threads, lead }: Row, { atLeast }: Target): Requirement[] {
  if (!lead) return [];
  const what = `${name}, ${runtime}, ${threads} threads: time of ${lead.peer} by ours`;
  return [{ name: what, unit: "x", measured: lead.ratio.median, atLeast }];
}

const mib = (bytes: number): string => digits(bytes / 2 ** 20);

function print({ name, threads, report, lead }: Row, { atLeast, aim }: Target): void {
  const head = [
    `${name}, ${report.engine}, ${threads} thread${threads > 1 ? "s" : ""}`,
    "ms",
    "middle half",
    "by ours",
    "load",
    "build",
    "first",
    "MiB in use",
  ];
  const ours = report.measured.find(({ peer }) => peer === "featuremap");
  const line = ({ peer, timing, load, build, first, memory, difference }: Measured): string[] => [
    difference === null ? peer : `${peer}: ANOTHER ANSWER`,
    digits(timing.ms.median),
    range(timing.ms),
    ours ? digits(ratio(timing, ours.timing).median) : "",
    digits(load),
    digits(build),
    digits(first),
    memory ? `${mib(memory.used)} of ${mib(memory.reserved)}` : "",
  ];
  console.log(table(head, report.measured.map(line)));
  for (const { peer, why } of report.absent) console.log(`${peer} is not there: ${why}`);
  if (lead)
    console.log(
      `ahead of ${lead.peer} by ${digits(lead.ratio.median)} (${range(lead.ratio)}); at least ${atLeast}, aim ${aim}\n`,
    );
}
