// Opens contenders one after the other, then lets them take turns. Runs in Node and in a page.
import { alternate, quantile } from "../alternate.js";
import { difference } from "../answers.js";
import { timed } from "../timed.js";
import { type Built, type Contender, type Host, INPUT } from "./contenders/contender.js";
import { contenders } from "./contenders/index.js";
import type { Alone, Job, Measured, PeerName, Report } from "./job.js";
import { peak } from "./peak.js";

/** Of the largest value: what another order of additions changes stays far below. */
const TOLERANCE = 1e-3;

interface Open extends Pick<Measured, "peer" | "load" | "build" | "first"> {
  readonly built: Built;
  readonly answer: Float32Array;
}

export async function measure(host: Host, engine: string, job: Job): Promise<Report> {
  const input = new Float32Array((await host.read(job, INPUT)).slice().buffer);
  const opened: Open[] = [];
  const absent: { peer: PeerName; why: string }[] = [];
  for (const peer of job.peers) {
    try {
      opened.push(await open(host, contenders[peer], job, input));
    } catch (error) {
      absent.push({ peer, why: error instanceof Error ? error.message : String(error) });
    }
  }
  const timings = await alternate(
    opened.map(({ peer, built }) => ({
      name: peer,
      run: (times) => (built.block ? built.block(times) : timed(times, () => built.infer())),
    })),
    { rounds: job.rounds, budgetMs: job.budgetMs },
  );
  // The code that answered first was not yet what was timed.
  const last: Float32Array[] = [];
  for (const { peer, built } of opened) last.push(inOrder(contenders[peer], job, await built.infer()));
  const ours = opened.find(({ peer }) => peer === "featuremap") ?? opened[0];
  const measured = opened.map(({ built, answer, ...cold }, i): Measured => {
    const memory = built.memory?.();
    const differs = (what: string, values: Float32Array): string | null =>
      difference(`${job.name}, ${cold.peer}${what}`, values, ours!.answer, TOLERANCE);
    return {
      ...cold,
      timing: timings[i]!,
      difference: differs("", answer) ?? differs(", the last answer", last[i]!),
      ...(memory && { memory }),
    };
  });
  const alone = job.alone && ours ? measureAlone(ours.built) : null;
  for (const { built } of opened) built.end?.();
  return { engine, measured, absent, ...(alone && { alone }) };
}

const TURNS = 5;

/** The layer and the loop in registers take turns too. */
function measureAlone(built: Built): Alone | null {
  const layer: number[] = [];
  const loop = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const ms = built.alone?.() ?? null;
    if (ms === null) return null;
    layer.push(ms);
    loop.push(peak());
  }
  const gflops = quantile(
    loop.map((turn) => turn.gflops),
    0.5,
  );
  return { ms: quantile(layer, 0.5), peak: { gflops, fused: loop[0]!.fused } };
}

async function open(host: Host, contender: Contender, job: Job, input: Float32Array): Promise<Open> {
  const files = await Promise.all(contender.files(job).map((file) => host.read(job, file)));
  const own = contender.channelsLast ? channelsLast(input, job.input) : input;
  const began = performance.now();
  const build = await contender.load(host, job);
  const loaded = performance.now();
  const built = await build(files, own);
  const ready = performance.now();
  const output = await built.infer();
  const answered = performance.now();
  return {
    peer: contender.name,
    load: loaded - began,
    build: ready - loaded,
    first: answered - ready,
    built,
    answer: inOrder(contender, job, output),
  };
}

/** A copy of an answer as [n, c, h, w]. */
function inOrder(contender: Contender, job: Job, output: Float32Array): Float32Array {
  return contender.channelsLast ? channelsFirst(output, job.output) : output.slice();
}

/** [n, c, h, w] to [n, h, w, c]; what has no pixels stays as it is. */
function channelsLast(values: Float32Array, [n, c, h = 1, w = 1]: readonly number[]): Float32Array {
  return turned(values, n!, c!, h * w);
}

/** And back. */
function channelsFirst(values: Float32Array, [n, c, h = 1, w = 1]: readonly number[]): Float32Array {
  return turned(values, n!, h * w, c!);
}

/** Each of n matrices transposed. */
function turned(values: Float32Array, n: number, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0; i < n; i++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        result[(i * columns + c) * rows + r] = values[(i * rows + r) * columns + c]!;
  return result;
}
