import { models } from "featuremap/zoo";
import { useEffect, useRef, useState } from "preact/hooks";
import { call, isAbort } from "../../engine/client.js";
import type { Opened } from "../../engine/jobs/photographs.js";
import { FileDrop, Select } from "../../parts/controls.js";

/** As far as the file tells. */
const UNKNOWN = "";

const forPhotographs = Object.entries(models).filter(([, { preprocessing }]) => preprocessing);

interface NetworkChoiceProps {
  readonly network: Opened | undefined;
  readonly onOpened: (network: Opened | undefined) => void;
  /** What went wrong, or nothing any more. */
  readonly onFailure: (failure: string | undefined) => void;
}

/** A file of weights or a whole network. */
export function NetworkChoice({ network, onOpened, onFailure }: NetworkChoiceProps) {
  const [zoo, setZoo] = useState(UNKNOWN);
  const [reading, setReading] = useState<string>();
  const ending = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => ending.current?.abort(), []);

  const open = async (file: File) => {
    ending.current?.abort();
    const controller = new AbortController();
    ending.current = controller;
    onFailure(undefined);
    setReading(file.name);
    onOpened(undefined);
    try {
      const options = { signal: controller.signal };
      const opened = await call("photographs/open", { file, ...(zoo !== UNKNOWN && { zoo }) }, options);
      if (!controller.signal.aborted) onOpened(opened);
    } catch (error) {
      if (isAbort(error)) return;
      onFailure(error instanceof Error ? error.message : String(error));
    } finally {
      if (ending.current === controller) setReading(undefined);
    }
  };

  return (
    <section class="panel" aria-label="Network">
      <h2>Network</h2>
      <Select
        label="Which one"
        options={[
          [UNKNOWN, "as the file says"],
          ...forPhotographs.map(([name, { title }]) => [name, title] as const),
        ]}
        value={zoo}
        onChange={setZoo}
      />
      <FileDrop
        label="Its weights"
        text="A .safetensors, .pth or .onnx file: drop it here or choose it."
        accept=".safetensors,.pth,.pt,.bin,.npz,.onnx"
        onFiles={([file]) => void open(file!)}
      />
      <p class="small state" aria-live="polite">
        {reading
          ? `Reading ${reading} …`
          : network
            ? `${network.title}: ${network.parameters.toLocaleString("en-US")} parameters, sees ${network.inputShape[1]} × ${network.inputShape[2]} pixels.${network.isGuess ? " The file does not say how pictures are prepared; they are as for torchvision's networks." : ""}`
            : "No network yet."}
      </p>
    </section>
  );
}
