import type { Dataset } from "../../data/index.js";
import type { Model } from "../../index.js";
import type { TrainingStep } from "../../inspect/index.js";
import type { FitOptions } from "../../train/index.js";
import type { Source } from "../data.js";

/** How a training is to go. */
export type Fitting = Omit<FitOptions, "callbacks" | "signal"> & { readonly batchSize: number };

/** A training: what with, what on, and the steps taken so far. */
export interface Job {
  /** Of the network, as in the zoo and as in a title. */
  readonly name: string;
  readonly title: string;
  readonly model: Model;
  readonly source: Source;
  readonly training: Dataset;
  readonly test: Dataset;
  readonly threads: number;
  readonly fitting: Fitting;
  /** Where the weights go. */
  readonly out: string;
  readonly steps: TrainingStep[];
  /** Whether to print JSON, and nothing else. */
  readonly json: boolean;
  /** Prints a line, unless it is JSON that is wanted. */
  readonly say: (line: string) => void;
}
