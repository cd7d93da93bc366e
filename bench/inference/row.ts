// One piece of work in one runtime on so many threads.
import { ratio, type Spread } from "../alternate.js";
import type { Job, Measured, PeerName, Report } from "./job.js";
import type { Prepared } from "./prepare.js";
import { type RuntimeName, runtimes } from "./runtimes.js";

/** Where things are measured, and beside whom. */
export interface Choice {
  readonly runtimes: readonly RuntimeName[];
  readonly threads: readonly number[];
  readonly peers: readonly PeerName[];
  readonly rounds: number;
}

/** Milliseconds that the rounds of one row may take. */
const BUDGET_MS = 20_000;

const everywhere: readonly RuntimeName[] = ["node20", "node", "chromium"];
const inNode: readonly RuntimeName[] = ["node20", "node"];

/** Where each contender runs. */
const PLACES: Record<PeerName, readonly RuntimeName[]> = {
  featuremap: everywhere,
  "featuremap-1": everywhere,
  ort: everywhere,
  tfjs: everywhere,
  litert: ["chromium"],
  "ort-native": inNode,
  torch: inNode,
  "torch-traced": inNode,
};

export const PEERS = Object.keys(PLACES) as readonly PeerName[];

/** WebAssembly: what we are compared with. The others are there to show what the machine can do. */
const RIVALS: readonly PeerName[] = ["ort", "tfjs", "litert"];

export interface Row {
  readonly name: string;
  readonly runtime: RuntimeName;
  readonly threads: number;
  readonly report: Report;
  /** Time of the fastest rival divided by ours; null where there is none. */
  readonly lead: { readonly peer: PeerName; readonly ratio: Spread } | null;
}

/** The work in every runtime and on every number of threads that was chosen. */
export async function measureRows(
  work: Prepared,
  alone: boolean,
  { runtimes: places, threads, peers, rounds }: Choice,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const runtime of places) {
    for (const count of threads) {
      const here = peers.filter(
        (peer) => PLACES[peer].includes(runtime) && !(peer === "featuremap-1" && count === 1),
      );
      const job: Job = { ...work, threads: count, peers: here, rounds, budgetMs: BUDGET_MS, alone };
      const report = await runtimes[runtime](job).catch((error: Error) => failed(runtime, here, error));
      rows.push({ name: work.name, runtime, threads: count, report, lead: leadOf(report) });
    }
  }
  return rows;
}

/** A process or page that ended or threw. */
function failed(runtime: RuntimeName, peers: readonly PeerName[], { message }: Error): Report {
  return { engine: runtime, measured: [], absent: peers.map((peer) => ({ peer, why: message })) };
}

function leadOf(report: Report): Row["lead"] {
  const ours = oursOf(report);
  const rivals = report.measured.filter(
    ({ peer, difference }) => RIVALS.includes(peer) && difference === null,
  );
  if (!ours || rivals.length === 0) return null;
  const fastest = rivals.reduce((a, b) => (b.timing.ms.median < a.timing.ms.median ? b : a));
  return { peer: fastest.peer, ratio: ratio(fastest.timing, ours.timing) };
}

export function oursOf(report: Report): Measured | undefined {
  return measuredOf(report, "featuremap");
}

export function measuredOf({ measured }: Report, name: PeerName): Measured | undefined {
  return measured.find(({ peer }) => peer === name);
}

/** "Node 20.20.2, 1 thread". */
export function placeOf({ report, threads }: Row): string {
  return `${report.engine}, ${threads} thread${threads > 1 ? "s" : ""}`;
}

/** Answers that differ, and where; also that there is none of ours. */
export function differencesOf(row: Row): string[] {
  const missing = row.report.absent.find(({ peer }) => peer === "featuremap");
  if (missing) return [`${row.name}: none of ours: ${missing.why} (${placeOf(row)})`];
  return row.report.measured.flatMap(({ difference }) =>
    difference === null ? [] : [`${difference} (${placeOf(row)})`],
  );
}
