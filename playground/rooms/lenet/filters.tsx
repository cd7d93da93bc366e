import { tensor } from "featuremap";
import { filterGrid } from "featuremap/inspect";
import { Picture } from "../../parts/picture.js";
import { useTopic } from "../../parts/topic.js";
import type { Live } from "./live.js";
import { Key } from "./maps.js";
import { extent } from "./palette.js";

const shown = [
  { name: "0.weight", title: "First convolution", text: "6 filters, each on the digit itself" },
  {
    name: "3.weight",
    title: "Second convolution",
    text: "16 filters across; down, each one's kernel for the six maps it looks at",
  },
] as const;

/** The kernels of both convolutions; they change while it learns. */
export function Filters({ live }: { readonly live: Live }) {
  const weights = useTopic(live.weights);
  return (
    <section class="panel filters" aria-labelledby="filters-title">
      <h2 id="filters-title">Filters</h2>
      {shown.map(({ name, title, text }) => {
        const { data, shape } = weights[name]!;
        const reach = extent(data, true)[1].toFixed(2);
        return (
          <figure key={name} class={`filters-${name[0]}`}>
            <Picture
              image={filterGrid(tensor(data, [...shape]), {
                background: null,
                ...(name === "0.weight" && { columns: 6 }),
              })}
              label={`${title}: ${text}. Weights from -${reach} to ${reach}.`}
            />
            <figcaption>
              <b>{title}:</b> {text}
            </figcaption>
            <Key from={`-${reach}`} to={reach} colors="signed" />
          </figure>
        );
      })}
    </section>
  );
}
