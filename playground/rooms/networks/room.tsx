import type { LayerSummary } from "featuremap/inspect";
import { models } from "featuremap/zoo";
import { useEffect, useState } from "preact/hooks";
import { call, isAbort } from "../../engine/client.js";
import type { Described } from "../../engine/jobs/networks.js";
import { Segments, Select } from "../../parts/controls.js";
import { Diagram } from "../../parts/diagram.js";
import { Notice } from "../../parts/notice.js";
import { useWidth } from "../../parts/use-width.js";
import { LayerPanel } from "./layer-panel.js";
import { LayerTable } from "./layer-table.js";
import { Timeline } from "./timeline.js";

/** Those of the lecture, in its order. */
const lecture = [
  "lenet5",
  "alexnet",
  "vgg16",
  "googlenet",
  "inception_v3",
  "resnet18",
  "mobilenet_v2",
  "xception",
];

/** The network in the address: #/networks/resnet18. Nothing where it names none of the zoo. */
function inAddress(): string | undefined {
  const name = location.hash.split("/")[2] ?? "";
  return Object.hasOwn(models, name) ? name : undefined;
}

const setAddress = (name: string): void => history.replaceState(null, "", `#/networks/${name}`);

/** The layer of that name, or the first one inside it that learns something. */
function layerNamed({ summary: { layers } }: Described, name: string): LayerSummary | undefined {
  const inside = layers.filter((layer) => layer.name.startsWith(`${name}.`));
  return (
    layers.find((layer) => layer.name === name) ??
    inside.find(({ parameters }) => parameters > 0) ??
    inside[0]
  );
}

export function Networks() {
  const [name, setName] = useState(() => inAddress() ?? lecture[0]!);
  const [network, setNetwork] = useState<Described>();
  const [failure, setFailure] = useState<string>();
  const [layer, setLayer] = useState<LayerSummary>();
  const [frame, width] = useWidth();

  useEffect(() => {
    if (width === undefined) return;
    setAddress(name);
    const ending = new AbortController();
    setFailure(undefined);
    call("networks/describe", { name, width }, { signal: ending.signal }).then(
      (described) => {
        if (ending.signal.aborted) return;
        setNetwork(described);
        setLayer(
          (before) =>
            // Only the picture was drawn anew, for another width.
            (described.name === network?.name && before) ||
            described.summary.layers.find(({ parameters }) => parameters > 0),
        );
      },
      (error) => isAbort(error) || setFailure(String(error.message)),
    );
    return () => ending.abort();
  }, [name, width]);

  // Another address in this room, typed or gone back to.
  useEffect(() => {
    const follow = () => {
      if (location.hash.split("/")[1] !== "networks") return;
      const named = inAddress();
      if (named === undefined) setAddress(name);
      else setName(named);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [name]);

  return (
    <div class="networks">
      <section class="panel" aria-label="Network">
        <div class="row choose">
          <Segments
            label="Of the lecture"
            options={lecture.map((one) => [one, models[one]!.title])}
            value={name}
            onChange={setName}
          />
          <Select
            label="All of them"
            options={Object.entries(models).map(([one, { title }]) => [one, title])}
            value={name}
            onChange={setName}
          />
        </div>
        {failure && <Notice kind="error">{failure}</Notice>}
        <div class="network" aria-busy={network?.name !== name} ref={frame}>
          {network && (
            <div class="made-of" key={network.name}>
              <h2 class="hidden">{network.title}</h2>
              <Diagram
                network={network}
                chosen={layer?.name}
                onChoose={(chosen) => setLayer(layerNamed(network, chosen))}
              />
              <p class="soft small paper">
                {network.paper}. Height and depth of the blocks follow the tensors' height and width,
                thickness their channels. Choose a block to learn more.
              </p>
              <LayerTable
                network={network}
                chosen={layer?.name}
                onChoose={(chosen) => setLayer(layerNamed(network, chosen))}
              />
            </div>
          )}
        </div>
      </section>
      {network && layer && (
        <>
          <LayerPanel
            key={network.name}
            network={network}
            layer={layer}
            onChoose={(chosen) => setLayer(layerNamed(network, chosen))}
          />
          <Timeline onChoose={setName} />
        </>
      )}
    </div>
  );
}
