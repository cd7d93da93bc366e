import { advance, enlarged, fitted, glyphOf, textWidth, wrapped } from "../../../src/inspect/figure/font.js";
import { assert, suite } from "../../harness/suite.js";

const test = suite("figures: typeface");

const rows = (character: string): string[] => {
  const { width, inked } = glyphOf(character)!;
  return Array.from({ length: inked.length / width }, (_, y) =>
    inked
      .slice(y * width, (y + 1) * width)
      .map((pixel) => (pixel ? "#" : "."))
      .join(""),
  );
};

test("every printable character of ASCII has a glyph of its own", () => {
  const seen = new Map<string, string>();
  for (let code = 33; code < 127; code++) {
    const character = String.fromCharCode(code);
    const drawn = rows(character).join("\n");
    assert.is(rows(character).length, 10, character);
    assert.match(drawn, /#/);
    assert.not(seen.has(drawn), `${character} looks like ${seen.get(drawn)}`);
    seen.set(drawn, character);
  }
  assert.is(glyphOf(" "), null);
});

test("the signs of figures are there, and accents fall off", () => {
  const unknown = rows("\u2603");
  for (const character of "×²·−±→≤≥≈…°") assert.not.equal(rows(character), unknown, character);
  assert.equal(rows("é"), rows("e"));
  // Two halves of a character are one.
  assert.is(textWidth("😀"), advance("😀"));
});

test("widths add up", () => {
  // l is a column wide, m eight; a column of air after each.
  assert.is(textWidth("lm"), 2 + 9);
  assert.is(textWidth("l", { size: 2 }), 4);
  assert.is(textWidth("l", { bold: true }), 3);
  assert.is(textWidth("a b"), 6 + 4 + 6);
});

test("lines are no longer than they may be, and lose no word", () => {
  const text = "The quick brown fox jumps over thelazydogthatisfartoolongforaline and rests.";
  const lines = wrapped(text, 90);
  assert.ok(lines.every((line) => textWidth(line) <= 90));
  assert.is(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
  assert.equal(wrapped("one\ntwo", 500), ["one", "two"]);
  assert.is(fitted("as it is", 200), "as it is");
  const short = fitted("as long as it is", 60);
  assert.match(short, /^as lo.*…$/);
  assert.ok(textWidth(short) <= 60);
});

test("larger glyphs keep their shape: straight strokes are straight", () => {
  const stroke = glyphOf("l")!;
  const large = enlarged(stroke, 3);
  assert.is(large.width, 3);
  assert.is(large.inked.filter(Boolean).length, 9 * stroke.inked.filter(Boolean).length);
  const bold = enlarged(stroke, 1, { bold: true });
  assert.is(bold.inked.filter(Boolean).length, 2 * stroke.inked.filter(Boolean).length);
});

test.run();
