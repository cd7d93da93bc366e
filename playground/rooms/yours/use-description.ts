import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../../engine/client.js";
import type { Description, Wrong } from "../../engine/jobs/yours.js";

/** What is known of the source that is being written. */
export interface Known {
  /** Of the last source that was right. */
  readonly description?: Description;
  /** What is wrong with the present one. */
  readonly wrong?: Wrong;
  /** The source that this is about. */
  readonly source?: string;
  /** The engine could not be asked. */
  readonly failure?: string;
}

/** Pauses in typing as long as this are used to look. */
const PAUSE_MS = 150;

/** Asks the engine about a source whenever it has changed and typing rests for a moment. */
export function useDescription(source: string, width: number | undefined): Known {
  const [known, setKnown] = useState<Known>({});
  const isFirst = useRef(true);
  useEffect(() => {
    if (width === undefined) return;
    let isCurrent = true;
    const ask = async (): Promise<void> => {
      try {
        const found = await call("yours/describe", { source, width });
        if (!isCurrent) return;
        setKnown((before) =>
          "wrong" in found
            ? { ...(before.description && { description: before.description }), wrong: found.wrong, source }
            : { description: found, source },
        );
      } catch (error) {
        if (isCurrent) setKnown((before) => ({ ...before, failure: (error as Error).message }));
      }
    };
    const timer = setTimeout(() => void ask(), isFirst.current ? 0 : PAUSE_MS);
    isFirst.current = false;
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [source, width]);
  return known;
}
