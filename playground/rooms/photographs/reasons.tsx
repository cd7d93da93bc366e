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

/** How a run stands. */
type Standing = "Looking" | "Done" | "Cancelled" | "Failed";

/** Where the network sees the class. */
export function Reasons({ answer, chosen, label }: ReasonsProps) {
  const [method, setMethod] = useState<Method>("gradCam");
  const [found, setFound] = useState<Explained & { readonly of: Answer }>();
  const [standing, setStanding] = useState<Standing>("Looking");
  const [progress, setProgress] = useState({ done: 0, total: 0 });
  const [failure, setFailure] = useState<string>();
  const [ending, setEnding] = useState<AbortController>();

  useEffect(() => {
    const controller = new AbortController();
    // One that was cancelled still is, until another begins.
    let isCurrent = true;
    setEnding(controller);
    setFailure(undefined);
    setStanding("Looking");
    setProgress({ done: 0, total: 0 });
    call(
      "photographs/explain",
      { method, index: chosen },
      {
        signal: controller.signal,
        onReport: (value) => isCurrent && setProgress(value as { done: number; total: number }),
      },
    ).then(
      (explained) => {
        if (!isCurrent) return;
        setFound({ ...explained, of: answer });
        setStanding("Done");
      },
      (error) => {
        if (!isCurrent) return;
        setStanding(isAbort(error) ? "Cancelled" : "Failed");
        if (!isAbort(error)) setFailure(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      isCurrent = false;
      controller.abort();
    };
  }, [answer, chosen, method]);

  // Not that of the photograph before.
  const explained = found?.of === answer ? found : undefined;
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
            label={standing}
            {...(standing === "Looking" ? progress : { done: standing === "Done" ? 1 : 0, total: 1 })}
            {...(standing === "Looking" && ending && { onCancel: () => ending.abort() })}
          />
          {failure && <Notice kind="error">{failure}</Notice>}
        </figcaption>
      </figure>
    </section>
  );
}
