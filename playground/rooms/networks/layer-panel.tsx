import type { LayerSummary } from "featuremap/inspect";
import type { Described } from "../../engine/jobs/networks.js";
import { bytes, count, drawn } from "../../parts/quantities.js";
import { FieldView } from "./field-view.js";
import { FilterView } from "./filter-view.js";

interface LayerPanelProps {
  readonly network: Described;
  readonly layer: LayerSummary;
  readonly onChoose: (layer: string) => void;
}

const sized = (size: number | readonly number[]): string =>
  typeof size === "number" ? `${size} × ${size}` : size.join(" × ");
const each = (size: number | readonly number[]): string =>
  typeof size === "number" ? `${size}` : size.join(", ");
const percent = (part: number, whole: number): string =>
  `${whole === 0 ? 0 : ((100 * part) / whole).toFixed(part / whole < 0.1 ? 1 : 0)} %`;

/** Everything about one layer: shapes, formula, cost, what it sees, its filters. */
export function LayerPanel({ network, layer, onChoose }: LayerPanelProps) {
  const { inputs, output, window, parameters, formula, macs, activationBytes, algorithm } = layer;
  const { summary, inputShape } = network;
  const inside =
    layer.name === "" ? [] : summary.layers.filter(({ name }) => name.startsWith(`${layer.name}.`));
  const sum = (of: (one: LayerSummary) => number): number =>
    inside.reduce((total, one) => total + of(one), of(layer));
  const facts: (readonly [string, string] | false | undefined)[] = [
    ["Input", inputs.map(drawn).join(" and ")],
    ["Output", drawn(output)],
    window && ["Kernel", sized(window.kernel)],
    window && window.stride !== 1 && ["Stride", each(window.stride)],
    window &&
      window.padding !== 0 && [
        "Padding",
        `${each(window.padding)}${Array.isArray(window.padding) ? " (top, left, bottom, right)" : ""}${window.paddingMode ? `, ${window.paddingMode}` : ""}`,
      ],
    window && window.dilation !== 1 && ["Dilation", each(window.dilation)],
    window?.groups !== undefined && window.groups > 1 && ["Groups", `${window.groups}`],
    inside.length > 0 && ["Parameters inside", count(sum((one) => one.parameters))],
    inside.length > 0 && ["Multiply-adds inside", count(sum((one) => one.macs))],
    parameters > 0 && ["Parameters", formula ?? count(parameters)],
    parameters > 0 && ["", `${percent(parameters, summary.parameters)} of the network's`],
    macs > 0 && ["Multiply-adds", `${count(macs)}, ${percent(macs, summary.macs)} of the network's`],
    ["Output in memory", bytes(activationBytes)],
    algorithm !== "" && ["Computed as", algorithm],
  ];
  return (
    <section class="panel layer" aria-label="The chosen layer">
      <div>
        <h2>{layer.name || network.title}</h2>
        <p class="soft">{layer.type}</p>
        <dl class="facts">
          {facts.map(
            (fact) =>
              fact && (
                <div key={fact[0]}>
                  <dt>{fact[0]}</dt>
                  <dd>{fact[1]}</dd>
                </div>
              ),
          )}
        </dl>
        {window && <SizeFormula layer={layer} />}
        {inside.length > 0 && (
          <ul class="inside small" aria-label={`Layers inside ${layer.name}`}>
            {inside.map(({ name, type, output }) => (
              <li key={name}>
                <button type="button" class="link" onClick={() => onChoose(name)}>
                  {name.slice(layer.name.length + 1)}
                </button>{" "}
                <span class="soft">{`${type}, ${drawn(output)}`}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <div>
        <h3>What it sees</h3>
        <FieldView layer={layer} inputShape={inputShape} />
      </div>
      <div>
        <h3>Its filters</h3>
        <FilterView network={network.name} title={network.title} layer={layer} />
      </div>
    </section>
  );
}

/** Where the output's height comes from. */
function SizeFormula({ layer: { inputs, output, window, type } }: { readonly layer: LayerSummary }) {
  const [, h] = inputs[0] ?? [];
  const first = (size: number | readonly number[]) => (typeof size === "number" ? size : size[0]!);
  const { kernel, stride, padding, dilation } = window!;
  if (h === undefined || output.length !== 3 || type.includes("Transpose") || type.includes("Adaptive"))
    return null;
  const [top, bottom] = typeof padding === "number" ? [padding, padding] : [padding[0], padding[2]];
  const k = (first(kernel) - 1) * first(dilation) + 1;
  const s = first(stride);
  const exact = (h - k + top + bottom + s) / s;
  const oh = output[1]!;
  const round = oh === Math.floor(exact) ? "floor" : "ceil";
  return (
    <p class="formula soft small">
      Height: <code>{`${round}((in − k + p + s) / s)`}</code> ={" "}
      <code>{`${round}((${h} − ${k} + ${top + bottom} + ${s}) / ${s})`}</code> = <b>{oh}</b>
    </p>
  );
}
