/**
 * The looks of {@link networkDiagram}'s pictures, for pages that put them into their own style: names of classes, and
 * colours as custom properties.
 */
export const diagramStyle = `
.diagram {
  --diagram-paper: #ffffff; --diagram-panel: #f4f6f8; --diagram-ink: #16202b; --diagram-soft: #52606f; --diagram-line: #5b6875;
  --diagram-input: #9fb0bf; --diagram-convolution: #5b9bd5; --diagram-pooling: #e8825a; --diagram-linear: #4fae86;
  --diagram-join: #e3b341; --diagram-module: #9b84d4; --diagram-other: #b9c2cb;
}
@media (prefers-color-scheme: dark) {
  .diagram {
    --diagram-paper: #10161d; --diagram-panel: #19222c; --diagram-ink: #e6ebf0; --diagram-soft: #a3b0bd; --diagram-line: #8d9aa8;
    --diagram-input: #8296a8; --diagram-convolution: #4a8ecb; --diagram-pooling: #d9734b; --diagram-linear: #3f9f78;
    --diagram-join: #cf9f2f; --diagram-module: #8a72c8; --diagram-other: #77838f;
  }
}
.diagram .paper { fill: var(--diagram-paper); }
.diagram .panel { fill: var(--diagram-panel); }
.diagram text { fill: var(--diagram-ink); }
.diagram .soft { fill: var(--diagram-soft); }
.diagram .line { stroke: var(--diagram-line); }
.diagram .head { fill: var(--diagram-line); }
.diagram .sign { fill: var(--diagram-paper); stroke: var(--diagram-line); }
.diagram .edge { stroke: var(--diagram-ink); }
.diagram .input { fill: var(--diagram-input); }
.diagram .convolution { fill: var(--diagram-convolution); }
.diagram .pooling { fill: var(--diagram-pooling); }
.diagram .linear { fill: var(--diagram-linear); }
.diagram .join { fill: var(--diagram-join); }
.diagram .module { fill: var(--diagram-module); }
.diagram .other { fill: var(--diagram-other); }
.diagram [role="button"] { cursor: pointer; outline: none; }
.diagram [role="button"]:hover .edge, .diagram [role="button"]:focus-visible .edge { stroke-width: 2.5; stroke-opacity: 1; }
.diagram [role="button"]:focus-visible .shape { text-decoration: underline; }
.diagram .chosen .edge { stroke-width: 2.5; stroke-opacity: 1; }
`;

/** Colours for where there is no style: readable on white. */
export const plainColors: Readonly<Record<string, string>> = Object.fromEntries(
  [...diagramStyle.slice(0, diagramStyle.indexOf("@media")).matchAll(/--diagram-(\w+): (#\w+)/g)].map(
    ([, name, color]) => [name!, color!],
  ),
);
