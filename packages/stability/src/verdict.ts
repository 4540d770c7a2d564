/** 'undecided': the margin is inside rounding error, so nothing is claimed either way. */
export type Verdict = 'holds' | 'fails' | 'undecided';

/** A strict inequality, tested in floating point. */
export interface Inequality {
  /** The inequality in words, as the theorem has it. */
  readonly statement: string;
  readonly left: number;
  readonly right: number;
  /** Signed distance from equality, positive on the side where the inequality holds. */
  readonly margin: number;
  /** Bound on the rounding error of the margin. */
  readonly tolerance: number;
  readonly verdict: Verdict;
}

/** `holds` beyond the rounding error, `fails` beyond it, or `undecided`. */
export function judge(margin: number, tolerance: number): Verdict {
  if (margin > tolerance) return 'holds';
  return margin < -tolerance || tolerance === 0 ? 'fails' : 'undecided';
}

/** left < right, or left > right, with its margin and verdict. */
export function inequality(
  statement: string,
  { left, sign, right, tolerance }: { left: number; sign: '<' | '>'; right: number; tolerance: number },
): Inequality {
  const margin = sign === '<' ? right - left : left - right;
  return { statement, left, right, margin, tolerance, verdict: judge(margin, tolerance) };
}

/** A conjunction: one failure fails it; else one undecided part leaves it undecided. */
export function all(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('fails')) return 'fails';
  return verdicts.includes('undecided') ? 'undecided' : 'holds';
}

/** A disjunction: one part that holds is enough; else one undecided part leaves it undecided. */
export function any(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('holds')) return 'holds';
  return verdicts.includes('undecided') ? 'undecided' : 'fails';
}
