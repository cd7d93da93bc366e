import { useMemo, useState } from "preact/hooks";
import { Chart, type Series } from "../../parts/chart.js";
import { Button, Check, Progress, Segments, Select, Slider, Stat } from "../../parts/controls.js";
import { Notice } from "../../parts/notice.js";
import { columns, type Settings, type Training, usualRates, usualSettings } from "./training.js";
import type { Trainer } from "./use-training.js";

const rates = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
const sizes = [16, 32, 64, 128, 256];
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const short = (value: number): string => String(Number(value.toFixed(3)));

const curves: readonly Series[] = [
  { name: "training", color: "--blue" },
  { name: "test", color: "--red", points: true, dashed: true },
];

/** Training LeNet-5 in the page. */
export function Learn({ trainer }: { readonly trainer: Trainer }) {
  const [settings, setSettings] = useState<Settings>(usualSettings);
  const { training } = trainer;
  const isBusy = ["loading", "running", "paused"].includes(training.phase);
  const change = (part: Partial<Settings>): void => setSettings({ ...settings, ...part });
  return (
    <section class="learn" aria-labelledby="learn-title">
      <h2 id="learn-title">Let it learn</h2>
      <p class="soft">
        60,000 handwritten digits, here in the page. Keep your drawing above: its probabilities follow the
        training.
      </p>
      <div class="bench">
        <div class="panel">
          <fieldset class="settings" disabled={isBusy}>
            <legend class="hidden">How to train</legend>
            <Segments
              label="Start from"
              options={
                [
                  ["random", "random weights"],
                  ["current", "the present ones"],
                ] as const
              }
              value={settings.start}
              onChange={(start) => change({ start })}
            />
            <Segments
              label="Optimiser"
              options={
                [
                  ["adam", "Adam"],
                  ["sgd", "SGD with momentum"],
                ] as const
              }
              value={settings.optimizer}
              onChange={(optimizer) => change({ optimizer, lr: usualRates[optimizer] })}
            />
            <div class="pair">
              <Select
                label="Learning rate"
                options={rates.map((rate) => [rate, String(rate)] as const)}
                value={settings.lr}
                onChange={(lr) => change({ lr })}
              />
              <Select
                label="Batch size"
                options={sizes.map((size) => [size, String(size)] as const)}
                value={settings.batchSize}
                onChange={(batchSize) => change({ batchSize })}
              />
            </div>
            <Slider
              label="Epochs"
              min={1}
              max={10}
              value={settings.epochs}
              onChange={(epochs) => change({ epochs })}
            />
            <Check
              label="Move and turn the digits a little"
              value={settings.augment}
              onChange={(augment) => change({ augment })}
            />
          </fieldset>
          <p class="small soft hint">
            {settings.optimizer === "sgd"
              ? "With SGD the sigmoids of 1998 start slowly: the first epoch may stay at chance, 10 %."
              : "Adam learns most of it in the first epoch, some seconds."}
          </p>
          <div class="row">
            <Button
              kind="main"
              disabled={training.phase === "loading"}
              onClick={() =>
                isBusy ? trainer.pause(training.phase !== "paused") : void trainer.start(settings)
              }
            >
              {!isBusy ? "Train" : training.phase === "paused" ? "Resume" : "Pause"}
            </Button>
            <Button disabled={!isBusy} onClick={trainer.cancel} label="Cancel training">
              Cancel
            </Button>
            <Button onClick={trainer.reset} label="Reset: the weights the page came with">
              Reset
            </Button>
          </div>
          <Standing training={training} />
        </div>
        <div class="panel">
          <Curves training={training} />
        </div>
      </div>
      {training.failure && <Notice kind="error">{training.failure}</Notice>}
    </section>
  );
}

const words: Readonly<Record<Training["phase"], string>> = {
  idle: "Not training",
  loading: "Fetching the digits, 12 MB",
  running: "Training",
  paused: "Paused",
  done: "Done",
  cancelled: "Cancelled; the network keeps what it has learned",
  failed: "It ended with an error, see below",
};

/** How far the training is. */
function Standing({ training }: { readonly training: Training }) {
  const { phase, epochs, received, total, steps } = training;
  const isLoading = phase === "loading";
  const at = steps.at(-1)?.at ?? 0;
  return (
    <div class="standing">
      <span class="hidden" role="status">
        {words[phase]}
      </span>
      <Progress
        label={
          isLoading && total > 0
            ? `Fetching the digits, ${megabytes(received)} of ${megabytes(total)} MB`
            : words[phase]
        }
        done={isLoading ? received : at}
        total={isLoading ? total || 1 : epochs}
      />
    </div>
  );
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** Loss and accuracy so far, and how fast it goes. */
function Curves({ training }: { readonly training: Training }) {
  const { steps, tests, epochs } = training;
  const losses = useMemo(() => columns(training, "loss"), [steps, tests]);
  const accuracies = useMemo(() => columns(training, "accuracy"), [steps, tests]);
  const xRange = [0, epochs] as const;
  const [step, test] = [steps.at(-1), tests.at(-1)];
  const say = (what: string, of: (report: { loss: number; accuracy: number }) => string): string =>
    step && test
      ? `${what} after ${short(step.at)} of ${epochs} epochs: ${of(step)} in training, ${of(test)} in the test.`
      : `${what}: no training yet.`;
  return (
    <>
      <dl class="stats">
        <Stat
          name={`test accuracy, of ${(test?.count ?? 10_000).toLocaleString("en")}`}
          value={test ? percent(test.accuracy) : "–"}
        />
        <Stat
          name="images per second"
          value={step ? Math.round(step.imagesPerSecond).toLocaleString("en") : "–"}
        />
        <Stat name="a step" value={step ? `${step.stepMs.toFixed(1)} ms` : "–"} />
        <Stat name="threads" value={step ? String(step.threads) : "–"} />
        <Stat name="epoch" value={step ? `${step.epoch} of ${epochs}` : "–"} />
      </dl>
      <div class="charts">
        <Chart
          title="Loss"
          summary={say("Loss", ({ loss }) => loss.toFixed(3))}
          x="epochs"
          y="cross-entropy"
          {...{ series: curves, data: losses, xRange }}
          format={short}
          height={340}
        />
        <Chart
          title="Accuracy"
          summary={say("Accuracy", ({ accuracy }) => percent(accuracy))}
          x="epochs"
          y="share of right answers"
          {...{ series: curves, data: accuracies, xRange }}
          yRange={[0, 1]}
          height={340}
          format={(share) => `${Number((100 * share).toFixed(1))} %`}
        />
      </div>
    </>
  );
}
