import { useLayoutEffect, useState } from "preact/hooks";

/** A value that changes often, and those who want to know at once. */
export class Topic<T> {
  readonly #listeners = new Set<(value: T) => void>();

  constructor(public value: T) {}

  set(value: T): void {
    this.value = value;
    for (const listener of this.#listeners) listener(value);
  }

  /** Calls back now and at each change, until the function it gives is called: in a layout effect, which ends with its elements. */
  follow(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    listener(this.value);
    return () => void this.#listeners.delete(listener);
  }
}

/** The value, for components that are made anew with it. */
export function useTopic<T>(topic: Topic<T>): T {
  const [, setValue] = useState({ value: topic.value });
  useLayoutEffect(() => topic.follow((value) => setValue({ value })), [topic]);
  return topic.value;
}
