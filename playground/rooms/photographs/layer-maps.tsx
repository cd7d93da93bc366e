import { useEffect, useState } from "preact/hooks";
import { call, isAbort } from "../../engine/client.js";
import type { Answer, Maps, Opened } from "../../engine/jobs/photographs.js";
import { Select } from "../../parts/controls.js";
import { Notice } from "../../parts/notice.js";
import { Picture } from "../../parts/picture.js";

/** What a layer makes of the photograph. */
export function LayerMaps({ network, answer }: { readonly network: Opened; readonly answer: Answer }) {
  const { layers } = network;
  const [name, setName] = useState(layers[0]?.name ?? "");
  const [maps, setMaps] = useState<Maps>();
  const [failure, setFailure] = useState<string>();
  const layer = layers.find((one) => one.name === name) ?? layers[0];

  useEffect(() => {
    if (!layer) return;
    const ending = new AbortController();
    setFailure(undefined);
    call("photographs/maps", { layer: layer.name }, { signal: ending.signal }).then(
      (found) => ending.signal.aborted || setMaps(found),
      (error) => isAbort(error) || ending.signal.aborted || setFailure(String(error.message)),
    );
    return () => ending.abort();
  }, [answer, layer]);

  if (!layer) return null;
  const [c, h, w] = layer.output;
  return (
    <section class="panel layer-maps" aria-label="Feature maps">
      <h2>Feature maps</h2>
      <Select
        label="Of the layer"
        options={layers.map(({ name, type, output: [c, ...size] }) => [
          name,
          `${name || "(network)"}: ${type}, ${[...size, c].join(" × ")}`,
        ])}
        value={layer.name}
        onChange={setName}
      />
      {failure && <Notice kind="error">{failure}</Notice>}
      <figure>
        {maps ? (
          <Picture image={maps.image} label={`Feature maps of layer ${layer.name}`} />
        ) : (
          <div class="picture-place" />
        )}
        <figcaption>
          {maps && maps.shown < maps.all
            ? `The first ${maps.shown} of ${maps.all} channels`
            : `${c} channels`}{" "}
          of {h} × {w}. Each map from its lowest value, dark, to its highest, yellow.
        </figcaption>
      </figure>
    </section>
  );
}
