import { useState } from "preact/hooks";
import { call } from "../../engine/client.js";
import { Chart } from "../../parts/chart.js";
import { Button } from "../../parts/controls.js";
import { Notice } from "../../parts/notice.js";
import { count } from "../../parts/quantities.js";
import { save } from "./save.js";
import { columns, isBusy, type Run, secondsOf, studio } from "./studio.js";

/** Runs whose curves are drawn: the last ones, each in its colour. */
const DRAWN = 4;
const colour = ({ id }: Run): string => `--run-${(id - 1) % DRAWN}`;
const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

/** Curves of the last runs over common axes. */
export function Curves({ runs }: { readonly runs: readonly Run[] }) {
  const drawn = runs.slice(-DRAWN);
  const key = drawn.map(({ id }) => id).join();
  const series = drawn.map((run) => ({ name: run.name, color: colour(run) }));
  const say = (what: string, of: (run: Run) => string | undefined): string =>
    drawn.length === 0
      ? `${what}: nothing was trained yet.`
      : `${what}: ${drawn.map((run) => `${run.name}: ${of(run) ?? "nothing yet"}`).join("; ")}.`;
  const last = Math.max(1000, ...drawn.map(({ settings }) => settings.images));
  const tests = drawn.map((run) => run.tests.map(({ at, accuracy }) => ({ at, value: accuracy })));
  const losses = drawn.map((run) => run.steps.map(({ at, loss }) => ({ at, value: loss })));
  const x = "pictures seen";
  return (
    <div class="panel curves">
      <Chart
        key={`accuracy ${key}`}
        title="Accuracy on test pictures"
        summary={say("Accuracy", ({ tests: [...all] }) =>
          all.length > 0 ? percent(all.at(-1)!.accuracy) : undefined,
        )}
        {...{ x, series }}
        y="right answers"
        xRange={[0, last]}
        yRange={[0, 1]}
        data={columns(tests)}
        height={340}
        format={(share) => `${Number((100 * share).toFixed(1))} %`}
      />
      <Chart
        key={`loss ${key}`}
        title="Loss in training"
        summary={say("Loss", ({ steps }) => steps.at(-1)?.loss.toFixed(3))}
        {...{ x, series }}
        y="cross-entropy"
        xRange={[0, last]}
        data={columns(losses)}
        height={340}
        format={(loss) => String(Number(loss.toFixed(3)))}
      />
    </div>
  );
}

/** All runs, to compare. */
export function Runs({ runs }: { readonly runs: readonly Run[] }) {
  const [failure, setFailure] = useState<string>();
  const done = runs.filter(({ phase }) => phase === "done");
  const best = Math.max(...done.map(({ tests }) => tests.at(-1)!.accuracy));
  const write = async (run: Run, format: "safetensors" | "onnx"): Promise<void> => {
    setFailure(undefined);
    try {
      save(
        await call("yours/write", { source: run.source, weights: run.weights!, format }),
        `${fileName(run)}.${format}`,
      );
    } catch (error) {
      setFailure((error as Error).message);
    }
  };
  return (
    <section class="panel runs" aria-labelledby="runs-title">
      <h2 id="runs-title">Compared</h2>
      {runs.length === 0 && <p class="soft">Each training will stand here beside those before it.</p>}
      {runs.length > 0 && (
        <div class="scroll" tabIndex={0} role="group" aria-label="Runs">
          <table>
            <thead>
              <tr>
                <th scope="col" class="name">
                  Network
                </th>
                <th scope="col" class="number">
                  Accuracy
                </th>
                <th scope="col" class="number">
                  Loss
                </th>
                <th scope="col" class="number">
                  Parameters
                </th>
                <th scope="col" class="number">
                  Multiply-adds
                </th>
                <th scope="col" class="number">
                  Time
                </th>
                <th scope="col" class="number">
                  Pictures a second
                </th>
                <th scope="col" class="how">
                  Trained
                </th>
                <th scope="col" class="take-along">
                  Take along
                </th>
              </tr>
            </thead>
            <tbody>
              {[...runs].reverse().map((run) => (
                <Row
                  key={run.id}
                  run={run}
                  isBest={done.length > 1 && run.phase === "done" && run.tests.at(-1)!.accuracy === best}
                  onWrite={(format) => void write(run, format)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {failure && <Notice kind="error">{failure}</Notice>}
    </section>
  );
}

interface RowProps {
  readonly run: Run;
  readonly isBest: boolean;
  readonly onWrite: (format: "safetensors" | "onnx") => void;
}

function Row({ run, isBest, onWrite }: RowProps) {
  const { name, phase, settings, data, failure, source, module, weights } = run;
  const test = run.tests.at(-1);
  const step = run.steps.at(-1);
  const { optimizer, lr, batchSize, seed } = settings;
  const how = `${data}, ${(step?.at ?? 0).toLocaleString("en-US")} pictures, ${optimizer === "adam" ? "Adam" : "momentum SGD"} ${lr}, batch ${batchSize}, seed ${seed}`;
  return (
    <tr>
      <th scope="row">
        <svg class="dot" viewBox="0 0 12 12" aria-hidden="true">
          <circle cx="6" cy="6" r="5" fill={`var(${colour(run)})`} />
        </svg>
        {name}
        {failure && <p class="small failure">{failure}</p>}
        {phase === "left" && <p class="small soft">not finished: the room was left</p>}
      </th>
      <td class="number accuracy">
        {test ? isBest ? <b>{percent(test.accuracy)}</b> : percent(test.accuracy) : "–"}
      </td>
      <td class="number">{test ? test.loss.toFixed(3) : "–"}</td>
      <td class="number">{count(run.parameters)}</td>
      <td class="number">{count(run.macs)}</td>
      <td class="number">{step ? `${secondsOf(run).toFixed(1)} s` : "–"}</td>
      <td class="number">{step ? Math.round(step.at / secondsOf(run)).toLocaleString("en-US") : "–"}</td>
      <td class="how">{how}</td>
      <td>
        <div class="take">
          <Button
            label={`Edit ${name} in the text above`}
            onClick={() => {
              studio.set({ ...studio.value, source, title: name.replace(/^\d+\. /, ""), settings });
              document.querySelector(".room-yours .write")?.scrollIntoView({ block: "nearest" });
            }}
          >
            Edit
          </Button>
          <Button
            label={`Source of ${name}, to download`}
            onClick={() => save(module, `${fileName(run)}.js`)}
          >
            Source
          </Button>
          <Button
            label={`Weights of ${name}, to download as safetensors`}
            disabled={!weights}
            onClick={() => onWrite("safetensors")}
          >
            Weights
          </Button>
          <Button
            label={`ONNX file of ${name}, to download`}
            disabled={!weights}
            onClick={() => onWrite("onnx")}
          >
            ONNX
          </Button>
          <Button
            label={`Remove ${name}`}
            disabled={isBusy(run)}
            onClick={() =>
              studio.set({ ...studio.value, runs: studio.value.runs.filter(({ id }) => id !== run.id) })
            }
          >
            Remove
          </Button>
        </div>
      </td>
    </tr>
  );
}

/** `2-small-vgg-changed`. */
const fileName = ({ name }: Run): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
