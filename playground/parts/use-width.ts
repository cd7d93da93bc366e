import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** The width of an element in steps, so that not every pixel of a resized window draws a picture anew. */
export function useWidth() {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState<number>();
  useLayoutEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      const { width } = entry!.contentRect;
      setWidth(Math.max(300, width < 600 ? Math.floor(width) : Math.floor(width / 40) * 40));
    });
    watch.observe(element.current!);
    return () => watch.disconnect();
  }, []);
  return [element, width] as const;
}
