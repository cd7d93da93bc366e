import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Live } from "./live.js";

const digits = [..."0123456789"];
const percent = (share: number): string =>
  `${(100 * share).toFixed(share > 0.9995 || share === 0 ? 0 : 1)} %`;

/** The ten probabilities as bars. They follow each stroke, so they are moved by hand rather than rendered anew. */
export function Probabilities({ live, isEmpty }: { readonly live: Live; readonly isEmpty: boolean }) {
  const list = useRef<HTMLOListElement>(null);
  const time = useRef<HTMLSpanElement>(null);
  const [said, setSaid] = useState("");
  useLayoutEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const unfollow = live.answers.follow(({ probabilities }) => {
      const best = probabilities.indexOf(Math.max(...probabilities));
      for (const [i, row] of [...list.current!.children].entries()) {
        const [, bar, text] = row.children as unknown as HTMLElement[];
        (bar!.firstChild as HTMLElement).style.transform = `scaleX(${probabilities[i]!})`;
        text!.textContent = percent(probabilities[i]!);
        row.classList.toggle("best", i === best);
      }
      clearTimeout(timer);
      // Told when the hand rests.
      timer = setTimeout(
        () => setSaid(`${best}, with a probability of ${percent(probabilities[best]!)}`),
        400,
      );
    });
    return () => {
      clearTimeout(timer);
      unfollow();
    };
  }, [live]);
  useLayoutEffect(
    () =>
      live.times.follow((ms) => {
        if (time.current && ms !== undefined)
          time.current.textContent = `, ${ms.toFixed(1)} ms after the stroke.`;
      }),
    [live, isEmpty],
  );
  return (
    <section
      class={isEmpty ? "panel probabilities empty" : "panel probabilities"}
      aria-labelledby="probabilities-title"
    >
      <h2 id="probabilities-title">Which digit is it?</h2>
      <ol ref={list}>
        {digits.map((digit) => (
          <li key={digit}>
            <b>{digit}</b>
            <span class="bar">
              <span />
            </span>
            <span class="share">0 %</span>
          </li>
        ))}
      </ol>
      <p class="small soft">
        {isEmpty
          ? "Nothing is drawn yet; this is what it says of an empty paper."
          : "The network's ten outputs as probabilities (softmax)"}
        {!isEmpty && (
          <span ref={time} class="time">
            .
          </span>
        )}
      </p>
      <p class="hidden" role="status">
        {isEmpty ? "" : said}
      </p>
    </section>
  );
}
