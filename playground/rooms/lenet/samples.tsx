import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** A digit that the network was not trained on. */
export interface Sample {
  readonly digit: number;
  /** 28 x 28, from 0 to 1. */
  readonly pixels: Float32Array;
}

/** Two test digits of each class. */
async function loadSamples(signal: AbortSignal): Promise<Sample[]> {
  const response = await fetch("data/digits.bin", { signal });
  if (!response.ok) throw new Error("The sample digits are missing: the site's folder data was not copied.");
  const bytes = new Uint8Array(await response.arrayBuffer());
  return Array.from({ length: Math.floor(bytes.length / 784) }, (_, i) => ({
    digit: Math.floor(i / 2),
    pixels: Float32Array.from(bytes.subarray(784 * i, 784 * (i + 1)), (byte) => byte / 255),
  }));
}

interface SamplesProps {
  readonly onChoose: (sample: Sample) => void;
  readonly onLoad: (samples: readonly Sample[]) => void;
}

/** Digits to choose from, instead of drawing one. */
export function Samples({ onChoose, onLoad }: SamplesProps) {
  const [samples, setSamples] = useState<Sample[]>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    const leaving = new AbortController();
    loadSamples(leaving.signal).then(
      (loaded) => {
        if (leaving.signal.aborted) return;
        setSamples(loaded);
        onLoad(loaded);
      },
      (error) => {
        if (!leaving.signal.aborted) setFailure(error.message);
      },
    );
    return () => leaving.abort();
  }, []);
  return (
    <div class="samples" role="group" aria-label="Digits of MNIST's test set">
      {samples?.map((sample, i) => (
        <button
          key={i}
          type="button"
          aria-label={`A ${sample.digit}, ${i % 2 === 0 ? "first" : "second"} sample`}
          onClick={() => onChoose(sample)}
        >
          <Digit pixels={sample.pixels} />
        </button>
      ))}
      {failure && <p class="soft small">{failure}</p>}
    </div>
  );
}

/** A digit, 28 x 28, white on black. */
export function Digit({ pixels }: { readonly pixels: Float32Array }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => paintDigit(canvas.current!, pixels), [pixels]);
  return <canvas ref={canvas} width={28} height={28} class="picture" />;
}

export function paintDigit(canvas: HTMLCanvasElement, pixels: Float32Array): void {
  const picture = new ImageData(28, 28);
  for (const [i, ink] of pixels.entries()) {
    picture.data.fill(Math.round(ink * 255), 4 * i, 4 * i + 3);
    picture.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d")!.putImageData(picture, 0, 0);
}
