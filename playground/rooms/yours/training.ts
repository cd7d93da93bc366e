import { call, isAbort } from "../../engine/client.js";
import type { Description, TrainReport } from "../../engine/jobs/yours.js";
import { isBusy, type Run, studio, told } from "./studio.js";

let job: AbortController | undefined;
let ids = 0;

function change(id: number, become: (run: Run) => Run): void {
  const { runs } = studio.value;
  studio.set({ ...studio.value, runs: runs.map((run) => (run.id === id ? become(run) : run)) });
}

/** Trains the network that is written down, as a new run. */
export async function start({ summary, module }: Description): Promise<void> {
  job?.abort();
  const own = new AbortController();
  job = own;
  const { source, title, settings, isOwnData, own: files, runs } = studio.value;
  const id = ++ids;
  const run: Run = {
    id,
    name: `${id}. ${title}`,
    source,
    module,
    data: isOwnData ? "your files" : "MNIST",
    settings,
    parameters: summary.parameters,
    macs: summary.macs,
    phase: "loading",
    steps: [],
    tests: [],
  };
  studio.set({ ...studio.value, runs: [...runs, run] });
  const become = (next: (run: Run) => Run): void => {
    if (!own.signal.aborted) change(id, next);
  };
  try {
    const args = { source, data: isOwnData && files ? files.id : "mnist", ...settings };
    const weights = await call("yours/train", args, {
      signal: own.signal,
      onReport: (report) => become((now) => told(now, report as TrainReport)),
    });
    become((now) => ({ ...now, phase: "done", weights }));
  } catch (error) {
    if (!isAbort(error)) become((now) => ({ ...now, phase: "failed", failure: (error as Error).message }));
  }
}

/** Holds the training, lets it go on, or ends it, so that it is tested as it is. */
export function steer(to: "on" | "paused" | "stopped"): void {
  void call("yours/steer", { to });
  const run = studio.value.runs.find(isBusy);
  if (run && to !== "stopped")
    change(run.id, (now) => ({ ...now, phase: to === "on" ? "running" : "paused" }));
}

/** Gives up what is being trained; its curve stays. */
export function leave(): void {
  job?.abort();
  const run = studio.value.runs.find(isBusy);
  if (run) change(run.id, (now) => ({ ...now, phase: "left" }));
}
