import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button, Check, Slider } from "../../parts/controls.js";
import type { Drawing } from "./drawing.js";
import type { Live } from "./live.js";
import { Pad } from "./pad.js";
import { type Sample, Samples } from "./samples.js";

/** The sample that one sees first: a 3. */
const EXAMPLE = 7;

interface DrawProps {
  readonly live: Live;
  readonly drawing: RefObject<Drawing | null>;
  readonly onEmpty: (isEmpty: boolean) => void;
}

/** Where a digit comes from: one's own hand, or the test set. */
export function Draw({ live, drawing, onEmpty }: DrawProps) {
  const [brush, setBrush] = useState(2.5);
  const [isCentred, setCentred] = useState(true);
  const [canUndo, setCanUndo] = useState(false);

  const changed = (since?: number, centred = isCentred): void => {
    const { current } = drawing;
    if (!current) return;
    live.show(current.pixels(centred), since);
    setCanUndo(current.canUndo);
    onEmpty(current.isEmpty);
  };
  const change = (work: (drawing: Drawing) => void): void => {
    const since = performance.now();
    work(drawing.current!);
    changed(since);
  };
  const undo = (): void => change((now) => now.undo());
  const clear = (): void => change((now) => now.clear());
  const choose = ({ pixels }: Sample): void => change((now) => now.take(pixels));
  /** Something to see from the start, until the first stroke. */
  const begin = ({ pixels }: Sample): void => {
    if (!drawing.current?.isEmpty) return;
    drawing.current.take(pixels, true);
    changed();
  };

  return (
    <section class="panel draw" aria-labelledby="draw-title">
      <h2 id="draw-title">Draw a digit</h2>
      <Pad drawing={drawing} brush={brush} onDraw={changed} onUndo={undo} onClear={clear} />
      <div class="row">
        <Button onClick={clear}>Clear</Button>
        <Button onClick={undo} disabled={!canUndo}>
          Undo
        </Button>
        <Verdict live={live} />
      </div>
      <Slider
        label="Pen"
        min={1}
        max={5}
        step={0.5}
        value={brush}
        text={`${brush} pixels`}
        onChange={setBrush}
      />
      <Check
        label="Centre and scale it, as MNIST does"
        value={isCentred}
        onChange={(centred) => {
          setCentred(centred);
          changed(performance.now(), centred);
        }}
      />
      <h3>Or take one of the test set</h3>
      <Samples onChoose={choose} onLoad={(samples) => samples[EXAMPLE] && begin(samples[EXAMPLE])} />
      <p id="pad-keys" class="small soft">
        By keyboard: arrow keys move, with Shift farther; the space bar puts the pen down and lifts it; Ctrl+Z
        undoes; Delete clears.
      </p>
    </section>
  );
}

/** What it takes the digit for, beside the paper: where the bars may be out of sight. */
function Verdict({ live }: { readonly live: Live }) {
  const text = useRef<HTMLElement>(null);
  useLayoutEffect(
    () =>
      live.answers.follow(({ probabilities }) => {
        const best = probabilities.indexOf(Math.max(...probabilities));
        text.current!.textContent = best < 0 ? "–" : String(best);
      }),
    [live],
  );
  return (
    <span class="verdict" aria-hidden="true">
      <span class="small soft">it says</span> <b ref={text} />
    </span>
  );
}
