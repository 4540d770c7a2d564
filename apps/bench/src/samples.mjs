/** Times in milliseconds: taking them, and saying what they were. */

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

export function timed(step) {
  const start = performance.now();
  step();
  return performance.now() - start;
}

/** Contestants' times by name, in turn, `rounds` times over; each contestant gives the milliseconds it took. */
export async function interleaved(rounds, contestants) {
  const samples = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, take] of Object.entries(contestants)) samples[name].push(await take());
  }
  return samples;
}

/** Median (lowest to highest), or a dash where nothing was measured. */
export function show(samples) {
  if (!samples?.length) return '-';
  const digits = median(samples) < 100 ? 1 : 0;
  const [low, middle, high] = [Math.min(...samples), median(samples), Math.max(...samples)].map((value) =>
    value.toFixed(digits),
  );
  return samples.length > 1 ? `${middle} (${low}-${high})` : middle;
}

/** How many times as long as `fast` the medians of `slow` are. */
export const ratio = (slow, fast) =>
  slow?.length && fast?.length ? (median(slow) / median(fast)).toFixed(2) : '-';

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A Markdown table of objects with the same keys. */
export function printTable(title, rows) {
  if (rows.length === 0) return;
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const names = Object.keys(rows[0]);
  console.log(`\n${title}\n`);
  for (const cells of [names, names.map(() => '---'), ...rows.map(Object.values)]) console.log(line(cells));
}
