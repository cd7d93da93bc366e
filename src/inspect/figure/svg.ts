import { checkFlags, checkIs, checkOptions } from "../../errors.js";
import { resize } from "../../image/index.js";
import { type Html, html } from "../html.js";
import { pngUrl } from "../png-url.js";
import type { Figure } from "./figure.js";
import { textWidth } from "./font.js";
import { layout } from "./layout.js";
import { cssColors, type Palette, palettes, type Theme } from "./palette.js";
import { colorOfInk, type Mark, type Scene } from "./scene.js";

export interface FigureSvgOptions {
  /** Default "auto": dark where the reader's system is. */
  readonly theme?: "auto" | Theme;
  /** Without title, text and border, for pages that say them beside it. Default false. */
  readonly bare?: boolean;
}

// Typefaces that take about as much room as the one in pixels, which the layout is made with; each text is given its length, so
// that others fit too.
const FONT =
  "Arial, 'Helvetica Neue', Helvetica, 'Liberation Sans', Arimo, Roboto, 'DejaVu Sans Condensed', sans-serif";
/** Of text of size 1, and of size 2. */
const FONT_SIZES = [11.5, 20];

/**
 * A figure as an SVG document that needs nothing else: its pictures are in it. It has no script, and works in a page, as an
 * `<img>` and in programs that draw.
 */
export async function figureSvg(figure: Figure, options: FigureSvgOptions = {}): Promise<string> {
  checkOptions("figureSvg", options, ["theme", "bare"]);
  const { theme = "auto", bare = false } = options;
  checkIs(["auto", "light", "dark"].includes(theme), "figureSvg: theme", theme, '"auto", "light" or "dark"');
  checkFlags("figureSvg", { bare });
  const scene = layout(figure, bare);
  const { width, height, title, description, marks } = scene;
  const palette = palettes[theme === "auto" ? "light" : theme];
  const drawn: Html[] = [];
  for (const mark of marks) drawn.push(await draw(mark, palette));
  const svg = html`<svg xmlns="http://www.w3.org/2000/svg" class="featuremap" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}" style="font-variant-numeric: tabular-nums">
<title>${title}</title>
<desc>${description}</desc>
${theme === "auto" && style(scene)}
<rect class="paper" width="${width}" height="${height}" fill="${palette.paper}"/>
${drawn.map((element) => html`${element}\n`)}</svg>
`;
  return withoutControls(svg.text);
}

/** Without control characters and halves of characters, which XML has no way to write. */
function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]|\p{Cs}/gu, "�");
}

/** Colours by the reader's system. Programs that know no custom properties keep those of the attributes. */
function style({ marks }: Scene): Html {
  const inks = new Set<string>([
    "paper",
    ...marks.flatMap((mark) => (mark.kind === "picture" ? [] : [mark.ink])),
  ]);
  const rules = [...inks]
    .filter((ink) => !ink.startsWith("#"))
    .map(
      (ink) =>
        `.featuremap .${ink} { fill: var(--${ink}); } .featuremap .${ink}-line { stroke: var(--${ink}); }`,
    );
  return html`<style>
.featuremap { ${cssColors("light")} }
@media (prefers-color-scheme: dark) { .featuremap { ${cssColors("dark")} } }
${rules.join("\n")}
</style>`;
}

async function draw(mark: Mark, palette: Palette): Promise<Html> {
  if (mark.kind === "picture") {
    const { image, x, y, width, height } = mark;
    const isEnlarged = width >= image.width;
    // As many pixels as sharp screens show.
    const [w, h] = [
      Math.min(image.width, Math.ceil(2 * width)),
      Math.min(image.height, Math.ceil(2 * height)),
    ];
    return html`<image x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" preserveAspectRatio="none"${
      isEnlarged && html` style="image-rendering: pixelated"`
    } href="${await pngUrl(isEnlarged ? image : resize(image, { width: w, height: h }))}"/>`;
  }
  const color = colorOfInk(mark.ink, palette);
  if (mark.kind === "line") {
    const points = mark.points.map(short).join(" ");
    return html`<polyline points="${points}" fill="none" stroke="${color}" stroke-width="${mark.width}" stroke-linejoin="round" stroke-linecap="round"${named(`${mark.ink}-line`)}/>`;
  }
  if (mark.kind === "disc")
    return html`<circle cx="${short(mark.x)}" cy="${short(mark.y)}" r="${mark.radius}" fill="${color}"${named(mark.ink)}/>`;
  if (mark.kind === "rectangle") {
    const { x, y, width, height } = mark;
    return html`<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${color}"${named(mark.ink)} shape-rendering="crispEdges"/>`;
  }
  const { kind, x, y, anchor, ink, text, ...type } = mark;
  const { size = 1, bold = false } = type;
  return html`<text x="${short(x)}" y="${short(y)}" font-size="${FONT_SIZES[size - 1]!}"${bold && html` font-weight="600"`}${
    anchor !== "start" && html` text-anchor="${anchor}"`
  } textLength="${textWidth(text, type)}" lengthAdjust="spacingAndGlyphs" fill="${color}"${named(ink)}>${text}</text>`;
}

/** The class of what has a colour of the palette. */
function named(ink: string): Html | false {
  return !ink.startsWith("#") && html` class="${ink}"`;
}

const short = (value: number): string => String(Math.round(value * 100) / 100);
