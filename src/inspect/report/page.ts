import { type Html, html } from "../html.js";
import { style } from "./style.js";

/** A page that needs nothing else. */
export function page(title: string, body: Html): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${html`${title}`}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** A heading with a sentence beside what it tells about. */
export function section(title: string, text: string, content: Html): Html {
  return html`<section>
<div><h2>${title}</h2><p>${text}</p></div>
<div>${content}</div>
</section>`;
}

/** The numbers that tell most, the first of them above all. */
export function numberList(numbers: readonly (readonly [label: string, value: string])[]): Html {
  return html`<dl class="numbers">
${numbers.map(([label, value], i) => html`<div${i === 0 && html` class="first"`}><dt>${label}</dt><dd>${value}</dd></div>`)}
</dl>`;
}
