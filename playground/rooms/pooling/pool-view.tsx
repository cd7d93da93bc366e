import { pad, type Tensor } from "featuremap/functional";
import { useMemo, useState } from "preact/hooks";
import { ColourKey } from "../../parts/colour-key.js";
import { GREY, paint } from "../../parts/colours.js";
import { Segments } from "../../parts/controls.js";
import { format } from "../../parts/format.js";
import { NumberGrid } from "../../parts/number-grid.js";
import { OutputSize } from "../../parts/output-size.js";
import { Box, PixelView, useCursor } from "../../parts/pixel-view.js";
import { CHANNELS } from "../../parts/source/channels.js";
import { beyond, type PoolSettings, type Seen, seenBy } from "./pool.js";

interface PoolViewProps {
  /** [c, h, w] */
  readonly picture: Tensor;
  readonly output: Tensor;
  readonly settings: PoolSettings;
}

/** Input and output of pooling, and what the window under the pointer sees. */
export function PoolView({ picture, output, settings }: PoolViewProps) {
  const [channels, height, width] = picture.shape as [number, number, number];
  const [, oh, ow] = output.shape as [number, number, number];
  const global = settings.kind === "global";
  const padding = global ? 0 : settings.padding;
  const [below, right] = global ? [0, 0] : [beyond(height, oh, settings), beyond(width, ow, settings)];
  const around = useMemo(() => {
    const sides = { top: padding, left: padding, bottom: padding + below, right: padding + right };
    return paint(padding + below + right > 0 ? pad(picture, sides) : picture, GREY);
  }, [picture, padding, below, right]);
  const shown = useMemo(() => paint(output, GREY), [output]);
  const cursor = useCursor(oh, ow);
  const { at } = cursor;
  const [chosen, choose] = useState(0);
  const channel = Math.min(chosen, channels - 1);
  const result = output.at(channel, at.y, at.x);
  const seen = global ? undefined : seenBy(picture, channel, at, settings, result);
  const sizes = {
    span: settings.size,
    padding: 2 * padding,
    stride: settings.stride,
    ceil: settings.ceil,
  };
  return (
    <>
      <section class="panel pictures" aria-label="Input and output">
        <figure>
          <h2>Input</h2>
          <PixelView image={around} label="Input with its padding, and the window on it">
            <Outside height={around.height} width={around.width} inner={{ padding, height, width }} />
            {seen ? (
              <>
                <Box y={seen.top} x={seen.left} height={settings.size} width={settings.size} />
                {seen.won.map(({ y, x }) => (
                  <Box key={`${y} ${x}`} y={seen.top + y} x={seen.left + x} kind="won" />
                ))}
              </>
            ) : (
              <Box y={0} x={0} height={height} width={width} />
            )}
          </PixelView>
          <figcaption>
            {height} × {width} pixels{padding > 0 && `, and ${padding} of padding on each side`}
            {below + right > 0 && ". The last windows reach beyond it"}.
          </figcaption>
        </figure>
        <figure>
          <h2>Output</h2>
          <PixelView image={shown} label="Output" at={at} onPoint={cursor.onPoint} onLeave={cursor.onLeave}>
            <Box y={at.y} x={at.x} />
          </PixelView>
          <ColourKey scale={GREY} channels={channels} />
          <figcaption>
            {oh} × {ow} {oh * ow === 1 ? "pixel" : "pixels. Point at one; a click holds it"}.
          </figcaption>
        </figure>
      </section>
      <section class="panel behind" aria-label="The window on one output pixel">
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
        {seen && (
          <div class="scroll" tabIndex={0} role="group" aria-label="Numbers in the window">
            <div class="equation">
              <NumberGrid
                title="Window"
                values={seen.values}
                scale={GREY}
                mark={(y, x) =>
                  seen.inside(y, x) ? (seen.won.some((c) => c.y === y && c.x === x) ? "won" : "") : "out"
                }
              />
            </div>
          </div>
        )}
        <p class="result">{sentence(settings, seen, result, height * width)}</p>
        <p class="hidden" aria-live="polite">
          {cursor.byKey && `Row ${at.y}, column ${at.x}: ${format(result)}`}
        </p>
        {!global && (
          <div class="sizes">
            <h3>Size of the output: {settings.ceil ? "⌈(in − k + p + s) / s⌉" : "⌊(in − k + p + s) / s⌋"}</h3>
            <OutputSize side="Height" size={height} out={oh} {...sizes} />
            <OutputSize side="Width" size={width} out={ow} {...sizes} />
            <p class="small soft">
              k is the window, p the padding of both sides, s the stride.
              {settings.ceil
                ? " Rounded up, a last window may reach over the edge; one that would begin beyond the picture, where it would see padding alone, is left out."
                : " Rounded down, pixels that fill no window are left out."}
            </p>
          </div>
        )}
      </section>
    </>
  );
}

/** Hatches what is not of the picture. */
function Outside({
  height,
  width,
  inner,
}: {
  height: number;
  width: number;
  inner: { padding: number; height: number; width: number };
}) {
  if (height === inner.height && width === inner.width) return null;
  const { padding: p } = inner;
  const hole = `M${p} ${p}v${inner.height}h${inner.width}v${-inner.height}z`;
  return (
    <>
      <path class="outside" d={`M0 0h${width}v${height}h${-width}z${hole}`} />
      <Box y={p} x={p} height={inner.height} width={inner.width} kind="frame" />
    </>
  );
}

/** What came out of the window, and how. */
function sentence({ kind }: PoolSettings, seen: Seen | undefined, result: number, pixels: number) {
  const value = <b class="sum">{format(result)}</b>;
  if (!seen)
    return (
      <>
        The mean of all {pixels} pixels of the channel is {value}
      </>
    );
  if (kind === "mean")
    return (
      <>
        The sum over {seen.count} {seen.count === 1 ? "cell" : "cells"}, divided by {seen.count}: {value}
      </>
    );
  const more = seen.won.length - 1;
  return (
    <>
      The largest is {value}
      {more > 0 && `, ${more + 1} times in the window`}
    </>
  );
}
