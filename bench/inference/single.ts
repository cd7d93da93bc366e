// Single layers beside peers, and beside what the engine makes of the processor.
import { digits, type Requirement, type Result, table } from "../report.js";
import type { PeerName } from "./job.js";
import { type LayerEntry, layersUnder } from "./layers.js";
import { discard, prepareLayer } from "./prepare.js";
import { type Choice, differencesOf, measureRows, placeOf, type Row } from "./row.js";

/** A row, and what it is about. */
interface LayerRow extends Row {
  readonly title: string;
  /** Multiplications and additions. */
  readonly flops: number;
  /** How much of what a loop in registers reaches; null where nothing is multiplied. */
  readonly share: number | null;
  readonly asked: number | null;
}

/** @param prefixes of names: "resnet/conv2", "resnet", "" */
export async function single(prefixes: readonly string[], choice: Choice): Promise<Result> {
  const entries = new Map(prefixes.flatMap(layersUnder).map((entry) => [entry.name, entry]));
  const rows: LayerRow[] = [];
  for (const entry of entries.values()) {
    const work = await prepareLayer(entry, choice.peers);
    const measured = await measureRows(work, true, choice);
    discard(work);
    rows.push(...measured.map((row) => ({ ...row, ...factsOf(row, entry, 2 * work.macs) })));
    for (const row of rows.slice(-measured.length)) console.log(lineOf(row, peersOf([row])).join("  "));
  }
  console.log("");
  for (const place of new Set(rows.map(placeOf))) {
    const here = rows.filter((row) => placeOf(row) === place);
    const peers = peersOf(here);
    const lines = here.map((row) => lineOf(row, peers));
    console.log(table(headOf(place, peers), lines));
  }
  return {
    data: rows,
    requirements: rows.flatMap(requirement),
    differences: rows.flatMap(differencesOf),
  };
}

function factsOf({ report }: Row, { title, share }: LayerEntry, flops: number) {
  const { alone } = report;
  const reached = alone && flops > 0 ? flops / alone.ms / 1e6 / alone.peak.gflops : null;
  return { title, flops, share: reached, asked: share };
}

function requirement(row: LayerRow): Requirement[] {
  if (row.asked === null || row.share === null) return [];
  const name = `${row.name}, ${placeOf(row)}: share of what a loop in registers reaches`;
  return [{ name, unit: "x", measured: row.share, atLeast: row.asked }];
}

/** Those that were there. */
const peersOf = (rows: readonly LayerRow[]): PeerName[] => [
  ...new Set(rows.flatMap(({ report }) => report.measured.map(({ peer }) => peer))),
];

const headOf = (place: string, peers: readonly PeerName[]): string[] => [
  `${place}: ms`,
  ...peers,
  "ahead",
  "of",
  "alone",
  "GFLOP/s",
  "of peak",
];

/** "alone": our time without the copies of input and output, which peers' times hold as ours does. */
function lineOf({ title, report, lead, flops, share }: LayerRow, peers: readonly PeerName[]): string[] {
  const { alone, measured } = report;
  const cell = (peer: PeerName): string => {
    const found = measured.find((one) => one.peer === peer);
    if (!found) return "-";
    return found.difference === null ? digits(found.timing.ms.median) : "ANOTHER ANSWER";
  };
  return [
    title,
    ...peers.map(cell),
    lead ? digits(lead.ratio.median) : "",
    lead?.peer ?? "",
    alone ? digits(alone.ms) : "",
    alone && flops > 0 ? digits(flops / alone.ms / 1e6) : "",
    share === null ? "" : `${digits(100 * share)} %`,
  ];
}
