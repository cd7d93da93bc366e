import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { call } from "../../engine/client.js";
import type { TrainReport } from "../../engine/jobs/lenet.js";
import type { Weights } from "../../engine/weights.js";
import type { Live } from "./live.js";
import { argsOf, noTraining, type Settings, type Training, told } from "./training.js";

/** Trains in the engine; its weights flow into the page's own network. Ends when the room is left. */
export function useTraining(live: Live, initial: Weights) {
  const [training, setTraining] = useState<Training>(noTraining);
  const job = useRef<AbortController | undefined>(undefined);
  // A layout effect ends with the room itself; others only after the next frame, when reports would find no room any more.
  useLayoutEffect(() => () => job.current?.abort(), []);

  const start = async (settings: Settings): Promise<void> => {
    job.current?.abort();
    const own = new AbortController();
    job.current = own;
    const isCurrent = (): boolean => job.current === own && !own.signal.aborted;
    const become = (change: (training: Training) => Training): void => {
      if (isCurrent()) setTraining(change);
    };
    setTraining({ ...noTraining, phase: "loading", epochs: settings.epochs });
    let isOver = false;
    const seed = Math.floor(Math.random() * 2 ** 24);
    try {
      const weights = await call("lenet/train", argsOf(settings, live.weights.value, seed), {
        signal: own.signal,
        onReport(value) {
          const report = value as TrainReport;
          if (report.kind === "step" && isCurrent() && !isOver) live.load(report.weights);
          become((now) => told(now, report));
        },
      });
      isOver = true;
      if (isCurrent()) live.load(weights);
      become((now) => ({ ...now, phase: "done" }));
    } catch (error) {
      become((now) => ({ ...now, phase: "failed", failure: (error as Error).message }));
    }
  };

  return {
    training,
    start,
    pause(on: boolean): void {
      void call("lenet/pause", { on });
      setTraining((now) => ({ ...now, phase: on ? "paused" : "running" }));
    },
    /** Ends the training; the network keeps what it has learned. */
    cancel(): void {
      job.current?.abort();
      setTraining((now) => ({ ...now, phase: "cancelled" }));
    },
    /** Ends the training and forgets it: the weights are those that the page came with. */
    reset(): void {
      job.current?.abort();
      setTraining(noTraining);
      live.load(initial);
    },
  };
}

export type Trainer = ReturnType<typeof useTraining>;
