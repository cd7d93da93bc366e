import type { Image } from "featuremap/image";
import { useRef, useState } from "preact/hooks";
import { Button, Check } from "../controls.js";
import { Box, type How, PixelView, type Point } from "../pixel-view.js";

const SIDE = 48;

export const blank: Image = { width: SIDE, height: SIDE, channels: 1, data: new Uint8Array(SIDE * SIDE) };

/** A copy of a picture with a round pen drawn along a line. */
export function stroke(image: Image, from: Point, to: Point, shade: number, radius = 1.6): Image {
  const { width, height } = image;
  const data = image.data.slice();
  const steps = Math.max(1, 2 * Math.ceil(Math.hypot(to.y - from.y, to.x - from.x)));
  for (let i = 0; i <= steps; i++) {
    const cy = from.y + ((to.y - from.y) * i) / steps;
    const cx = from.x + ((to.x - from.x) * i) / steps;
    for (let y = Math.max(0, Math.ceil(cy - radius)); y <= Math.min(height - 1, cy + radius); y++) {
      for (let x = Math.max(0, Math.ceil(cx - radius)); x <= Math.min(width - 1, cx + radius); x++) {
        if (Math.hypot(y - cy, x - cx) <= radius) data[y * width + x] = shade;
      }
    }
  }
  return { ...image, data };
}

interface DrawingProps {
  readonly image: Image;
  readonly onChange: (image: Image) => void;
}

/** A small sheet to draw on, with a pointer or with arrow keys and the space bar. */
export function Drawing({ image, onChange }: DrawingProps) {
  const [pen, setPen] = useState<Point>({ y: SIDE / 2, x: SIDE / 2 });
  const [erase, setErase] = useState(false);
  // Several moves may come before the page is drawn again.
  const latest = useRef(image);
  latest.current = image;
  const draw = (to: Point, how: How) => {
    if (how === "press" || how === "drag") {
      latest.current = stroke(latest.current, how === "press" ? to : pen, to, erase ? 0 : 255);
      onChange(latest.current);
    }
    setPen(to);
  };
  return (
    <div class="drawing">
      <PixelView
        image={image}
        label="Sheet to draw on"
        keys="Arrow keys move the pen, the space bar draws"
        at={pen}
        onPoint={draw}
        grabs
      >
        <Box y={pen.y} x={pen.x} />
      </PixelView>
      <div class="row">
        <Check label="Erase" value={erase} onChange={setErase} />
        <Button onClick={() => onChange(blank)}>Clear</Button>
      </div>
    </div>
  );
}
