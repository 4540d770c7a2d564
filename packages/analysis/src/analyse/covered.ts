/** A question that the mathematics at hand does not cover for this cell. */
export interface NotCovered {
  notCovered: string;
}

export const isCovered = <T extends object>(result: T | NotCovered): result is T => !('notCovered' in result);
