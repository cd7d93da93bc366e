import { useMemo, useState } from "preact/hooks";
import { attempt } from "../../parts/attempt.js";
import { ready } from "../../parts/compute.js";
import { Segments } from "../../parts/controls.js";
import { Notice } from "../../parts/notice.js";
import { numbersOf } from "../../parts/source/channels.js";
import { photograph } from "../../parts/source/pictures.js";
import { ColourChoice, SourcePicker, useSource } from "../../parts/source/source.js";
import { PaddingView } from "./padding-view.js";
import { type PoolSettings, pooled } from "./pool.js";
import { PoolView } from "./pool-view.js";
import { PoolControls, SideControls } from "./settings.js";

// The room opens when there is something to see.
const [image] = await Promise.all([photograph("flower"), ready]);

export function Pooling() {
  const [view, setView] = useState<"pooling" | "padding">("pooling");
  const source = useSource({ name: "flower", image }, 32);
  const [inColour, setInColour] = useState(false);
  const [settings, setSettings] = useState<PoolSettings>({
    kind: "max",
    size: 2,
    stride: 2,
    padding: 0,
    ceil: false,
    countPadding: true,
  });
  const [sides, setSides] = useState({ top: 6, right: 10, bottom: 8, left: 4 });
  const picture = useMemo(() => numbersOf(source.picture, inColour), [source.picture, inColour]);
  const output = useMemo(() => attempt(() => pooled(picture, settings)), [picture, settings]);
  return (
    <div class="pooling">
      <Segments
        label="Look at"
        options={[
          ["pooling", "Pooling windows"],
          ["padding", "Padding modes"],
        ]}
        value={view}
        onChange={setView}
      />
      <div class="lab">
        {view === "padding" ? (
          <PaddingView picture={picture} sides={sides} />
        ) : output.failure !== undefined ? (
          <section class="panel failed" aria-label="Output">
            <Notice kind="error">{output.failure}</Notice>
          </section>
        ) : (
          <PoolView picture={picture} output={output.value} settings={settings} />
        )}
        <section class="panel controls" aria-label="Picture and settings">
          <SourcePicker source={source} />
          <ColourChoice inColour={inColour} onChange={setInColour} />
          {view === "padding" ? (
            <SideControls sides={sides} onChange={setSides} />
          ) : (
            <PoolControls settings={settings} onChange={setSettings} />
          )}
        </section>
      </div>
    </div>
  );
}
