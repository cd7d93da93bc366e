import type { Unit } from "./units.js";

/** Units one after the other, or branches side by side between two of them. */
export type Item = Unit | Branches;

/** Branches from the unit before to the unit behind. */
export interface Branches {
  readonly lanes: readonly (readonly Item[])[];
  /**
   * The unit behind also reads the one before: "over" the branches, as a residual does, or "through" the first lane,
   * which is empty, where none of the branches comes back.
   */
  readonly skip: "over" | "through" | undefined;
}

export const isBranches = (item: Item): item is Branches => "lanes" in item;

/**
 * The units, in the order in which they are computed, as a flow from left to right. Where branches cannot be told apart,
 * their units stand in one line.
 */
export function flowOf(units: readonly Unit[]): Item[] {
  return flow(units, undefined, undefined);
}

/** `fork` and `join`: the units before and behind, whose edges to the units count. */
function flow(units: readonly Unit[], fork: Unit | undefined, join: Unit | undefined): Item[] {
  const at = new Map(units.map((unit, i) => [unit, i]));
  /** How far the edges from all units up to each reach. */
  const reach: number[] = units.map((_, i) => i);
  let fromFork = 0;
  units.forEach((unit, i) => {
    for (const input of unit.inputs) {
      const from = at.get(input);
      if (from !== undefined) reach[from] = Math.max(reach[from]!, i);
      else if (input === fork) fromFork = Math.max(fromFork, i);
    }
  });
  for (const input of join?.inputs ?? []) {
    const from = at.get(input);
    if (from !== undefined) reach[from] = units.length;
  }
  const items: Item[] = [];
  let before = fork;
  let waiting: Unit[] = [];
  let far = fromFork;
  const settle = (behind: Unit | undefined): void => {
    // The edge between the ends of a lane is not the lane's.
    const skips = before !== fork || behind !== join;
    items.push(...between(waiting, before, behind, skips));
    waiting = [];
  };
  units.forEach((unit, i) => {
    // No edge passes it by.
    if (far <= i) {
      settle(unit);
      items.push(unit);
      before = unit;
    } else waiting.push(unit);
    far = Math.max(far, reach[i]!);
  });
  settle(join);
  return items;
}

/** What lies between two units that everything passes through. */
function between(
  units: readonly Unit[],
  fork: Unit | undefined,
  join: Unit | undefined,
  skips: boolean,
): Item[] {
  if (units.length === 0) return [];
  const skip = skips && fork && join?.inputs.includes(fork);
  const groups = components(units);
  // Nothing to take apart: in one line.
  if (groups.length === 1 && !skip) return [...units];
  const lanes = groups.map((group) => flow(group, fork, join));
  if (!skip) return [{ lanes, skip: undefined }];
  const isSide = groups.every((group) => group.every((unit) => !join?.inputs.includes(unit)));
  return isSide ? [{ lanes: [[], ...lanes], skip: "through" }] : [{ lanes, skip: "over" }];
}

/** Units that hang together, by themselves. */
function components(units: readonly Unit[]): Unit[][] {
  const group = new Map<Unit, Unit[]>();
  for (const unit of units) {
    const joined = [
      ...new Set(unit.inputs.map((input) => group.get(input)).filter((one) => one !== undefined)),
    ];
    const together = [...joined.flat(), unit];
    for (const member of together) group.set(member, together);
  }
  const order = new Map(units.map((unit, i) => [unit, i]));
  return [...new Set(group.values())].map((members) => members.sort((a, b) => order.get(a)! - order.get(b)!));
}
