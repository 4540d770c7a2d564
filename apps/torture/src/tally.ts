/** One row of the table: what was done how often, and what came of it. */
export interface Tally {
  part: string;
  what: string;
  tried: number;
  /** Ended in the same bits, or the same numbers, as undisturbed. */
  same: number;
  /** Refused in one sentence, with exit code 1. */
  refused: number;
  /** Anything else: what must not be. */
  wrong: Fault[];
}

export interface Fault {
  how: string;
  why: string;
}

export const tally = (part: string, what: string): Tally => ({
  part,
  what,
  tried: 0,
  same: 0,
  refused: 0,
  wrong: [],
});

/** What a part of the torture needs. */
export interface Setting {
  /** An empty folder of its own. */
  scratch: string;
  seed: number;
  /** Takes a line at a time. */
  print: (line: string) => void;
  /** Whether to stop with what is done by now. */
  expired: () => boolean;
}

/** Notes what must not be, and says it at once. */
export function noteWrong({ part, what, wrong }: Tally, fault: Fault): void {
  wrong.push(fault);
  console.error(`WRONG: ${part}, ${what}: ${fault.how}: ${fault.why}`);
}

/** Rows of several lists, those of the same things added, in the order of their parts; what was not tried is left out. */
export function merged(lists: readonly (readonly Tally[])[]): Tally[] {
  const rows = new Map<string, Tally>();
  for (const { part, what, tried, same, refused, wrong } of lists.flat()) {
    if (tried === 0) continue;
    const key = `${part}: ${what}`;
    const row = rows.get(key) ?? tally(part, what);
    row.tried += tried;
    row.same += same;
    row.refused += refused;
    row.wrong.push(...wrong);
    rows.set(key, row);
  }
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
