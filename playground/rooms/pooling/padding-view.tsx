import { pad, type Tensor } from "featuremap/functional";
import { useMemo, useState } from "preact/hooks";
import { attempt } from "../../parts/attempt.js";
import { GREY, paint } from "../../parts/colours.js";
import { Notice } from "../../parts/notice.js";
import { PADDING_MODES } from "../../parts/padding-modes.js";
import { Box, type How, PixelView, type Point } from "../../parts/pixel-view.js";
import { origins, type Sides } from "./pool.js";

interface PaddingViewProps {
  /** [c, h, w] */
  readonly picture: Tensor;
  readonly sides: Sides;
}

/** One picture padded in every mode; what is pointed at in one is shown in all. */
export function PaddingView({ picture, sides }: PaddingViewProps) {
  // In pixels of the picture itself, so that it stays where it is when a side grows.
  const [place, setPlace] = useState<Point>({ y: -Math.ceil(sides.top / 2), x: -Math.ceil(sides.left / 2) });
  const [, height, width] = picture.shape as [number, number, number];
  const at = {
    y: Math.min(Math.max(place.y, -sides.top), height + sides.bottom - 1),
    x: Math.min(Math.max(place.x, -sides.left), width + sides.right - 1),
  };
  return (
    <section class="panel paddings" aria-label="Padding modes">
      <p>
        The dashed frame is the picture. Point into the padding: the line leads to the pixel that is repeated
        there.
      </p>
      <div class="modes">
        {PADDING_MODES.map(([mode, name, text]) => (
          <Mode
            key={mode}
            {...{ mode, name, text, picture, sides, at }}
            onPoint={({ y, x }) => setPlace({ y: y - sides.top, x: x - sides.left })}
          />
        ))}
      </div>
    </section>
  );
}

interface ModeProps extends PaddingViewProps {
  readonly mode: (typeof PADDING_MODES)[number][0];
  readonly name: string;
  readonly text: string;
  readonly at: Point;
  readonly onPoint: (point: Point, how: How) => void;
}

/** The picture in one mode. */
function Mode({ mode, name, text, picture, sides, at, onPoint }: ModeProps) {
  const [, height, width] = picture.shape as [number, number, number];
  const padded = useMemo(
    () =>
      attempt(() => ({
        image: paint(pad(picture, { ...sides }, mode), GREY),
        origin: origins(height, width, sides, mode),
      })),
    [picture, sides, mode],
  );
  if (padded.failure !== undefined) {
    return (
      <figure>
        <h2>{name}</h2>
        <Notice kind="error">{padded.failure}</Notice>
      </figure>
    );
  }
  const { image, origin } = padded.value;
  const here = { y: at.y + sides.top, x: at.x + sides.left };
  const index = origin.at(here.y, here.x) - 1;
  const source = index < 0 ? undefined : { y: Math.floor(index / width), x: index % width };
  const own = source?.y === at.y && source.x === at.x;
  return (
    <figure class={`mode-${mode}`}>
      <h2>{name}</h2>
      <PixelView image={image} label={`The picture with ${mode} padding`} at={here} onPoint={onPoint}>
        <Box {...{ y: sides.top, x: sides.left, height, width }} kind="frame" />
        {source && !own && (
          <>
            <g class="box link">
              {[0, 1].map((layer) => (
                <line
                  key={layer}
                  x1={here.x + 0.5}
                  y1={here.y + 0.5}
                  x2={sides.left + source.x + 0.5}
                  y2={sides.top + source.y + 0.5}
                />
              ))}
            </g>
            <Box y={sides.top + source.y} x={sides.left + source.x} kind="won" />
          </>
        )}
        <Box {...here} />
      </PixelView>
      <figcaption>
        <b>
          {own
            ? `Row ${at.y}, column ${at.x} of the picture itself.`
            : source
              ? `Row ${minus(at.y)}, column ${minus(at.x)} shows row ${source.y}, column ${source.x}.`
              : `Row ${minus(at.y)}, column ${minus(at.x)} is 0.`}
        </b>
        <br />
        Beyond the border: {text}.
      </figcaption>
    </figure>
  );
}

const minus = (value: number): string => `${value}`.replace("-", "−");
