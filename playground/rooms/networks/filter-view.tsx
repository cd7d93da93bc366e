import type { LayerSummary } from "featuremap/inspect";
import { useEffect, useState } from "preact/hooks";
import { call, isAbort } from "../../engine/client.js";
import type { Filters } from "../../engine/jobs/networks.js";
import { FileDrop } from "../../parts/controls.js";
import { Notice } from "../../parts/notice.js";
import { Picture } from "../../parts/picture.js";

interface FilterViewProps {
  /** Of the zoo. */
  readonly network: string;
  readonly title: string;
  readonly layer: LayerSummary;
}

/** Weights that come with the site. */
const own: Readonly<Record<string, string>> = { lenet5: "weights/lenet5.safetensors" };

/** The learned kernels of a layer; of most networks, once their weights have been given. */
export function FilterView({ network, title, layer }: FilterViewProps) {
  const [file, setFile] = useState<{ network: string; weights: Blob | string }>();
  const [ready, setReady] = useState<string>();
  const [filters, setFilters] = useState<Filters | null>();
  const [failure, setFailure] = useState<string>();
  const given = file?.network === network ? file.weights : own[network];

  useEffect(() => {
    setFailure(undefined);
    setReady(undefined);
    if (given === undefined) return;
    const ending = new AbortController();
    const weights = typeof given === "string" ? new URL(given, document.baseURI).href : given;
    call("networks/load", { name: network, weights }, { signal: ending.signal }).then(
      () => ending.signal.aborted || setReady(network),
      (error) => isAbort(error) || ending.signal.aborted || setFailure(String(error.message)),
    );
    return () => ending.abort();
  }, [network, given]);

  useEffect(() => {
    setFilters(undefined);
    if (ready !== network) return;
    const ending = new AbortController();
    call("networks/filters", { name: network, layer: layer.name }, { signal: ending.signal }).then(
      (found) => ending.signal.aborted || setFilters(found),
      (error) => isAbort(error) || ending.signal.aborted || setFailure(String(error.message)),
    );
    return () => ending.abort();
  }, [ready, network, layer]);

  return (
    <div class="filter-view">
      {failure && <Notice kind="error">{failure}</Notice>}
      {filters && (
        <figure>
          <Picture image={filters.image} label={`Filters of layer ${layer.name}. ${filters.text}`} />
          <figcaption>{filters.text}</figcaption>
        </figure>
      )}
      {filters === null && (
        <p class="soft small">
          This layer has no kernels that can be looked at: choose a convolution with a window larger than one
          pixel.
        </p>
      )}
      {ready !== network && given !== undefined && !failure && (
        <p class="soft small">Reading the weights …</p>
      )}
      {(given === undefined || failure) && (
        <FileDrop
          label={`Weights of ${title}`}
          text="Filters are learned: drop a safetensors or PyTorch file here, or choose one. It stays on this machine."
          accept=".safetensors,.pth,.pt,.bin,.npz"
          onFiles={([first]) => setFile({ network, weights: first! })}
        />
      )}
    </div>
  );
}
