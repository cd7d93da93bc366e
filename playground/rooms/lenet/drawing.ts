import { asDrawn, centred } from "./centred.js";

/** Pixels of the drawing for each of the network's 28. */
const SCALE = 10;
export const DRAWN = 28 * SCALE;

/** A line of the pen, in pixels of the network. */
interface Stroke {
  readonly width: number;
  readonly points: (readonly [x: number, y: number])[];
}

/** What is on the paper: perhaps a sample digit, and strokes over it. */
interface Content {
  /** 28 x 28, from 0 to 1. */
  readonly sample?: Float32Array;
  readonly strokes: readonly Stroke[];
  /** The sample gives way to the first stroke. */
  readonly isFleeting?: boolean;
}

const nothing: Content = { strokes: [] };

/** Ink on paper, white on black as MNIST has it, drawn on a canvas of {@link DRAWN} pixels. */
export class Drawing {
  #content: Content = nothing;
  readonly #past: Content[] = [];
  readonly #context: CanvasRenderingContext2D;

  constructor(canvas: HTMLCanvasElement) {
    this.#context = canvas.getContext("2d", { willReadFrequently: true })!;
    this.#paint();
  }

  get isEmpty(): boolean {
    return this.#content.strokes.length === 0 && !this.#content.sample;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  /** Puts the pen down. */
  begin(x: number, y: number, width: number): void {
    const stroke: Stroke = { width, points: [[x, y]] };
    const before = this.#content.isFleeting ? nothing : this.#content;
    this.#become({ ...before, strokes: [...before.strokes, stroke] });
    if (before === nothing) this.#paint();
    else this.#line(stroke, 0);
  }

  /** Moves the pen on, while it is down. */
  moveTo(x: number, y: number): void {
    const stroke = this.#content.strokes.at(-1);
    if (!stroke) return;
    stroke.points.push([x, y]);
    this.#line(stroke, stroke.points.length - 2);
  }

  /** A sample digit in place of what there is; a fleeting one is gone with the first stroke. */
  take(sample: Float32Array, isFleeting = false): void {
    this.#become({ sample, strokes: [], isFleeting });
    this.#paint();
  }

  clear(): void {
    if (this.isEmpty) return;
    this.#become(nothing);
    this.#paint();
  }

  undo(): void {
    this.#content = this.#past.pop() ?? this.#content;
    this.#paint();
  }

  /** What the network is shown, 28 x 28: centred and scaled as MNIST's digits are, or as it lies. */
  pixels(isCentred: boolean): Float32Array {
    const { sample, strokes } = this.#content;
    // A sample has been through that already.
    if (sample && strokes.length === 0) return sample;
    const { data } = this.#context.getImageData(0, 0, DRAWN, DRAWN);
    const ink = new Float32Array(DRAWN * DRAWN);
    for (let i = 0; i < ink.length; i++) ink[i] = data[4 * i]! / 255;
    const picture = { data: ink, width: DRAWN, height: DRAWN };
    return isCentred ? centred(picture) : asDrawn(picture);
  }

  #become(content: Content): void {
    this.#past.push(this.#content);
    this.#content = content;
  }

  #paint(): void {
    const context = this.#context;
    context.fillStyle = "black";
    context.fillRect(0, 0, DRAWN, DRAWN);
    const { sample, strokes } = this.#content;
    for (const [i, ink] of (sample ?? []).entries()) {
      const level = Math.round(ink * 255);
      context.fillStyle = `rgb(${level} ${level} ${level})`;
      context.fillRect((i % 28) * SCALE, Math.floor(i / 28) * SCALE, SCALE, SCALE);
    }
    for (const stroke of strokes) this.#line(stroke, 0);
  }

  /** A stroke from one of its points on. */
  #line({ width, points }: Stroke, from: number): void {
    const context = this.#context;
    context.strokeStyle = "white";
    context.lineWidth = width * SCALE;
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    const [x, y] = points[from]!;
    context.moveTo(x * SCALE, y * SCALE);
    // A point alone is a dot.
    for (const [toX, toY] of points.slice(from + (points.length > from + 1 ? 1 : 0)))
      context.lineTo(toX * SCALE, toY * SCALE);
    context.stroke();
  }
}
