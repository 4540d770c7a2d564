import type { Metrics } from '@hurwitz/training';

/** One line with what a stage reached on the test data. */
export function printResult(title: string, metrics: Metrics): void {
  const numbers = Object.entries(metrics).map(
    ([name, value]) => `test ${name} ${Number(value.toPrecision(5))}`,
  );
  console.log(`${title}: ${numbers.join(', ')}`);
}
