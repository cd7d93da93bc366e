import type { Tensor } from "../../tensor.js";
import type { Target } from "../target.js";
import type { Progress } from "../watched.js";

/** What every explanation takes. The number that is explained: by default the score of the likeliest class. */
export interface ExplainOptions extends Target {
  readonly signal?: AbortSignal;
}

/** What explanations that take several runs take besides. */
export interface LongExplainOptions extends ExplainOptions {
  /** Called after each run of the network, with how many inputs it has seen, of how many. */
  readonly onProgress?: (progress: Progress) => void;
  /** Inputs in one run. Default: fewer the larger they are. The result does not depend on it. */
  readonly batchSize?: number;
}

/** Names of the options of {@link ExplainOptions}, and of {@link LongExplainOptions}. */
export const explainOptions = ["class", "layer", "channel", "unit", "signal"];
export const longExplainOptions = [...explainOptions, "onProgress", "batchSize"];

/** Which pixels of an input a number of the network comes from. */
export interface Explanation {
  /** Name of the method, as people write it: "Grad-CAM". */
  readonly method: string;
  /** What the map shows, in a sentence. */
  readonly text: string;
  /** A number for each pixel of the input, [h, w]. */
  readonly map: Tensor;
  /** What the numbers of the map are, for a scale. */
  readonly unit: string;
  /** The number that is explained, for this input. */
  readonly score: number;
  readonly target: Explained;
}

/** What was explained, in full. */
export interface Explained {
  /** Name of the class; or layer, channel and unit in words. */
  readonly label: string;
  /** Number of the class, where it is one. */
  readonly class?: number;
  /** That of the class among all of them, by softmax of the scores, as `classify` gives it; where there are several. */
  readonly probability?: number;
  readonly layer?: string;
  readonly channel?: number;
  readonly unit?: readonly [y: number, x: number];
}
