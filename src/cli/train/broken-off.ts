import { FeatureMapError } from "../../errors.js";
import { counted } from "../../inspect/numbers.js";
import { INTERRUPTED, Interrupted } from "../exit.js";
import { printJson } from "../terminal.js";
import { saveModel } from "../weights.js";
import type { Job } from "./job.js";

/** Saves what was learned before a training was interrupted, or failed, and says so. Throws where it failed. */
export async function brokenOff(job: Job, error: unknown): Promise<void> {
  const { name, model, source, training, fitting, out, steps, json, say } = job;
  const epoch = steps.at(-1)?.epoch ?? 1;
  // Less than an epoch is not worth replacing what an earlier training may have left in the file.
  const saved = steps.length >= Math.ceil(training.length / fitting.batchSize);
  if (saved) await saveModel(out, { name, model, preprocessing: source.preprocessing });
  if (!(error instanceof Interrupted))
    throw saved ? new FeatureMapError(`${(error as Error).message} What was learned is in ${out}.`) : error;
  const kept = saved
    ? `The weights as they are now are in ${out}; they were not tested.`
    : "Nothing was saved.";
  if (json)
    printJson({
      model: name,
      data: source.title,
      stopped: "interrupt",
      epoch,
      steps: steps.length,
      ...(saved && { out }),
    });
  say(`Stopped in epoch ${epoch} of ${fitting.epochs}, after ${counted(steps.length, "step")}. ${kept}`);
  process.exitCode = INTERRUPTED;
}
