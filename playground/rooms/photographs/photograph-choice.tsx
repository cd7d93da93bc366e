import { useEffect, useState } from "preact/hooks";
import { FileDrop } from "../../parts/controls.js";

/** Photographs that come with the site, all in the public domain. */
const samples = [
  ["boats", "Boats in Nagasaki, 1865"],
  ["flower", "A pink lily leek"],
  ["airplane", "An airplane from above"],
  ["cat", "A cat in motion, 1887"],
] as const;

interface PhotographChoiceProps {
  readonly onPhotograph: (photograph: Blob) => void;
  readonly onFailure: (failure: string) => void;
}

/** One of the samples, or a picture of the user's. */
export function PhotographChoice({ onPhotograph, onFailure }: PhotographChoiceProps) {
  const [chosen, setChosen] = useState<string>();
  const [own, setOwn] = useState<string>();
  useEffect(() => () => void (own && URL.revokeObjectURL(own)), [own]);

  const take = (name: string, photograph: Blob) => {
    setChosen(name);
    setOwn(samples.some(([sample]) => sample === name) ? undefined : URL.createObjectURL(photograph));
    onPhotograph(photograph);
  };
  const sample = async (name: string) => {
    const response = await fetch(`data/photographs/${name}.jpg`).catch(() => undefined);
    if (response?.ok) take(name, await response.blob());
    else onFailure("This photograph is missing from the site. Give one of your own.");
  };

  return (
    <section class="panel" aria-label="Photograph">
      <h2>Photograph</h2>
      <ul class="samples">
        {samples.map(([name, text]) => (
          <li key={name}>
            <button
              type="button"
              aria-pressed={chosen === name}
              aria-label={text}
              onClick={() => void sample(name)}
            >
              <img src={`data/photographs/${name}.jpg`} alt="" width="112" height="84" />
            </button>
          </li>
        ))}
      </ul>
      <FileDrop
        label="One of your own"
        text={chosen && own ? chosen : "JPEG, PNG or whatever this browser shows."}
        accept="image/*"
        onFiles={([file]) => take(file!.name, file!)}
      />
    </section>
  );
}
