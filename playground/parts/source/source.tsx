import type { Image } from "featuremap/image";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Check, FileDrop, Segments, Select } from "../controls.js";
import { Notice } from "../notice.js";
import { useCamera } from "./camera.js";
import { blank, Drawing } from "./drawing.js";
import { type Pattern, patterns } from "./patterns.js";
import { fitted, type Photograph, photograph, photographs, pictureOf } from "./pictures.js";

type Choice = Photograph | Pattern | "file" | "camera" | "drawing";

const CHOICES: readonly (readonly [Choice, string])[] = [
  ["boats", "Photograph: boats"],
  ["flower", "Photograph: flower"],
  ["airplane", "Photograph: airplane"],
  ["cat", "Photograph: cat"],
  ["stripes", "Pattern: stripes"],
  ["checkerboard", "Pattern: checkerboard"],
  ["disc", "Pattern: disc"],
  ["ramp", "Pattern: dark to bright"],
  ["point", "Pattern: one white pixel"],
  ["digit", "Pattern: digit"],
  ["drawing", "Draw one"],
  ["file", "A file of yours"],
  ["camera", "Camera, live"],
];

const isPattern = (choice: Choice): choice is Pattern => choice in patterns;
const isPhotograph = (choice: Choice): choice is Photograph =>
  (photographs as readonly string[]).includes(choice);

/** A picture to work on, and where it comes from. `first` is the photograph that is there to begin with. */
export function useSource(first: { readonly name: Photograph; readonly image: Image }, usualSide = 96) {
  const [choice, choose] = useState<Choice>(first.name);
  const [side, setSide] = useState(usualSide);
  const [original, setOriginal] = useState(first.image);
  const [drawing, setDrawing] = useState(blank);
  const [still, setStill] = useState(false);
  const [failure, setFailure] = useState<string>();

  // The file that was chosen last, while it is read; another choice gives it up.
  const wanted = useRef<File>(undefined);
  useEffect(() => {
    wanted.current = undefined;
    setFailure(undefined);
    setStill(false);
    if (!isPhotograph(choice)) return;
    const leaving = new AbortController();
    photograph(choice, leaving.signal).then(
      (image) => leaving.signal.aborted || setOriginal(image),
      (error: Error) => leaving.signal.aborted || setFailure(error.message),
    );
    return () => leaving.abort();
  }, [choice]);

  useCamera({ on: choice === "camera" && !still, side, onFrame: setOriginal, onFailure: setFailure });

  const take = async ([file]: readonly File[]) => {
    wanted.current = file;
    setFailure(undefined);
    try {
      const image = await pictureOf(file!, file!.name);
      if (wanted.current === file) setOriginal(image);
    } catch (error) {
      if (wanted.current === file) setFailure((error as Error).message);
    }
  };

  const picture = useMemo(
    () =>
      choice === "drawing" ? drawing : isPattern(choice) ? patterns[choice](side) : fitted(original, side),
    [choice, side, original, drawing],
  );
  return { picture, choice, choose, side, setSide, drawing, setDrawing, still, setStill, failure, take };
}

type Source = ReturnType<typeof useSource>;

/** The choice of a picture: photographs, patterns, a drawing, a file, the camera. */
export function SourcePicker({ source }: { readonly source: Source }) {
  const { choice, side } = source;
  return (
    <div class="source">
      <Select label="Picture" options={CHOICES} value={choice} onChange={source.choose} />
      {choice === "drawing" && <Drawing image={source.drawing} onChange={source.setDrawing} />}
      {choice === "file" && (
        <FileDrop
          label="Choose a picture, or drop it here"
          text="It stays on this machine."
          accept="image/*"
          onFiles={source.take}
        />
      )}
      {choice === "camera" && <Check label="Hold still" value={source.still} onChange={source.setStill} />}
      {(choice === "file" || choice === "camera" || source.failure) && (
        <div class="source-says">
          {source.failure ? (
            <Notice kind="error">{source.failure}</Notice>
          ) : (
            choice === "camera" && <p class="small soft">What it sees stays on this machine.</p>
          )}
        </div>
      )}
      {choice !== "drawing" && (
        <Segments
          label="Longer side, in pixels"
          options={[32, 64, 96, 160].map((size) => [size, `${size}`] as const)}
          value={side}
          onChange={source.setSide}
        />
      )}
    </div>
  );
}

interface ColourChoiceProps {
  readonly inColour: boolean;
  readonly onChange: (inColour: boolean) => void;
}

/** Whether to work on grey or on each of red, green and blue. */
export function ColourChoice({ inColour, onChange }: ColourChoiceProps) {
  return (
    <Segments
      label="Picture in"
      options={[
        [0, "grey"],
        [1, "colour"],
      ]}
      value={+inColour}
      onChange={(choice) => onChange(choice === 1)}
    />
  );
}
