import { models } from "featuremap/zoo";
import { useEffect, useState } from "preact/hooks";
import { call, isAbort } from "../../engine/client.js";
import type { Described } from "../../engine/jobs/networks.js";
import { Segments, Select, Stat } from "../../parts/controls.js";
import { Notice } from "../../parts/notice.js";
import { LayerPanel } from "./layer-panel.js";
import { LayerTable } from "./layer-table.js";
import { bytes, count, drawn } from "./numbers.js";
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

/** The network in the address: #/networks/resnet18. */
function inAddress(): string {
  const name = location.hash.split("/")[2] ?? "";
  return Object.hasOwn(models, name) ? name : lecture[0]!;
}

export function Networks() {
  const [name, setName] = useState(inAddress);
  const [network, setNetwork] = useState<Described>();
  const [failure, setFailure] = useState<string>();
  const [layer, setLayer] = useState<string>();

  useEffect(() => {
    history.replaceState(null, "", `#/networks/${name}`);
    const ending = new AbortController();
    setFailure(undefined);
    call("networks/describe", { name }, { signal: ending.signal }).then(
      (described) => {
        if (ending.signal.aborted) return;
        setNetwork(described);
        setLayer(described.summary.layers.find(({ parameters }) => parameters > 0)?.name);
      },
      (error) => isAbort(error) || setFailure(String(error.message)),
    );
    return () => ending.abort();
  }, [name]);

  const chosen = network?.summary.layers.find((one) => one.name === layer);
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
        <div class="network" aria-busy={network?.name !== name}>
          {network && (
            <div class="made-of" key={network.name}>
              <h2>{network.title}</h2>
              <p class="soft small paper">{network.paper}.</p>
              <dl class="stats">
                <Stat name="parameters" value={count(network.summary.parameters)} />
                <Stat name="multiply-adds for one picture" value={count(network.summary.macs)} />
                <Stat name="memory to run it" value={bytes(network.summary.peakBytes)} />
                <Stat name="input, height × width × channels" value={drawn(network.inputShape)} />
              </dl>
              <LayerTable network={network} chosen={layer} onChoose={setLayer} />
            </div>
          )}
        </div>
      </section>
      {network && chosen ? <LayerPanel network={network} layer={chosen} /> : <div class="panel layer" />}
      <Timeline onChoose={setName} />
    </div>
  );
}
