import { percent } from "../../inspect/numbers.js";
import { type FitResult, fit } from "../../train/index.js";
import { interruptible } from "../exit.js";
import { duration, Progress, Smooth, speed } from "../progress.js";
import type { Job } from "./job.js";

/** Trains with a progress bar for each epoch, and a line after it. Adds each step to the job's. */
export async function learn({ model, training, fitting, steps, say }: Job): Promise<FitResult> {
  const { batchSize, epochs } = fitting;
  const [loss, accuracy] = [new Smooth(), new Smooth()];
  let progress: Progress | undefined;
  let [seen, right] = [0, 0];
  const clear = (): void => {
    progress?.stop();
    progress = undefined;
  };
  try {
    return await interruptible(
      (signal) =>
        fit(model, training, {
          ...fitting,
          signal,
          callbacks: {
            onStepEnd(at) {
              // What is told is the mean over the epoch; of this batch it is the difference to the step before.
              const now = Math.min(at.step * batchSize, training.length);
              if (at.step === 1) [seen, right] = [0, 0];
              const step = {
                epoch: at.epoch,
                loss: at.batchLoss,
                accuracy: (at.accuracy * now - right) / (now - seen),
              };
              [seen, right] = [now, at.accuracy * now];
              steps.push(step);
              loss.add(step.loss);
              accuracy.add(step.accuracy);
              progress ??= new Progress(`epoch ${at.epoch} of ${at.epochs}`, at.steps);
              progress.update(
                at.step,
                `loss ${loss.mean.toFixed(4)}  accuracy ${percent(accuracy.mean)}  ` +
                  `${speed(at.imagesPerSecond)}  ${duration(at.secondsLeft)} left`,
              );
            },
            onEpochEnd(record) {
              clear();
              const epoch = `epoch ${String(record.epoch).padStart(String(epochs).length)} of ${epochs}`;
              say(
                `${epoch}   loss ${record.loss.toFixed(4)}   accuracy ${percent(record.accuracy).padStart(8)}   ` +
                  `${speed(record.imagesPerSecond).padStart(15)}   ${duration(record.seconds)}`,
              );
            },
          },
        }),
      () => {
        clear();
        process.stderr.write("Stopping after this step. Ctrl-C again ends at once.\n");
      },
    );
  } finally {
    clear();
  }
}
