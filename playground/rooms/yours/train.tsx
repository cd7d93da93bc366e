import { useState } from "preact/hooks";
import { call } from "../../engine/client.js";
import type { Description } from "../../engine/jobs/yours.js";
import { Button, FileDrop, Progress, Segments, Select } from "../../parts/controls.js";
import { Notice } from "../../parts/notice.js";
import { isBusy, type Run, type Settings, type Studio, studio, usualRates } from "./studio.js";
import { start, steer } from "./training.js";

const rates = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];
const sizes = [8, 16, 32, 64, 128, 256];
const lengths = [1000, 2000, 5000, 10_000, 20_000, 60_000, 120_000, 300_000];
const number = (value: number): string => value.toLocaleString("en-US");

interface TrainProps {
  readonly now: Studio;
  /** Nothing while there is no network that could be trained. */
  readonly description: Description | undefined;
  /** Why there is none; empty while the text is being read. */
  readonly why: string;
}

/** What to train on, how, and how far it is. */
export function Train({ now, description, why }: TrainProps) {
  const { settings, isOwnData, own, runs } = now;
  const run = runs.find(isBusy);
  const canStart = description !== undefined && (!isOwnData || own !== undefined);
  const change = (part: Partial<Settings>): void =>
    studio.set({ ...studio.value, settings: { ...settings, ...part } });
  return (
    <div class="panel train">
      <h2>Train it</h2>
      <Segments
        label="Pictures"
        options={[
          [0, "MNIST digits"],
          [1, "your files"],
        ]}
        value={Number(isOwnData)}
        onChange={(own) => studio.set({ ...studio.value, isOwnData: own === 1 })}
      />
      {isOwnData && <OwnFiles now={now} />}
      <Segments
        label="Optimiser"
        options={
          [
            ["adam", "Adam"],
            ["sgd", "Momentum SGD"],
          ] as const
        }
        value={settings.optimizer}
        onChange={(optimizer) => change({ optimizer, lr: usualRates[optimizer] })}
      />
      <div class="pair">
        <Select
          label="Learning rate"
          options={rates.map((rate) => [rate, String(rate)])}
          value={settings.lr}
          onChange={(lr) => change({ lr })}
        />
        <Select
          label="Batch size"
          options={sizes.map((size) => [size, String(size)])}
          value={settings.batchSize}
          onChange={(batchSize) => change({ batchSize })}
        />
        <Select
          label="Pictures to see"
          options={lengths.map((length) => [length, lengthText(length, isOwnData ? own?.training : 60_000)])}
          value={settings.images}
          onChange={(images) => change({ images })}
        />
        <label class="field">
          <span>Seed</span>
          <input
            type="number"
            min={0}
            max={999_999}
            value={settings.seed}
            onChange={(event) => {
              const seed = Math.round(event.currentTarget.valueAsNumber);
              if (seed >= 0 && seed <= 999_999) change({ seed });
              else event.currentTarget.value = String(settings.seed);
            }}
          />
        </label>
      </div>
      <div class="row">
        {run ? (
          <Button
            kind="main"
            disabled={run.phase === "loading"}
            onClick={() => steer(run.phase === "paused" ? "on" : "paused")}
          >
            {run.phase === "paused" ? "Resume" : "Pause"}
          </Button>
        ) : (
          <Button kind="main" disabled={!canStart} onClick={() => void start(description!)}>
            Train
          </Button>
        )}
        <Button
          disabled={run?.phase !== "running" && run?.phase !== "paused"}
          onClick={() => steer("stopped")}
        >
          Stop and test
        </Button>
      </div>
      <Standing
        run={run ?? runs.at(-1)}
        hint={canStart ? "" : description ? "Give your files first." : why}
      />
    </div>
  );
}

function lengthText(length: number, all: number | undefined): string {
  const rounds = all ? length / all : 0;
  return rounds >= 1 && Number.isInteger(rounds)
    ? `${number(length)} (${rounds} epoch${rounds === 1 ? "" : "s"})`
    : number(length);
}

/** How far the training is. */
function Standing({ run, hint }: { readonly run: Run | undefined; readonly hint: string }) {
  const busy = run !== undefined && isBusy(run);
  const seen = run?.steps.at(-1)?.at ?? 0;
  const total = run?.settings.images ?? 1;
  const { received, total: bytes } = run?.download ?? { received: 0, total: 1 };
  const isLoading = run?.phase === "loading";
  const text = busy || !hint ? standing(run) : hint;
  return (
    <div class="standing">
      <Progress
        label={busy && run.phase === "running" && seen >= total ? "Testing" : text}
        done={isLoading ? received : Math.min(seen, total)}
        total={isLoading ? bytes : total}
      />
      <p class="hidden" role="status">
        {text}
      </p>
    </div>
  );
}

function standing(run: Run | undefined): string {
  switch (run?.phase) {
    case undefined:
      return "Not trained yet";
    case "loading":
      return "Fetching the pictures";
    case "running":
      return "Training";
    case "paused":
      return "Paused";
    case "done":
      return "Done";
    case "left":
      return "Ended when the room was left";
    case "failed":
      return "It ended with an error, see the runs below";
  }
}

/** Four idx files of the user's. */
function OwnFiles({ now: { own } }: { readonly now: Studio }) {
  const [failure, setFailure] = useState<string>();
  const take = async (files: readonly File[]): Promise<void> => {
    setFailure(undefined);
    try {
      studio.set({ ...studio.value, own: await call("yours/open", { files: [...files] }) });
    } catch (error) {
      setFailure((error as Error).message);
    }
  };
  return (
    <>
      <FileDrop
        label={own ? `${number(own.training)} to train, ${number(own.test)} to test` : "Four idx files"}
        text="As Fashion-MNIST's, plain or .gz: pictures of 28 × 28 and labels 0 to 9, to train and to test. All four together."
        multiple
        onFiles={(files) => void take(files)}
      />
      <div class="outcome">{failure && <Notice kind="error">{failure}</Notice>}</div>
    </>
  );
}
