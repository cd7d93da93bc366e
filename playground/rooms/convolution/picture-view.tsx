import type { Tensor } from "featuremap/functional";
import { useMemo, useState } from "preact/hooks";
import { ColourKey } from "../../parts/colour-key.js";
import { GREY, paint, signedScale } from "../../parts/colours.js";
import { Segments } from "../../parts/controls.js";
import { format } from "../../parts/format.js";
import { NumberGrid } from "../../parts/number-grid.js";
import { OutputSize } from "../../parts/output-size.js";
import { Box, PixelView, useCursor } from "../../parts/pixel-view.js";
import { CHANNELS } from "../../parts/source/channels.js";
import { padded, paddingOf, type Settings, spanOf, sumAt } from "./convolve.js";
import { KernelEditor } from "./kernel-editor.js";
import type { Kernel } from "./kernels.js";

interface PictureViewProps {
  /** [c, h, w] */
  readonly picture: Tensor;
  readonly output: Tensor;
  readonly kernel: Kernel;
  readonly onKernel: (kernel: Kernel) => void;
  readonly settings: Settings;
  readonly colours: "signed" | "gray";
}

/** Input, kernel, output, and the sum behind the output pixel that is pointed at. */
export function PictureView({ picture, output, kernel, onKernel, settings, colours }: PictureViewProps) {
  const [channels, height, width] = picture.shape as [number, number, number];
  const [, oh, ow] = output.shape as [number, number, number];
  const { stride, dilation, flip } = settings;
  const input = useMemo(() => padded(picture, settings), [picture, settings.mode, settings.amount]);
  const cursor = useCursor(oh, ow);
  const [chosen, choose] = useState(0);
  const channel = Math.min(chosen, channels - 1);

  const signed = useMemo(() => signedScale(output), [output]);
  const scale = colours === "signed" ? signed : GREY;
  const shown = useMemo(() => paint(output, scale), [output, scale]);
  const inputShown = useMemo(() => paint(input, GREY), [input]);

  const { at } = cursor;
  const behind = sumAt(input, channel, at, kernel, settings);
  const result = output.at(channel, at.y, at.x);
  const added = paddingOf(settings);
  const span = spanOf(kernel.size, dilation);
  const taps = Array.from({ length: kernel.size ** 2 }, (_, i) => i);
  const inPadding = (y: number, x: number) => {
    const [row, column] = [behind.top + y * dilation - added, behind.left + x * dilation - added];
    return row < 0 || column < 0 || row >= height || column >= width ? "out" : "";
  };
  const { divisor } = kernel;
  const sizes = { span, padding: 2 * added, stride };

  return (
    <>
      <section class="panel pictures convolution-pictures" aria-label="Input, kernel and output">
        <figure>
          <h2>Input</h2>
          <PixelView image={inputShown} label="Input with its padding, and the window on it">
            {added > 0 && <Box y={added} x={added} height={height} width={width} kind="frame" />}
            {dilation > 1 &&
              taps.map((i) => (
                <rect
                  key={i}
                  class="tap"
                  y={behind.top + Math.floor(i / kernel.size) * dilation}
                  x={behind.left + (i % kernel.size) * dilation}
                  width={1}
                  height={1}
                />
              ))}
            <Box y={behind.top} x={behind.left} height={span} width={span} />
          </PixelView>
          <figcaption>
            {height} × {width} pixels
            {added > 0 && `, and ${added} of padding around the dashed frame`}. 0 is black, 255 is white.
          </figcaption>
        </figure>
        <KernelEditor kernel={kernel} onChange={onKernel} />
        <figure>
          <h2>Output</h2>
          <PixelView image={shown} label="Output" at={at} onPoint={cursor.onPoint} onLeave={cursor.onLeave}>
            <Box y={at.y} x={at.x} />
          </PixelView>
          <ColourKey scale={scale} channels={channels} />
          <figcaption>
            {oh} × {ow} pixels. Point at one; a click holds it.
          </figcaption>
        </figure>
      </section>
      <section class="panel behind" aria-label="The sum behind one output pixel">
        <div class="row spread">
          <h2>
            Row {at.y}, column {at.x} of the output
          </h2>
          {channels === 3 && (
            <Segments
              label="Numbers of"
              options={CHANNELS.map((name, i) => [i, name] as const)}
              value={channel}
              onChange={choose}
            />
          )}
        </div>
        <div class="scroll" tabIndex={0} role="group" aria-label="Window, kernel and products">
          <div class="equation">
            <NumberGrid title="Input window" values={behind.window} scale={GREY} mark={inPadding} />
            <span class="operator">×</span>
            <NumberGrid
              title={flip ? "Kernel, turned" : "Kernel"}
              values={behind.kernel}
              scale={signedScale(behind.kernel)}
            />
            <span class="operator">=</span>
            <NumberGrid title="Products" values={behind.products} scale={signedScale(behind.products)} />
          </div>
        </div>
        <p class="result">
          Sum of the products <b class="sum">{format(behind.sum)}</b>
          {divisor !== 1 && (
            <>
              , divided by {format(divisor, 3)}: <b class="quotient">{format(result)}</b>
            </>
          )}
        </p>
        <p class="hidden" aria-live="polite">
          {cursor.byKey && `Row ${at.y}, column ${at.x}: ${format(result)}`}
        </p>
        <div class="sizes">
          <h3>Size of the output: ⌊(in − k + p + s) / s⌋</h3>
          <OutputSize side="Height" size={height} out={oh} {...sizes} />
          <OutputSize side="Width" size={width} out={ow} {...sizes} />
          <p class="small soft">
            k is how far the kernel reaches
            {dilation > 1 && `, (${kernel.size} − 1) · ${dilation} + 1 = ${span}`}; p the padding of both
            sides; s the stride. Cells with a dashed edge lie in the padding.
          </p>
        </div>
      </section>
    </>
  );
}
