import { layout } from "../../../src/inspect/figure/layout.js";
import { palettes } from "../../../src/inspect/figure/palette.js";
import { type Figure, figureSvg } from "../../../src/inspect/index.js";
import { Random } from "../../../src/random.js";
import { assert, rejectsMessage, suite } from "../../harness/suite.js";
import { samples } from "./samples.js";

const noise = (length: number): Uint8Array => {
  const random = new Random(1);
  return Uint8Array.from({ length }, () => random.int(256));
};

const test = suite("figures: SVG");

test("stands by itself: no script, nothing from elsewhere", async () => {
  for (const figure of Object.values(samples)) {
    const svg = await figureSvg(figure);
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    assert.not.match(
      svg.replace('xmlns="http://www.w3.org/2000/svg"', ""),
      /<script|https?:|@import|url\(|\son\w+=/,
    );
    for (const [, address] of svg.matchAll(/href="([^"]*)"/g))
      assert.match(address!, /^data:image\/png;base64,/);
  }
});

test("text is text, whatever is in it", async () => {
  const text = `<b> & "quotes" & 'these' ]]> \u0007 \ud800 é 猫`;
  const svg = await figureSvg({
    title: text,
    text,
    panels: [{ kind: "table", title: text, caption: text, columns: [text], rows: [[text]] }],
  });
  assert.not.match(svg, /<b>|\p{Cs}|[^\P{Cc}\n]/u);
  assert.match(svg, /&lt;b&gt; &amp; &quot;quotes&quot; &amp; &#39;these&#39; \]\]&gt; � � é 猫/);
});

test("says what it shows, to those who do not see it", async () => {
  const svg = await figureSvg(samples.pictures!);
  assert.match(svg, /<svg [^>]*role="img"/);
  assert.match(svg, /<title>What a unit sees<\/title>/);
  const [, description] = /<desc>([^<]*)<\/desc>/.exec(svg)!;
  assert.match(description!, /^The part of the input/);
  assert.match(description!, /\nInput: Two boxes, one of which is cut off\.\n/);
});

test("draws every mark of the layout, text at its place and with its length", async () => {
  const svg = await figureSvg(samples.plots!);
  const { marks } = layout(samples.plots!);
  const count = (kind: string): number => marks.filter((mark) => mark.kind === kind).length;
  const drawn = (element: string): number => svg.match(new RegExp(`<${element} `, "g"))?.length ?? 0;
  assert.is(drawn("text"), count("text"));
  assert.is(drawn("circle"), count("disc"));
  assert.is(drawn("polyline"), count("line"));
  // And the paper.
  assert.is(drawn("rect"), count("rectangle") + 1);
  assert.match(svg, /<text x="24" y="46" font-size="20" font-weight="600" textLength="\d+"/);
});

test("light, dark, or as the reader's system is", async () => {
  const figure = samples.maps!;
  const [auto, light, dark] = await Promise.all(
    (["auto", "light", "dark"] as const).map((theme) => figureSvg(figure, { theme })),
  );
  assert.match(auto!, /@media \(prefers-color-scheme: dark\)/);
  assert.match(auto!, /\.featuremap \.ink \{ fill: var\(--ink\); \}/);
  for (const [svg, theme] of [
    [light!, "light"],
    [dark!, "dark"],
  ] as const) {
    assert.not.match(svg, /<style/);
    assert.ok(
      svg.includes(`fill="${palettes[theme].paper}"`) && svg.includes(`fill="${palettes[theme].ink}"`),
    );
  }
});

test("large pictures shrink to what a sharp screen shows", async () => {
  const side = 600;
  const image = {
    width: side,
    height: side,
    channels: 1 as const,
    data: noise(side * side),
  };
  const figure = (zoom: number): Figure => ({
    title: "x",
    panels: [{ kind: "picture", title: "x", image, zoom }],
  });
  const [whole, small] = [await figureSvg(figure(1)), await figureSvg(figure(0.1))];
  assert.ok(small.length * 10 < whole.length, `${small.length} and ${whole.length}`);
  assert.match(small, /<image [^>]*width="60" height="60"/);
});

test("options", async () => {
  await rejectsMessage(
    figureSvg(samples.maps!, { theme: "blue" as "dark" }),
    /theme is "blue"; it must be "auto", "light" or "dark"/,
  );
  await rejectsMessage(
    figureSvg(samples.maps!, { bare: 1 as unknown as boolean }),
    /bare is 1; it must be true or false/,
  );
  await rejectsMessage(figureSvg(samples.maps!, { scale: 2 } as object), /unknown option "scale"/);
});

test.run();
