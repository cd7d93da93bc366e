import { check, checkCount, checkIs, checkNoMore } from "../errors.js";
import { Tensor } from "../tensor.js";

/** Something that is measured over samples, from the model's outputs and what they should have been. */
export interface Metric<T = number> {
  readonly name: string;
  /** Begins a measurement over some samples. */
  begin(): Measurement<T>;
}

export interface Measurement<T = number> {
  /** Takes in a batch: outputs [n, ...], and class indices or values. */
  add(outputs: Tensor, targets: Int32Array | Tensor): void;
  /** What came out for all batches so far. */
  result(): T;
}

/** Share of samples whose target is the class with the highest score; NaN where targets are values. */
export function accuracy(...none: []): Metric {
  checkNoMore("accuracy", none);
  return share("accuracy", (scores, target) => argMax(scores) === target);
}

/** Share of samples whose target is among the k classes with the highest scores; NaN where targets are values. */
export function topK(k: number): Metric {
  checkCount("topK: k", k);
  return share(`top${k}`, (scores, target) => {
    const own = scores[target]!;
    // Among equals the first counts as higher.
    let higher = 0;
    for (let i = 0; i < scores.length && higher < k; i++) {
      if (scores[i]! > own || (scores[i] === own && i < target)) higher++;
    }
    return higher < k && !Number.isNaN(own);
  });
}

/** How often samples of each class (rows) are taken for each class (columns); empty where targets are values. */
export function confusionMatrix(...none: []): Metric<number[][]> {
  checkNoMore("confusionMatrix", none);
  return {
    name: "confusion",
    begin() {
      let matrix: number[][] = [];
      return {
        add(outputs, targets) {
          forEachSample(outputs, targets, (scores, target) => {
            const { length } = scores;
            if (matrix.length === 0) matrix = Array.from({ length }, () => Array<number>(length).fill(0));
            matrix[target]![argMax(scores)]!++;
          });
        },
        result: () => matrix.map((row) => [...row]),
      };
    },
  };
}

/** Several metrics at once, by name. */
export function measure<T>(metrics: readonly Metric<T>[]): Measurement<Record<string, T>> {
  const isMetric = (metric: Metric<T>): boolean => typeof metric?.begin === "function";
  const areMetrics = Array.isArray(metrics) && metrics.every(isMetric);
  checkIs(areMetrics, "metrics", metrics, "a list of metrics, such as [topK(5)]");
  const names = metrics.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  check(twice === undefined, () => `metrics: "${twice}" is there twice; each metric needs its own name.`);
  const measurements = metrics.map((metric) => metric.begin());
  return {
    add(outputs, targets) {
      for (const measurement of measurements) measurement.add(outputs, targets);
    },
    result: () => Object.fromEntries(measurements.map((measurement, i) => [names[i]!, measurement.result()])),
  };
}

/** Index of the largest number, the first of equals. */
export function argMax(scores: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
  return best;
}

/** Calls `visit` with the scores and the class of each sample; not at all where targets are values. */
export function forEachSample(
  outputs: Tensor,
  targets: Int32Array | Tensor,
  visit: (scores: Float32Array, target: number, index: number) => void,
): void {
  if (targets instanceof Tensor) return;
  const width = outputs.size / targets.length;
  for (let i = 0; i < targets.length; i++) {
    visit(outputs.data.subarray(i * width, (i + 1) * width), targets[i]!, i);
  }
}

function share(name: string, hit: (scores: Float32Array, target: number) => boolean): Metric {
  return {
    name,
    begin() {
      let hits = 0;
      let count = 0;
      return {
        add(outputs, targets) {
          forEachSample(outputs, targets, (scores, target) => {
            if (hit(scores, target)) hits++;
            count++;
          });
        },
        result: () => hits / count,
      };
    },
  };
}
