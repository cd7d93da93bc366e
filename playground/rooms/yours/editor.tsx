import { setDiagnostics } from "@codemirror/lint";
import { EditorView } from "@codemirror/view";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Wrong } from "../../engine/jobs/yours.js";
import { editorIn } from "./codemirror.js";
import type { Span } from "./mistake.js";
import { studio } from "./studio.js";

interface EditorProps {
  readonly wrong: Wrong | undefined;
  /** A part to show; each new object moves the cursor there. */
  readonly shown: Span | undefined;
  readonly onChange: (source: string) => void;
}

/** The text that describes the network, the studio's source. */
export function Editor({ wrong, shown, onChange }: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | undefined>(undefined);
  const changed = useRef(onChange);
  changed.current = onChange;

  useLayoutEffect(() => {
    const element = place.current!;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    const view = editorIn(root, studio.value.source, (text) => changed.current(text));
    editor.current = view;
    // At once, not when the page is drawn next: by then more may have been typed.
    const unfollow = studio.follow(({ source }) => {
      const { doc } = view.state;
      if (doc.toString() === source) return;
      view.dispatch({ changes: { from: 0, to: doc.length, insert: source }, scrollIntoView: true });
    });
    return () => {
      unfollow();
      view.destroy();
      editor.current = undefined;
    };
  }, []);

  useEffect(() => {
    const { state } = editor.current!;
    const within = (at: number): number => Math.min(at, state.doc.length);
    editor.current!.dispatch(
      setDiagnostics(
        state,
        wrong
          ? [{ from: within(wrong.start), to: within(wrong.end), severity: "error", message: wrong.message }]
          : [],
      ),
    );
  }, [wrong]);

  useEffect(() => {
    if (!shown) return;
    const view = editor.current!;
    const { length } = view.state.doc;
    if (shown.end > length) return;
    view.dispatch({
      selection: { anchor: shown.start, head: shown.end },
      effects: EditorView.scrollIntoView(shown.start, { y: "center" }),
    });
    view.focus();
  }, [shown]);

  return <div ref={place} class="editor" />;
}
