import type { Download } from "../../engine/jobs/digits.js";
import type { StepReport, TestReport, TrainArgs, TrainReport } from "../../engine/jobs/yours.js";
import type { Weights } from "../../engine/weights.js";
import { Topic } from "../../parts/topic.js";
import { examples } from "./examples.js";

export type Settings = Omit<TrainArgs, "source" | "data">;

/** Files of the user's that were opened in the engine. */
export interface Own {
  readonly id: string;
  readonly training: number;
  readonly test: number;
}

/** A training, under way or over, with all that it takes to compare and to repeat it. */
export interface Run {
  readonly id: number;
  readonly name: string;
  readonly source: string;
  /** The source as a module for use outside. */
  readonly module: string;
  readonly data: "MNIST" | "your files";
  readonly settings: Settings;
  readonly parameters: number;
  readonly macs: number;
  /** Of its pictures, while they are fetched. */
  readonly download?: Download;
  readonly phase: "loading" | "running" | "paused" | "done" | "left" | "failed";
  readonly steps: readonly StepReport[];
  readonly tests: readonly TestReport[];
  readonly failure?: string;
  readonly weights?: Weights;
}

/** All that the room holds; it stays when the room is left. */
export interface Studio {
  readonly source: string;
  /** What the network is called in the list of runs. */
  readonly title: string;
  readonly settings: Settings;
  readonly isOwnData: boolean;
  readonly own?: Own;
  readonly runs: readonly Run[];
}

export const usualRates = { adam: 0.002, sgd: 0.05 } as const;

export const studio = new Topic<Studio>({
  source: examples[0]!.source,
  title: examples[0]!.title,
  settings: { optimizer: "adam", lr: usualRates.adam, batchSize: 32, images: 5000, seed: 1 },
  isOwnData: false,
  runs: [],
});

export const isBusy = ({ phase }: Run): boolean => ["loading", "running", "paused"].includes(phase);

/** Curves have at most so many points: later ones replace every other. */
const MOST_POINTS = 400;

/** The run after a report from the engine. */
export function told(run: Run, report: TrainReport): Run {
  switch (report.kind) {
    case "download":
      return { ...run, download: report };
    case "begin":
      return run.phase === "loading" ? { ...run, phase: "running" } : run;
    case "step": {
      const steps = run.steps.length < MOST_POINTS ? run.steps : run.steps.filter((_, i) => i % 2 === 1);
      return { ...run, steps: [...steps, report] };
    }
    case "test":
      return { ...run, tests: [...run.tests, report] };
  }
}

/** What a network is called whose source is this: as the example, or as one that was changed. */
export function titled(source: string, title: string): string {
  const example = examples.find((one) => one.source.trim() === source.trim());
  if (example) return example.title;
  return title.endsWith(", changed") ? title : `${title}, changed`;
}

/** Columns for a chart of several runs: where, then each run's values, null where it has none. */
export function columns(curves: readonly (readonly { readonly at: number; readonly value: number }[])[]) {
  const places = [...new Set(curves.flat().map(({ at }) => at))].sort((a, b) => a - b);
  const values = curves.map((curve) => {
    const known = new Map(curve.map(({ at, value }) => [at, value]));
    return places.map((at) => known.get(at) ?? null);
  });
  return [places, ...values];
}

/** Seconds of training so far. */
export const secondsOf = ({ steps }: Run): number => steps.at(-1)?.seconds ?? 0;
