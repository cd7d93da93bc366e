import type { StepReport, TestReport, TrainArgs, TrainReport } from "../../engine/jobs/lenet.js";
import type { Weights } from "../../engine/weights.js";

export interface Settings extends Omit<TrainArgs, "weights" | "seed"> {
  readonly start: "random" | "current";
}

export const usualRates = { adam: 0.005, sgd: 0.2 } as const;

export const usualSettings: Settings = {
  start: "random",
  optimizer: "adam",
  lr: usualRates.adam,
  batchSize: 64,
  epochs: 1,
  augment: false,
};

/** A training as the page knows it. */
export interface Training {
  readonly phase: "idle" | "loading" | "running" | "paused" | "done" | "cancelled" | "failed";
  readonly epochs: number;
  readonly received: number;
  readonly total: number;
  readonly steps: readonly Omit<StepReport, "weights">[];
  readonly tests: readonly TestReport[];
  /** Of the last test on all digits. */
  readonly full?: TestReport;
  readonly failure?: string;
}

export const noTraining: Training = { phase: "idle", epochs: 1, received: 0, total: 0, steps: [], tests: [] };

/** Points that the curves have at most: later ones replace every other. */
const MOST = 1000;

/** The training after a report from the engine. */
export function told(training: Training, report: TrainReport): Training {
  switch (report.kind) {
    case "download":
      return { ...training, received: report.received, total: report.total };
    case "step": {
      const { weights: _, ...step } = report;
      const steps =
        training.steps.length < MOST ? training.steps : training.steps.filter((_, i) => i % 2 === 1);
      const phase = training.phase === "loading" ? "running" : training.phase;
      return { ...training, phase, steps: [...steps, step] };
    }
    case "test": {
      const isFull = report.count === 10_000;
      const phase = training.phase === "loading" ? "running" : training.phase;
      return { ...training, phase, tests: [...training.tests, report], ...(isFull && { full: report }) };
    }
  }
}

/** Columns for charts: where, then training's and the tests' values, each with null where it has none. */
export function columns(training: Training, of: "loss" | "accuracy"): (number | null)[][] {
  const { steps, tests } = training;
  const places = [...new Set([...steps, ...tests].map(({ at }) => at))].sort((a, b) => a - b);
  const trained = new Map(steps.map((step) => [step.at, step[of]]));
  const tested = new Map(tests.map((test) => [test.at, test[of]]));
  return [places, places.map((at) => trained.get(at) ?? null), places.map((at) => tested.get(at) ?? null)];
}

/** The arguments of the job. */
export function argsOf({ start, ...settings }: Settings, weights: Weights, seed: number): TrainArgs {
  return { ...settings, seed, weights: start === "random" ? null : weights };
}
