import { cssColors } from "../figure/palette.js";

/** The page's looks: one scale of type, and the colours of the pictures' signed map for everything else. */
export const style = `
:root {
  color-scheme: light dark;
  ${cssColors("light")}
  --blue-area: #2166ac2e; --red-area: 178 24 43;
}
@media (prefers-color-scheme: dark) {
  :root {
    ${cssColors("dark")}
    --blue-area: #92c5de2e; --red-area: 214 96 77;
  }
}
* { box-sizing: border-box; }
html { font-size: clamp(16px, 0.45vw + 11px, 24px); -webkit-text-size-adjust: 100%; }
body {
  margin: 0; padding: 0 max(1.25rem, 4vw) 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
header, main, footer { max-width: 76rem; margin: 0 auto; }
h1 { margin: 0; font-size: 2.44rem; line-height: 1.1; letter-spacing: -0.02em; font-weight: 700; text-wrap: balance; }
h2 { margin: 0 0 .5rem; font-size: 1.25rem; line-height: 1.25; font-weight: 650; }
h3 { margin: 2rem 0 .5rem; font-size: 1rem; font-weight: 650; }
h3:first-child { margin-top: 0; }
p { margin: 0 0 1rem; max-width: 36rem; text-wrap: pretty; }
header { padding: clamp(2rem, 6vw, 5rem) 0 0; }
header p { margin: 1rem 0 0; font-size: 1.25rem; color: var(--soft); max-width: 40rem; }
section { padding: 2.5rem 0; border-top: 1px solid var(--rule); }
section > p, section > div > p { color: var(--soft); }
@media (min-width: 64rem) {
  section { display: grid; grid-template-columns: 15rem minmax(0, 1fr); column-gap: 3rem; }
  section p { font-size: .9rem; }
}
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 1.5rem 2rem; margin: 3rem 0; }
.numbers div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.numbers dt { color: var(--soft); font-size: .9rem; }
.numbers dd { margin: 0; font-size: 1.56rem; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em; white-space: nowrap; }
.numbers .first dd { color: var(--blue); }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--blue); outline-offset: 4px; }
table { border-collapse: collapse; font-size: .9rem; }
th { font-weight: 500; color: var(--soft); text-align: left; }
td, th { padding: .3rem 1.25rem .3rem 0; }
.network { width: 100%; max-width: 46rem; }
.network td, .network th { white-space: nowrap; }
.network tr { border-bottom: 1px solid var(--rule); }
.network .n { text-align: right; }
.network td:first-child { color: var(--faint); padding-right: .75rem; width: 1%; }
.network tbody th { color: var(--ink); }
.network tfoot td, .network tfoot th { font-weight: 650; color: var(--ink); border: 0; }
.network td:last-child, .network th:last-child { padding-right: 0; }
.pixels { image-rendering: pixelated; max-width: 100%; height: auto; display: block; }
figure { margin: 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: 2.5rem; }
.chart figcaption { display: flex; flex-wrap: wrap; align-items: center; gap: .1rem 1rem; margin-bottom: .75rem; font-size: .9rem; }
.legend { display: flex; align-items: center; gap: .4rem; color: var(--soft); }
.legend i { width: 1.25rem; border-top: 2px solid var(--blue); }
.legend i.level { border-top: 2px dashed var(--red); }
.frame { display: grid; grid-template: "title title" auto "gap plot" 15rem "gap x" auto / 2.6rem 1fr; }
.frame .title { color: var(--soft); font-size: .8rem; }
.frame .y.title { grid-area: title; margin-bottom: .4rem; }
.frame .x.title { grid-area: x; margin-top: 1.6rem; text-align: right; }
.plot { grid-area: plot; position: relative; }
.plot svg { width: 100%; height: 100%; display: block; overflow: visible; }
.plot .tick { position: absolute; font-size: .8rem; line-height: 1; color: var(--soft); }
.plot .y.tick { right: 100%; margin-right: .5rem; transform: translateY(-50%); }
.plot .x.tick { top: 100%; margin-top: .45rem; transform: translateX(-50%); }
.plot line, .plot polyline { fill: none; vector-effect: non-scaling-stroke; }
.plot .rule { stroke: var(--rule); stroke-width: 1px; }
.plot .line { stroke: var(--blue); stroke-width: 2px; stroke-linejoin: round; }
.plot .band { fill: var(--blue-area); }
.plot .level { stroke: var(--red); stroke-width: 2px; stroke-dasharray: 6 5; }
.confusion { border-spacing: 2px; border-collapse: separate; margin-left: -2px; }
.confusion th { text-align: center; padding: .25rem .3rem; font-weight: 500; color: var(--ink); }
.confusion tbody th { text-align: right; padding-right: .6rem; white-space: nowrap; }
.confusion .axis { color: var(--soft); font-weight: 400; }
.confusion td { text-align: center; padding: .3rem; min-width: 3.2rem; border-radius: 2px; white-space: nowrap; }
.confusion .zero { color: var(--faint); }
.confusion .right { background: var(--blue-area); font-weight: 650; }
.confusion .wrong { background: rgb(var(--red-area) / calc(var(--share) * 50% + 8%)); }
.confusion .rate { color: var(--soft); padding-left: .75rem; }
@media (max-width: 40rem) {
  .confusion { font-size: .72rem; border-spacing: 1px; }
  .confusion td { padding: .3rem 0; min-width: 1.75rem; }
  .confusion th { padding: .3rem .15rem; }
  .confusion tbody th { padding-right: .4rem; }
  .confusion .rate { display: none; }
  .network td, .network th { padding-right: .6rem; }
}
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.25rem, 1fr)); gap: 1.25rem 1rem; margin: 0; padding: 0; list-style: none; }
.mistakes .pixels { width: 100%; }
.mistakes figcaption { margin-top: .4rem; font-size: .8rem; line-height: 1.35; color: var(--soft); }
.mistakes b { color: var(--ink); font-weight: 650; }
.mistakes .guess { color: var(--red); }
details { margin-top: 1.5rem; }
summary { cursor: pointer; font-size: .9rem; color: var(--blue); width: fit-content; }
summary:focus-visible { outline: 2px solid var(--blue); outline-offset: 4px; }
details[open] summary { margin-bottom: 1.5rem; }
.layers { display: grid; gap: 1.75rem; margin: 0; padding: 0; list-style: none; }
.layers figcaption { margin-bottom: .4rem; font-size: .9rem; color: var(--soft); }
.layers b { color: var(--ink); font-weight: 650; }
.key { display: flex; align-items: center; gap: .6rem; font-size: .8rem; color: var(--soft); margin: .75rem 0 0; }
.key i { width: 9rem; height: .6rem; border-radius: 2px; }
.bars { display: grid; grid-template-columns: auto minmax(4rem, 1fr) auto; gap: .3rem .75rem; margin: 0; max-width: 32rem; align-items: center; font-size: .9rem; }
.bars dt { grid-column: 1; text-align: right; }
.bars .bar { height: .9rem; border-radius: 2px; background: var(--raised); }
.bars .bar i { display: block; height: 100%; border-radius: 2px; background: var(--blue); }
.bars dd { margin: 0; text-align: right; }
footer { border-top: 1px solid var(--rule); padding-top: 1.5rem; color: var(--soft); font-size: .8rem; }
@media print {
  section { break-inside: avoid; padding: 1.5rem 0; }
  body { padding: 0; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
