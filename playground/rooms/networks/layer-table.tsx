import type { Described } from "../../engine/jobs/networks.js";
import { count, drawn } from "../../parts/quantities.js";

interface LayerTableProps {
  readonly network: Described;
  readonly chosen: string | undefined;
  readonly onChoose: (layer: string) => void;
}

/** Every layer in a row; bars show the shares of parameters and of multiply-adds. */
export function LayerTable({ network: { title, summary }, chosen, onChoose }: LayerTableProps) {
  const { layers, parameters, macs } = summary;
  return (
    <details class="all-layers">
      <summary>
        All {layers.length} layers of {title} as a table
      </summary>
      <div class="scroll" tabIndex={0} role="group" aria-label={`Layers of ${title}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Type</th>
              <th scope="col">Output</th>
              <th scope="col" class="number">
                Parameters
              </th>
              <th scope="col" class="number">
                Multiply-adds
              </th>
              <th scope="col" class="number">
                Sees
              </th>
            </tr>
          </thead>
          <tbody>
            {layers.map((layer) => (
              <tr key={layer.name} aria-selected={layer.name === chosen}>
                <th scope="row">
                  <button type="button" class="link" onClick={() => onChoose(layer.name)}>
                    {layer.name || "(network)"}
                  </button>
                </th>
                <td>{layer.type}</td>
                <td>{drawn(layer.output)}</td>
                <ShareCell value={layer.parameters} of={parameters} />
                <ShareCell value={layer.macs} of={macs} />
                <td class="number">{[layer.receptiveField.size].flat()[0] || ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function ShareCell({ value, of }: { readonly value: number; readonly of: number }) {
  if (value === 0) return <td />;
  return (
    <td class="number share">
      <i style={{ width: `${(100 * value) / of}%` }} />
      <span>{count(value)}</span>
    </td>
  );
}
