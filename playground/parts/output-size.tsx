interface OutputSizeProps {
  readonly side: "Height" | "Width";
  /** Pixels of the input. */
  readonly size: number;
  /** How far the window reaches. */
  readonly span: number;
  /** Padding before and after, together. */
  readonly padding: number;
  readonly stride: number;
  readonly ceil?: boolean;
  readonly out: number;
}

/** The formula of a window's output size with the numbers in it. */
export function OutputSize({ side, size, span, padding, stride, ceil = false, out }: OutputSizeProps) {
  const [open, close] = ceil ? ["⌈", "⌉"] : ["⌊", "⌋"];
  const exact = (size - span + padding + stride) / stride;
  const rounded = ceil ? Math.ceil(exact) : Math.floor(exact);
  return (
    <p class="output-size">
      <span class="soft">{side}</span>{" "}
      <span class="mono">
        {open}({size} − {span} + {padding} + {stride}) / {stride}
        {close} = {rounded !== out && `${rounded}, and without the last one `}
        <b>{out}</b>
      </span>
    </p>
  );
}
