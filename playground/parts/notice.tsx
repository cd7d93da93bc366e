import type { ComponentChildren } from "preact";

/** A sentence that should be read: an error, which is announced at once, or a remark. */
export function Notice({ kind, children }: { kind: "error" | "note"; children: ComponentChildren }) {
  return (
    <p class={`notice ${kind}`} role={kind === "error" ? "alert" : "status"}>
      {children}
    </p>
  );
}
