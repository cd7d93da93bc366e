import type { LayerSummary, Summary } from "featuremap/inspect";
import { useEffect, useRef } from "preact/hooks";
import { count, drawn } from "../../parts/quantities.js";

interface LayersProps {
  readonly summary: Summary;
  readonly chosen: string | undefined;
  readonly onChoose: (layer: string) => void;
}

/** Layer by layer, what a network is made of. A name leads to where it is written. */
export function Layers({ summary, chosen, onChoose }: LayersProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  useEffect(() => {
    const row = body.current!.querySelector<HTMLElement>(".chosen");
    const frame = body.current!.closest<HTMLElement>(".scroll")!;
    // Only within the table: the page stays where it is.
    if (row) frame.scrollTop = row.offsetTop - frame.clientHeight / 2;
  }, [chosen]);
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Layers of the network">
      <table>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Type</th>
            <th scope="col">
              Output <small>h × w × channels</small>
            </th>
            <th scope="col" class="number">
              Parameters
            </th>
            <th scope="col" class="number">
              Multiply-adds
            </th>
            <th scope="col" class="number">
              Sees <small>pixels</small>
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {summary.layers.map((layer) => (
            <tr key={layer.name} class={layer.name === chosen ? "chosen" : undefined}>
              <th scope="row">
                <button type="button" class="link" onClick={() => onChoose(layer.name)}>
                  {layer.name || "(network)"}
                </button>
              </th>
              <td>
                {layer.type} <small>{windowText(layer)}</small>
              </td>
              <td>{drawn(layer.output)}</td>
              <td class="number">{parametersText(layer)}</td>
              <td class="number">{layer.macs > 0 && count(layer.macs)}</td>
              <td class="number">{fieldText(layer)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function parametersText({ formula, parameters }: LayerSummary) {
  if (parameters === 0) return null;
  const [terms, total] = (formula ?? `${parameters}`).replaceAll(" * ", " × ").split(" = ");
  return total === undefined ? (
    terms
  ) : (
    <>
      <small>{terms} =</small> {count(Number(total))}
    </>
  );
}

const sized = (size: number | readonly number[]): string =>
  typeof size === "number" ? `${size} × ${size}` : size.join(" × ");

function windowText({ window }: LayerSummary): string {
  if (!window) return "";
  const { kernel, stride, dilation, groups = 1 } = window;
  return [
    sized(kernel),
    stride !== 1 && `stride ${[stride].flat().join(" × ")}`,
    dilation !== 1 && `dilation ${[dilation].flat().join(" × ")}`,
    groups !== 1 && `${groups} groups`,
  ]
    .filter(Boolean)
    .join(", ");
}

function fieldText({ receptiveField: { size } }: LayerSummary): string {
  const [h, w] = [size].flat() as number[];
  return h === 0 ? "" : sized(w === undefined ? h! : [h!, w]);
}
