import { SingleBar } from "cli-progress";
import { formatCount } from "../inspect/numbers.js";

/** Progress on standard error: a line that changes, gone at the end. Nothing where that is not a terminal. */
export class Progress {
  readonly #bar: SingleBar;
  readonly #total: number;
  #text = "";

  constructor(title: string, total: number) {
    this.#total = total;
    this.#bar = new SingleBar({
      stream: process.stderr,
      clearOnComplete: true,
      gracefulExit: false,
      hideCursor: true,
      linewrap: false,
      fps: 12,
      format: (_options, { progress }) => {
        const room = (process.stderr.columns || 80) - title.length - this.#text.length - 4;
        return `${title} ${bar(progress, Math.min(Math.max(room, 0), 30))} ${this.#text}`;
      },
    });
    this.#bar.start(total, 0);
  }

  update(done: number, text: string): void {
    this.#text = text;
    this.#bar.update(Math.min(done, this.#total));
  }

  stop(): void {
    this.#bar.stop();
  }
}

const EIGHTHS = " ▏▎▍▌▋▊▉";

/** A bar of so many characters, to an eighth of one. */
function bar(share: number, width: number): string {
  const eighths = Math.round(share * width * 8);
  const full = "█".repeat(Math.floor(eighths / 8));
  return (full + (eighths % 8 > 0 ? EIGHTHS[eighths % 8] : "")).padEnd(width, "░").slice(0, width);
}

/** `4.2 s`, `2 min 5 s`, `1 h 20 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.max(0, Math.round(seconds));
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h} h ${min} min` : min > 0 ? `${min} min ${s} s` : `${s} s`;
}

/** Images per second, with a decimal where they are few. */
export function speed(imagesPerSecond: number): string {
  const few = imagesPerSecond < 9.95;
  return `${few ? imagesPerSecond.toFixed(1) : formatCount(Math.round(imagesPerSecond))} images/s`;
}

/** A mean that forgets: what was added long ago counts little. */
export class Smooth {
  readonly #keep: number;
  #sum = 0;
  #weight = 0;

  constructor(keep = 0.98) {
    this.#keep = keep;
  }

  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.#sum = this.#keep * this.#sum + value;
    this.#weight = this.#keep * this.#weight + 1;
  }

  get mean(): number {
    return this.#sum / this.#weight;
  }
}
