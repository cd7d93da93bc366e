// Whether memory stays where it is over ten thousand predictions and a thousand training steps.
import { fresh } from "./fresh.js";
import { digits, type Result, table } from "./report.js";

interface State {
  readonly heap: number;
  readonly memory: number;
  readonly resident: number;
  readonly javascript: number;
}

interface Watched {
  readonly name: string;
  readonly times: number;
  /** After the warm-up, and after each quarter of the work. */
  readonly states: readonly State[];
}

/** What counts as flat: allocators and the engine's compiler move the resident set about by this much. */
const RESIDENT_MIB = 4;

const mib = (bytes: number): number => bytes / 2 ** 20;

export async function memory(): Promise<Result> {
  const watched = fresh<Watched>("memory.mjs");
  const work = watched.filter(({ times }) => times > 0);
  const series = (states: readonly State[], key: keyof State): string =>
    states.map((state) => digits(mib(state[key]))).join("  ");
  console.log(
    table(
      [
        "MiB after the warm-up and each quarter",
        "WebAssembly heap in use",
        "its memory",
        "resident set",
        "JavaScript heap",
      ],
      watched.map(({ name, times, states }) => [
        times > 0 ? `${times} x ${name}` : name,
        ...(["heap", "memory", "resident", "javascript"] as const).map((key) => series(states, key)),
      ]),
    ),
  );
  const growth = (states: readonly State[], key: keyof State): number =>
    states.at(-1)![key] - states[0]![key];
  return {
    data: watched,
    requirements: work.flatMap(({ name, times, states }) => [
      {
        name: `${times} x ${name}, growth of the WebAssembly heap`,
        unit: "bytes",
        measured: Math.max(growth(states, "heap"), growth(states, "memory")),
        atMost: 0,
      },
      {
        name: `${times} x ${name}, growth of the resident set`,
        unit: "MiB",
        measured: mib(growth(states, "resident")),
        atMost: RESIDENT_MIB,
      },
    ]),
  };
}
