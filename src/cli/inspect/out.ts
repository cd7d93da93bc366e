// Where what was found goes: a file by the ending of its name, or the terminal.

import { writeFileAtomic } from "#platform";
import { encodePng } from "../../image/index.js";
import { type Figure, figureImage, figureSvg, inspectionReport } from "../../inspect/index.js";
import { UsageError } from "../exit.js";
import { bold, colorsOf, columns, faint, print } from "../terminal.js";
import { figureText } from "./figure-text.js";
import type { Subject, View } from "./view.js";

const ENDINGS = [".png", ".svg", ".html"];

/** Throws for a name whose ending says nothing about what the file should be. */
export function checkEnding(path: string | undefined): void {
  if (path === undefined || ENDINGS.some((ending) => path.toLowerCase().endsWith(ending))) return;
  throw new UsageError(
    `${path} is no name of a picture or a page. End it in ${ENDINGS.slice(0, -1).join(", ")} or .html.`,
  );
}

/** Writes a picture, a drawing or a page. */
export async function write(
  path: string,
  { name, model, picture }: Subject,
  { figures, layers }: View,
  { theme, isJourney }: { theme: "light" | "dark" | undefined; isJourney: boolean },
): Promise<void> {
  const ending = path.toLowerCase().slice(path.lastIndexOf("."));
  const encoder = new TextEncoder();
  if (ending === ".html") {
    const page = await inspectionReport(model, {
      name,
      ...(picture && { input: picture.input }),
      ...(layers && isJourney && { layers }),
      ...(!isJourney && { figures }),
    });
    await writeFileAtomic(path, encoder.encode(page));
    return;
  }
  const figure = joined(figures);
  const bytes =
    ending === ".svg"
      ? encoder.encode(await figureSvg(figure, theme ? { theme } : {}))
      : await encodePng(figureImage(figure, theme ? { theme } : {}));
  await writeFileAtomic(path, bytes);
}

/** Several figures as one: the title and text of the first, the panels of all. */
function joined([first, ...rest]: readonly Figure[]): Figure {
  if (rest.length === 0) return first!;
  return { ...first!, panels: [first!, ...rest].flatMap(({ panels }) => panels) };
}

export function show(figures: readonly Figure[]): void {
  const style = { width: columns(), colors: colorsOf(), bold, faint };
  print(figures.map((figure) => figureText(figure, style)).join("\n\n"));
}
