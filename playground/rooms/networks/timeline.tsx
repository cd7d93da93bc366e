import { models } from "featuremap/zoo";
import { useState } from "preact/hooks";
import { Segments } from "../../parts/controls.js";
import { type Point, Scatter } from "../../parts/scatter.js";
import { results, singles } from "./history.js";

/** What the networks achieved: by year, and for their size. */
export function Timeline({ onChoose }: { readonly onChoose: (zoo: string) => void }) {
  const [view, setView] = useState<"years" | "sizes">("years");
  return (
    <section class="panel timeline" aria-labelledby="timeline">
      <h2 id="timeline">Errors on ImageNet</h2>
      <Segments
        label="Against"
        options={[
          ["years", "Year"],
          ["sizes", "Parameters"],
        ]}
        value={view}
        onChange={setView}
      />
      {view === "years" ? <Years onChoose={onChoose} /> : <Sizes onChoose={onChoose} />}
    </section>
  );
}

const percentTicks = (most: number) =>
  Array.from({ length: most / 5 + 1 }, (_, i) => [i * 5, `${i * 5} %`] as const);

function Years({ onChoose }: { readonly onChoose: (zoo: string) => void }) {
  const points = results.map(
    ({ year, name, error, note, paper, kind, zoo }): Point => ({
      x: year,
      y: error,
      label: name,
      kind,
      text: `${name}, ${year}: ${error} % top-5 error. ${note}. ${paper}.`,
      ...(zoo !== undefined && { onChoose: () => onChoose(zoo) }),
    }),
  );
  return (
    <>
      <p class="soft">
        The share of test pictures whose class is not among a method's five guesses, in the challenge of each
        year. Until 2011 features were designed by hand. Filled points open in the picture above.
      </p>
      <Scatter
        label="Top-5 error by year"
        points={points}
        x={{
          title: "year",
          from: 2009.6,
          to: 2018,
          ticks: [2010, 2012, 2014, 2016].map((year) => [year, `${year}`]),
        }}
        y={{ title: "top-5 error", from: 0, to: 30, ticks: percentTicks(30) }}
      />
    </>
  );
}

function Sizes({ onChoose }: { readonly onChoose: (zoo: string) => void }) {
  const points = singles.map(({ zoo, error, source }): Point => {
    const { title, parameters, paper } = models[zoo]!;
    return {
      x: parameters / 1e6,
      y: error,
      label: title,
      kind: "network",
      text: `${title}: ${error} % top-5 error with ${parameters.toLocaleString("en-US")} parameters (${source}). ${paper}.`,
      onChoose: () => onChoose(zoo),
    };
  });
  return (
    <>
      <p class="soft">
        One network by itself on one crop of each of the 50,000 validation pictures. Left and low is good: few
        numbers, few errors.
      </p>
      <Scatter
        label="Top-5 error against the number of parameters"
        points={points}
        x={{
          title: "million parameters, logarithmic",
          from: 1,
          to: 200,
          log: true,
          ticks: [1, 2, 5, 10, 20, 50, 100].map((millions) => [millions, `${millions}`]),
        }}
        y={{ title: "top-5 error", from: 4, to: 22, ticks: [5, 10, 15, 20].map((at) => [at, `${at} %`]) }}
      />
    </>
  );
}
