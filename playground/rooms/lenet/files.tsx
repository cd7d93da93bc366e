import { useState } from "preact/hooks";
import { call, isAbort } from "../../engine/client.js";
import { Button, FileDrop } from "../../parts/controls.js";
import { Notice } from "../../parts/notice.js";
import type { Live } from "./live.js";

interface FilesProps {
  readonly live: Live;
  /** Weights that are being trained are not to be changed under its feet. */
  readonly isTraining: boolean;
}

/** Taking the weights along, and bringing them back. */
export function Files({ live, isTraining }: FilesProps) {
  const [outcome, setOutcome] = useState<{ kind: "error" | "note"; text: string }>();
  const tell = (error: unknown): void => {
    if (!isAbort(error)) setOutcome({ kind: "error", text: (error as Error).message });
  };

  const save = async (format: "safetensors" | "onnx"): Promise<void> => {
    setOutcome(undefined);
    const bytes = await call("lenet/write", { weights: live.weights.value, format });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes]));
    link.download = `lenet5.${format}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  const load = async ([file]: readonly File[]): Promise<void> => {
    setOutcome(undefined);
    live.load(await call("lenet/read", { file: file! }));
    setOutcome({ kind: "note", text: `The network now has the weights of ${file!.name}.` });
  };

  return (
    <section class="panel files" aria-labelledby="files-title">
      <h2 id="files-title">Take it along</h2>
      <div class="row">
        <Button onClick={() => void save("safetensors").catch(tell)}>Download as safetensors</Button>
        <Button onClick={() => void save("onnx").catch(tell)}>Download as ONNX</Button>
      </div>
      {isTraining ? (
        <p class="drop soft">Weights can be loaded when the training is over.</p>
      ) : (
        <FileDrop
          label="Load weights"
          text=".safetensors, .pth or .onnx of the same network: choose a file or drop it here"
          accept=".safetensors,.pth,.pt,.onnx"
          onFiles={(files) => void load(files).catch(tell)}
        />
      )}
      <div class="outcome">{outcome && <Notice kind={outcome.kind}>{outcome.text}</Notice>}</div>
    </section>
  );
}
