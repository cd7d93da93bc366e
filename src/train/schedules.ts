import { checkCount, checkIs, checkNoMore, checkNumber, checkOptions } from "../errors.js";
import { cosPi, power } from "./exact.js";

/** Where training stands when a learning rate is wanted. */
export interface SchedulePoint {
  /** Steps taken before this one, in all epochs. */
  readonly step: number;
  /** Steps in all epochs; NaN where that is not known. */
  readonly totalSteps: number;
  /** Epochs finished before this one. */
  readonly epoch: number;
  /** The optimiser's own learning rate. */
  readonly baseLr: number;
}

/** The learning rate of each step: a function without a memory, so that training can be resumed anywhere. */
export type Schedule = (point: SchedulePoint) => number;

/** The optimiser's learning rate throughout. */
export function constant(...none: []): Schedule {
  checkNoMore("constant", none);
  return ({ baseLr }) => baseLr;
}

/** Multiplies the learning rate by `factor`, 0.1 by default, every so many epochs (torch's StepLR). */
export function stepDecay(options: { every: number; factor?: number }): Schedule {
  checkOptions("stepDecay", options, ["every", "factor"]);
  const { every, factor = 0.1 } = options;
  checkCount("stepDecay: every", every);
  checkNumber("stepDecay: factor", factor, { above: 0 });
  return ({ epoch, baseLr }) => baseLr * power(factor, Math.floor(epoch / every));
}

/** Half a cosine from the optimiser's learning rate down to `min`, 0 by default (torch's CosineAnnealingLR, step by step). */
export function cosine(options: { min?: number } = {}): Schedule {
  checkOptions("cosine", options, ["min"]);
  const { min = 0 } = options;
  checkNumber("cosine: min", min, { min: 0 });
  return ({ step, totalSteps, baseLr }) => along(baseLr, min, Math.min(1, step / totalSteps));
}

/** Rises in so many equal steps to the optimiser's learning rate, then follows another schedule from its beginning. */
export function warmup(steps: number, then: Schedule = constant()): Schedule {
  checkCount("warmup: the number of steps", steps);
  checkSchedule("warmup: the schedule that follows", then);
  return (point) => {
    const { step, totalSteps, baseLr } = point;
    if (step < steps) return (baseLr * (step + 1)) / steps;
    return then({ ...point, step: step - steps, totalSteps: totalSteps - steps });
  };
}

export interface OneCycleOptions {
  /** Highest learning rate; it takes the place of the optimiser's. */
  maxLr: number;
  /** Share of the steps in which it rises. Default 0.3. */
  pctStart?: number;
  /** It begins at `maxLr / divFactor`. Default 25. */
  divFactor?: number;
  /** It ends at `maxLr / divFactor / finalDivFactor`. Default 10,000. */
  finalDivFactor?: number;
}

/** Up along half a cosine and down along another (Smith and Topin, 2018; torch's OneCycleLR without its momentum). */
export function oneCycle(options: OneCycleOptions): Schedule {
  checkOptions("oneCycle", options, ["maxLr", "pctStart", "divFactor", "finalDivFactor"]);
  const { maxLr, pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4 } = options;
  for (const [name, value] of Object.entries({ maxLr, divFactor, finalDivFactor })) {
    checkNumber(`oneCycle: ${name}`, value, { above: 0 });
  }
  checkNumber("oneCycle: pctStart", pctStart, { min: 0, max: 1 });
  const first = maxLr / divFactor;
  return ({ step, totalSteps }) => {
    const top = pctStart * totalSteps - 1;
    const end = totalSteps - 1;
    if (step <= top && top > 0) return along(first, maxLr, step / top);
    if (end <= top) return maxLr;
    return along(maxLr, first / finalDivFactor, Math.min(1, (step - top) / (end - top)));
  };
}

/** Throws unless it is a schedule, whose function has been called. */
export function checkSchedule(what: string, schedule: Schedule): void {
  const uncalled: unknown[] = [constant, stepDecay, cosine, warmup, oneCycle];
  const isOne = typeof schedule === "function" && !uncalled.includes(schedule);
  checkIs(isOne, what, schedule, "a schedule, such as cosine(), brackets included");
}

/** From one number to another along half a cosine. */
function along(from: number, to: number, part: number): number {
  return to + ((from - to) / 2) * (1 + cosPi(part));
}
