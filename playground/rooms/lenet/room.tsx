import { useEffect, useRef, useState } from "preact/hooks";
import type { Weights } from "../../engine/weights.js";
import { Notice } from "../../parts/notice.js";
import { Closer } from "./closer.js";
import { Confusion } from "./confusion.js";
import { Draw } from "./draw.js";
import type { Drawing } from "./drawing.js";
import { Files } from "./files.js";
import { Filters } from "./filters.js";
import { layers, type Unit } from "./layers.js";
import { Learn } from "./learn.js";
import { Live } from "./live.js";
import { Maps } from "./maps.js";
import { Probabilities } from "./probabilities.js";
import { useTraining } from "./use-training.js";

interface Started {
  readonly live: Live;
  /** The weights that the page came with. */
  readonly initial: Weights;
  /** Why they are random ones. */
  readonly why?: string;
}

// The network outlives the room: who comes back finds it as it was left.
let started: Promise<Started> | undefined;

async function begin(): Promise<Started> {
  try {
    const live = await Live.start("weights/lenet5.safetensors");
    return { live, initial: live.weights.value };
  } catch (error) {
    const live = await Live.start();
    return { live, initial: live.weights.value, why: (error as Error).message };
  }
}

export function Lenet() {
  const [ready, setReady] = useState<Started>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    let isHere = true;
    started ??= begin();
    started.then(
      (value) => isHere && setReady(value),
      (error) => {
        started = undefined;
        if (isHere) setFailure(error.message);
      },
    );
    return () => {
      isHere = false;
    };
  }, []);
  if (failure) return <Notice kind="error">{failure}</Notice>;
  return ready ? <Inside {...ready} /> : <div class="opening" />;
}

/** Looked at closer until one points elsewhere. */
const first: Unit = { layer: layers[0]!, channel: 1, y: 14, x: 14 };

function Inside({ live, initial, why }: Started) {
  const drawing = useRef<Drawing>(null);
  const [isEmpty, setEmpty] = useState(true);
  const [unit, setUnit] = useState(first);
  const [isStretched, setStretched] = useState(false);
  const trainer = useTraining(live, initial);
  const { phase, full } = trainer.training;
  return (
    <div class="lenet">
      {why && (
        <Notice kind="note">
          The trained weights could not be read, so the network begins with random ones: train it below. {why}
        </Notice>
      )}
      <div class="live">
        <Draw live={live} drawing={drawing} onEmpty={setEmpty} />
        <Maps {...{ live, unit, isStretched }} onUnit={setUnit} onStretched={setStretched} />
        <div class="beside">
          <Probabilities live={live} isEmpty={isEmpty} />
          <Closer {...{ live, unit, isStretched }} />
        </div>
      </div>
      <Learn trainer={trainer} />
      <div class="after">
        <Filters live={live} />
        <Confusion test={full} />
        <Files live={live} isTraining={["loading", "running", "paused"].includes(phase)} />
      </div>
    </div>
  );
}
