// Whole networks beside peers.
import { ratio } from "../alternate.js";
import { digits, type Requirement, type Result, range, table } from "../report.js";
import type { Measured } from "./job.js";
import { type NetworkEntry, networks, type Target } from "./networks.js";
import { discard, type Prepared, prepareNetwork } from "./prepare.js";
import { type Choice, differencesOf, measuredOf, measureRows, oursOf, placeOf, type Row } from "./row.js";

/** One network's row, with what it is held against. */
interface NetworkRow extends Row {
  readonly target: Target;
  readonly requirements: readonly Requirement[];
}

export async function whole(
  names: readonly string[],
  batch: number,
  markdown: boolean,
  choice: Choice,
): Promise<Result> {
  const rows: NetworkRow[] = [];
  const memories = new Map<string, Prepared["memory"]>();
  for (const name of names) {
    const entry = networks[name]!;
    const work = await prepareNetwork(name, entry, batch, choice.peers);
    memories.set(name, work.memory);
    for (const row of await measureRows(work, false, choice)) {
      print(row, entry.target);
      // What is asked for is asked of a single input.
      const asked = batch === 1 ? requirements(row, entry) : [];
      rows.push({ ...row, target: entry.target, requirements: asked });
    }
    discard(work);
  }
  printMemory(memories);
  if (markdown) console.log(`${markdownOf(rows)}\n`);
  return {
    data: rows,
    requirements: [...rows.flatMap((row) => row.requirements), ...[...memories].map(memoryRequirement)],
    differences: rows.flatMap(differencesOf),
  };
}

/** What takes this long is a big network, whose first inference must not wait for the engine's compiler. */
const BIG_MS = 5;

function requirements(row: Row, { target, speedUp, native }: NetworkEntry): Requirement[] {
  const { name, lead, report } = row;
  const ours = oursOf(report);
  if (!ours) return [];
  const where = `${name}, ${placeOf(row)}`;
  const found: Requirement[] = [];
  const atLeast = (what: string, measured: number, bound: number): void => {
    found.push({ name: `${where}: ${what}`, unit: "x", measured, atLeast: bound });
  };
  if (lead) atLeast(`time of ${lead.peer} by ours`, lead.ratio.median, target.atLeast);
  const alone = measuredOf(report, "featuremap-1");
  if (alone) atLeast("time on 1 thread by this", ratio(alone.timing, ours.timing).median, speedUp);
  const torch = measuredOf(report, "torch");
  if (native && torch && row.threads === 1) {
    atLeast("time of native PyTorch by ours", ratio(torch.timing, ours.timing).median, 1);
  }
  const steady = ours.timing.ms.median;
  if (steady > BIG_MS) {
    found.push({ name: `${where}: first by steady`, unit: "x", measured: ours.first / steady, atMost: 2 });
  }
  return found;
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

function printMemory(memories: ReadonlyMap<string, Prepared["memory"]>): void {
  const head = [
    "memory for one input, MiB",
    "weights",
    "packed copies",
    "activations",
    "at least",
    "by least",
  ];
  const line = ([name, { weights, packed, activations, least }]: [string, Prepared["memory"]]): string[] => [
    name,
    ...[weights, packed, activations, least].map(mib),
    digits(activations / least),
  ];
  console.log(`${table(head, [...memories].map(line))}\n`);
}

function memoryRequirement([name, { activations, least }]: [string, Prepared["memory"]]): Requirement {
  const what = `${name}: activations by what is needed at the same time`;
  return { name: what, unit: "x", measured: activations / least, atMost: 1.3 };
}

/** A table of networks by places: our milliseconds, those of the fastest peer, and how many times as long it takes. */
function markdownOf(rows: readonly NetworkRow[]): string {
  const places = [...new Set(rows.map(placeOf))];
  const names = [...new Set(rows.map(({ name }) => name))];
  const cell = (name: string, place: string): string => {
    const row = rows.find((one) => one.name === name && placeOf(one) === place);
    const ours = row && oursOf(row.report);
    if (!ours) return "";
    const ms = digits(ours.timing.ms.median);
    const rival = row.lead && measuredOf(row.report, row.lead.peer);
    if (!row.lead || !rival) return ms;
    return `${ms}; ${row.lead.peer} ${digits(rival.timing.ms.median)}; **${digits(row.lead.ratio.median)}**`;
  };
  return [
    ["ms", ...places],
    ["---", ...places.map(() => "---")],
    ...names.map((name) => [name, ...places.map((place) => cell(name, place))]),
  ]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
