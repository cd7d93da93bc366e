// Whole networks beside peers.
import { ratio } from "../alternate.js";
import { digits, type Requirement, type Result, range, table } from "../report.js";
import type { Measured } from "./job.js";
import { networks, type Target } from "./networks.js";
import { prepareNetwork } from "./prepare.js";
import { type Choice, differencesOf, measureRows, oursOf, placeOf, type Row } from "./row.js";

export async function whole(names: readonly string[], batch: number, choice: Choice): Promise<Result> {
  const rows: Row[] = [];
  for (const name of names) {
    const { target } = networks[name]!;
    const work = await prepareNetwork(name, networks[name]!, batch);
    for (const row of await measureRows(work, false, choice)) {
      print(row, target);
      rows.push(row);
    }
  }
  return {
    data: rows,
    requirements: rows.flatMap((row) => requirement(row, networks[row.name]!.target)),
    differences: rows.flatMap(differencesOf),
  };
}

function requirement(row: Row, { atLeast }: Target): Requirement[] {
  const { name, lead } = row;
  if (!lead) return [];
  const what = `${name}, ${placeOf(row)}: time of ${lead.peer} by ours`;
  return [{ name: what, unit: "x", measured: lead.ratio.median, atLeast }];
}

const mib = (bytes: number): string => digits(bytes / 2 ** 20);

function print(row: Row, { atLeast, aim }: Target): void {
  const { report, lead } = row;
  const head = [
    `${row.name}, ${placeOf(row)}`,
    "ms",
    "middle half",
    "by ours",
    "load",
    "build",
    "first",
    "MiB in use",
  ];
  const ours = oursOf(report);
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
  if (lead) {
    const spread = `${digits(lead.ratio.median)} (${range(lead.ratio)})`;
    console.log(`ahead of ${lead.peer} by ${spread}; at least ${atLeast}, aim ${aim}`);
  }
  console.log("");
}
