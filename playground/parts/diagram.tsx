import { diagramStyle } from "featuremap/inspect";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Described } from "../engine/jobs/networks.js";

interface DiagramProps {
  readonly network: Pick<Described, "svg">;
  readonly chosen: string | undefined;
  readonly onChoose: (layer: string) => void;
}

let styled = false;

/** The library's own style for its pictures; the page's palette is laid over it in networks.css. */
function addStyle(): void {
  if (styled) return;
  styled = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(diagramStyle);
  document.adoptedStyleSheets.push(sheet);
}

/** The network as blocks to scale. A block is chosen by a click, or by Enter or space. */
export function Diagram({ network, chosen, onChoose }: DiagramProps) {
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    addStyle();
    const picture = new DOMParser().parseFromString(network.svg, "image/svg+xml").documentElement;
    frame.current!.replaceChildren(document.importNode(picture, true));
  }, [network.svg]);
  useEffect(() => {
    for (const block of frame.current!.querySelectorAll("[data-layer]")) {
      const name = block.getAttribute("data-layer")!;
      const isChosen = name === chosen || chosen?.startsWith(`${name}.`) === true;
      block.classList.toggle("chosen", isChosen);
      block.setAttribute("aria-pressed", String(isChosen));
    }
  }, [network.svg, chosen]);
  const choose = (target: EventTarget | null): boolean => {
    const name = (target as Element | null)?.closest("[data-layer]")?.getAttribute("data-layer");
    if (name) onChoose(name);
    return Boolean(name);
  };
  return (
    <div
      class="diagram-frame"
      ref={frame}
      onClick={(event) => choose(event.target)}
      onKeyDown={(event) => {
        if ((event.key === "Enter" || event.key === " ") && choose(event.target)) event.preventDefault();
      }}
    />
  );
}
