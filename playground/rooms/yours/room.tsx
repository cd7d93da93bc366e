import { useEffect, useState } from "preact/hooks";
import { Select, Stat } from "../../parts/controls.js";
import { Diagram } from "../../parts/diagram.js";
import { bytes, count } from "../../parts/quantities.js";
import { useTopic } from "../../parts/topic.js";
import { useWidth } from "../../parts/use-width.js";
import { Editor } from "./editor.js";
import { examples } from "./examples.js";
import { Layers } from "./layers.js";
import { lineOf, type Span } from "./mistake.js";
import { Curves, Runs } from "./runs.js";
import { studio, titled } from "./studio.js";
import { Train } from "./train.js";
import { leave } from "./training.js";
import { type Known, useDescription } from "./use-description.js";

export function Yours() {
  const now = useTopic(studio);
  const { source, title, runs } = now;
  const [frame, width] = useWidth();
  const known = useDescription(source, width);
  const [chosen, setChosen] = useState<string>();
  const [shown, setShown] = useState<Span>();
  useEffect(() => leave, []);

  const { description, wrong } = known;
  const isCurrent = known.source === source && !wrong;
  const write = (text: string): void =>
    studio.set({ ...studio.value, source: text, title: titled(text, studio.value.title) });
  const choose = (layer: string): void => {
    setChosen(layer);
    const span = isCurrent ? description?.places[layer] : undefined;
    if (span) setShown({ ...span });
  };
  const example = examples.findIndex((one) => one.title === title);
  return (
    <div class="yours">
      <div class="desk">
        <section class="panel write" aria-labelledby="write-title">
          <h2 id="write-title">Write it</h2>
          <Select
            label="Begin with"
            options={[
              ...examples.map(({ title }, i) => [i, title] as const),
              ...(example < 0 ? [[-1, title] as const] : []),
            ]}
            value={example}
            onChange={(i) => {
              const begin = examples[i];
              if (begin) studio.set({ ...studio.value, source: begin.source, title: begin.title });
            }}
          />
          <Editor wrong={wrong} shown={shown} onChange={write} />
          <Verdict known={known} source={source} />
          <p class="small soft">
            The input is one grey picture of 28 × 28, the output ten numbers, one for each class. Ctrl-space
            shows what can be written; Tab indents; Esc, then Tab leaves the text.
          </p>
        </section>
        <section class="panel made" aria-labelledby="made-title" aria-busy={!isCurrent && !wrong}>
          <h2 id="made-title">
            What it is made of {wrong && description && <small>before the mistake</small>}
          </h2>
          <dl class="stats">
            <Stat name="parameters" value={description ? count(description.summary.parameters) : "–"} />
            <Stat
              name="multiply-adds for one picture"
              value={description ? count(description.summary.macs) : "–"}
            />
            <Stat
              name="memory for one picture"
              value={description ? bytes(description.summary.peakBytes) : "–"}
            />
          </dl>
          <div class="table">
            {description && <Layers summary={description.summary} chosen={chosen} onChoose={choose} />}
          </div>
        </section>
      </div>
      <section class="panel" aria-label="The network as a picture">
        <div class="drawn" ref={frame}>
          {description && <Diagram network={description} chosen={chosen} onChoose={choose} />}
        </div>
      </section>
      <div class="bench">
        <Train
          now={now}
          description={isCurrent && !description?.misfit ? description : undefined}
          why={
            wrong
              ? "The text has a mistake"
              : description?.misfit
                ? "The output does not fit ten classes"
                : ""
          }
        />
        <Curves runs={runs} />
      </div>
      <Runs runs={runs} />
    </div>
  );
}

/** What the library says of the present text. */
function Verdict({ known, source }: { readonly known: Known; readonly source: string }) {
  const { description, wrong, failure } = known;
  return (
    <div class="verdict" role="status">
      {failure ? (
        <p class="notice error">{failure}</p>
      ) : wrong ? (
        <p class="notice error">
          <b>{placeText(known.source ?? source, wrong.start)}:</b> {wrong.message}
        </p>
      ) : description?.misfit ? (
        <p class="notice">{description.misfit}</p>
      ) : (
        description && <p class="notice">It fits: 28 × 28 × 1 in, ten numbers out.</p>
      )}
    </div>
  );
}

function placeText(source: string, place: number): string {
  const { line, column } = lineOf(source, place);
  return `Line ${line}, column ${column}`;
}
