import Table from "cli-table3";
import type { Spread, Timing } from "./alternate.js";

/** A number that was promised. */
export interface Requirement {
  readonly name: string;
  readonly unit: string;
  readonly measured: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What a part of the bench hands back. */
export interface Result {
  /** The measurements, for --json. */
  readonly data: object;
  readonly requirements?: readonly Requirement[];
  /** Contenders whose answers differ: the bench fails. */
  readonly differences?: readonly string[];
}

export function holds({ measured, atLeast = -Infinity, atMost = Infinity }: Requirement): boolean {
  return measured >= atLeast && measured <= atMost;
}

export function describeRequirement(requirement: Requirement): string {
  const { name, unit, measured, atLeast, atMost } = requirement;
  const bound = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return `${holds(requirement) ? "pass" : "FAIL"}  ${name}: ${digits(measured)} ${unit}, required ${bound}`;
}

/** Three significant digits, without an exponent. */
export function digits(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 1e-9))));
  return value.toFixed(Math.min(decimals, 6));
}

export function range({ q1, q3 }: Spread): string {
  return `${digits(q1)} to ${digits(q3)}`;
}

/** A table: the first column is text, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = new Table({
    head: [...head],
    colAligns: head.map((_, i) => (i === 0 ? "left" : "right")),
    style: { head: [], border: [], compact: true },
  });
  lines.push(...rows.map((row) => [...row]));
  return lines.toString();
}

/** The rows of timings in milliseconds. */
export function timingRow({ name, ms, p95 }: Timing): string[] {
  return [name, digits(ms.median), range(ms), digits(p95)];
}

export const timingHead = (what: string): string[] => [what, "ms", "middle half", "p95"];
