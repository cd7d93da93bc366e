import type { Answer, Opened } from "../../engine/jobs/photographs.js";
import { Select } from "../../parts/controls.js";
import { Picture } from "../../parts/picture.js";

interface GuessesProps {
  readonly network: Opened;
  readonly answer: Answer;
  /** Number of the class that reasons are asked for. */
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
}

/** What the network says, and what it saw. */
export function Guesses({ network, answer: { seen, guesses, ms }, chosen, onChoose }: GuessesProps) {
  return (
    <section class="panel guesses" aria-label="What it says">
      <figure class="seen">
        <Picture image={seen} label="What the network saw of the photograph" smooth />
        <figcaption>
          What {network.title} saw: {seen.height} × {seen.width} pixels
        </figcaption>
      </figure>
      <div>
        <h2>What it says</h2>
        <ol>
          {guesses.map(({ label, index, probability }) => (
            <li key={index}>
              <button type="button" aria-pressed={index === chosen} onClick={() => onChoose(index)}>
                <span class="name">{label}</span>
                <span class="value">{`${(100 * probability).toFixed(1)} %`}</span>
                <i style={{ width: `${100 * probability}%` }} />
              </button>
            </li>
          ))}
        </ol>
        <p class="soft small">
          The five likeliest of {network.classes.length || "its"} classes, in {ms.toFixed(0)} ms. Choose one
          to ask where it is seen.
        </p>
        {network.classes.length > 0 && (
          <Select
            label="Or any other class"
            options={network.classes.map((name, index) => [index, name])}
            value={chosen}
            onChange={onChoose}
          />
        )}
      </div>
    </section>
  );
}
