import type { TestReport } from "../../engine/jobs/lenet.js";

const digits = [..."0123456789"];

/** Which digits it takes for which, after an epoch, on all 10,000 test digits. */
export function Confusion({ test }: { readonly test: TestReport | undefined }) {
  const rows = test?.confusion ?? digits.map(() => digits.map(() => undefined));
  const most = Math.max(
    1,
    ...rows.flatMap((row, i) => row.filter((_, j) => j !== i).map((count) => count ?? 0)),
  );
  return (
    <section class="panel confusion" aria-labelledby="confusion-title">
      <h2 id="confusion-title">What it mixes up</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Table of what it mixes up">
        <table>
          <caption class="small soft">
            {test
              ? `After ${test.at} ${test.at === 1 ? "epoch" : "epochs"}, all ${test.count.toLocaleString("en")} test digits: ${(100 * test.accuracy).toFixed(2)} % right. Rows: the digit; columns: what it was taken for.`
              : "Filled in after each epoch, from all 10,000 test digits. Rows: the digit; columns: what it was taken for."}
          </caption>
          <thead>
            <tr>
              <td />
              {digits.map((digit) => (
                <th key={digit} scope="col">
                  {digit}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                <th scope="row">{i}</th>
                {row.map((count, j) => (
                  <td
                    key={j}
                    class={i === j ? "right" : undefined}
                    style={i === j || !count ? {} : { backgroundColor: shade(count / most) }}
                  >
                    {count ?? "·"}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** More red for more mistakes, light enough for the number on it. */
const shade = (share: number): string =>
  `color-mix(in srgb, var(--red) ${Math.round(8 + 27 * share)}%, transparent)`;
