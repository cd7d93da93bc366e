import { useEffect, useState } from "preact/hooks";
import { call, isAbort } from "../../engine/client.js";
import type { Answer, Explained, Method } from "../../engine/jobs/photographs.js";
import { ColourKey } from "../../parts/colour-key.js";
import { Progress, Segments } from "../../parts/controls.js";
import { Notice } from "../../parts/notice.js";
import { Picture } from "../../parts/picture.js";

interface ReasonsProps {
  readonly answer: Answer;
  /** Number of the class. */
  readonly chosen: number;
  readonly label: string;
}

const methods: readonly (readonly [Method, string])[] = [
  ["gradCam", "Grad-CAM"],
  ["occlusion", "Occlusion"],
  ["saliency", "Saliency"],
  ["smoothGrad", "SmoothGrad"],
  ["integratedGradients", "Integrated gradients"],
];

const DONE = { done: 1, total: 1 };

/** Where the network sees the class. */
export function Reasons({ answer, chosen, label }: ReasonsProps) {
  const [method, setMethod] = useState<Method>("gradCam");
  const [explained, setExplained] = useState<Explained>();
  const [progress, setProgress] = useState<{ done: number; total: number }>();
  const [failure, setFailure] = useState<string>();
  const [ending, setEnding] = useState<AbortController>();

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setEnding(controller);
    setFailure(undefined);
    setProgress({ done: 0, total: 0 });
    call(
      "photographs/explain",
      { method, index: chosen },
      {
        signal,
        onReport: (value) => signal.aborted || setProgress(value as { done: number; total: number }),
      },
    ).then(
      (found) => {
        if (signal.aborted) return;
        setExplained(found);
        setProgress(undefined);
      },
      (error) => {
        setProgress(undefined);
        if (!isAbort(error)) setFailure(error instanceof Error ? error.message : String(error));
      },
    );
    return () => controller.abort();
  }, [answer, chosen, method]);

  return (
    <section class="panel reasons" aria-label="Where it sees that">
      <h2>{`Where it sees “${label}”`}</h2>
      <Segments label="Asked by" options={methods} value={method} onChange={setMethod} />
      <figure class="beside">
        {explained ? (
          <Picture
            image={explained.image}
            label={`${explained.method} for ${explained.label} over what the network saw`}
            smooth
          />
        ) : (
          <div class="picture-place" />
        )}
        <figcaption>
          {explained && (
            <>
              <b>{`${explained.method}, ${explained.label}. `}</b>
              {explained.text}
              <div>
                <ColourKey
                  scale={{ colors: explained.scale.map, from: explained.scale.from, to: explained.scale.to }}
                />
                {explained.scale.label}
              </div>
            </>
          )}
          <Progress
            label={progress ? "Looking" : "Done"}
            {...(progress ?? DONE)}
            {...(progress && ending && { onCancel: () => ending.abort() })}
          />
          {failure && <Notice kind="error">{failure}</Notice>}
        </figcaption>
      </figure>
    </section>
  );
}
