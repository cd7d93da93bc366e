import type { Evaluation } from "../../train/index.js";
import { type Html, html } from "../html.js";
import { percent } from "../numbers.js";

/** Larger matrices are no longer read. */
const MOST = 40;

/** Counts by true and predicted class, errors the redder the more there are. */
export function confusionTable({ confusion: { matrix, classes } }: Evaluation): Html {
  if (classes.length > MOST) return html`<p>${classes.length} classes are too many for a table.</p>`;
  const worst = Math.max(1, ...matrix.flatMap((row, i) => row.filter((_, j) => j !== i)));
  const cell = (count: number, i: number, j: number): Html => {
    if (i === j) return html`<td class="right">${count}</td>`;
    if (count === 0) return html`<td class="zero">0</td>`;
    return html`<td class="wrong" style="--share:${(count / worst).toFixed(2)}">${count}</td>`;
  };
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Confusion matrix"><table class="confusion">
<thead>
<tr><td></td><th class="axis" scope="colgroup" colspan="${classes.length}">predicted</th><td class="rate"></td></tr>
<tr><th class="axis" scope="col">true</th>${classes.map((name) => html`<th scope="col">${name}</th>`)}<th class="axis rate" scope="col">right</th></tr>
</thead>
<tbody>
${matrix.map((row, i) => {
  const total = row.reduce((a, b) => a + b, 0);
  return html`<tr><th scope="row">${classes[i]}</th>${row.map((count, j) => cell(count, i, j))}<td class="rate">${
    total > 0 && percent(row[i]! / total, 1)
  }</td></tr>
`;
})}
</tbody>
</table></div>`;
}
