// From the import to the first prediction, in fresh processes.
import { spread } from "./alternate.js";
import { fresh } from "./fresh.js";
import { digits, type Result, range, table } from "./report.js";

const PROCESSES = 15;
const METHODS = ["predictSync", "predict"] as const;
const PARTS = ["node", "import", "build", "answer", "total"] as const;

type Parts = Record<(typeof PARTS)[number], number>;

export async function start(): Promise<Result> {
  const runs: Record<(typeof METHODS)[number], Parts[]> = { predictSync: [], predict: [] };
  for (let i = 0; i < PROCESSES; i++) {
    for (const method of METHODS) runs[method].push(...fresh<Parts>("first-answer.mjs", method));
  }
  const spreads = METHODS.map((method) => ({
    method,
    ms: Object.fromEntries(PARTS.map((part) => [part, spread(runs[method].map((run) => run[part]))])),
  }));
  console.log(
    table(
      [
        "LeNet-5 in a fresh process, ms",
        "import",
        "build",
        "first answer",
        "in all",
        "middle half",
        "Node itself",
      ],
      spreads.map(({ method, ms }) => [
        method,
        ...["import", "build", "answer", "total"].map((part) => digits(ms[part]!.median)),
        range(ms.total!),
        digits(ms.node!.median),
      ]),
    ),
  );
  return {
    data: { processes: PROCESSES, spreads },
    requirements: spreads.map(({ method, ms }) => ({
      name: `import to first ${method}`,
      unit: "ms",
      measured: ms.total!.median,
      atMost: 60,
    })),
  };
}
