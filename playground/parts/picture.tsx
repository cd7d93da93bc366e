import type { Image } from "featuremap/image";
import { toImageData } from "featuremap/image";
import { useLayoutEffect, useRef } from "preact/hooks";

interface PictureProps {
  readonly image: Image;
  /** What it shows, for those who do not see it. */
  readonly label: string;
  /** Size of its pixels on the screen; without it the picture fills the width it is given. */
  readonly zoom?: number;
  /** Blend pixels where the picture is enlarged, for photographs. */
  readonly smooth?: boolean;
}

/** A picture on a canvas. Its place is known before it is drawn, so that nothing moves. */
export function Picture({ image, label, zoom, smooth = false }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = image;
  useLayoutEffect(() => {
    const { data } = toImageData(image);
    canvas
      .current!.getContext("2d")!
      .putImageData(new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height), 0, 0);
  }, [image]);
  return (
    <canvas
      ref={canvas}
      class={smooth ? "picture smooth" : "picture"}
      width={width}
      height={height}
      role="img"
      aria-label={label}
      style={
        zoom === undefined ? { width: "100%" } : { width: `${width * zoom}px`, height: `${height * zoom}px` }
      }
    />
  );
}
