import { FigureError } from './errors.js';

/** Observable Plot, loaded on first use because it is an ES module that older Node cannot `require`. */
export type PlotModule = typeof import('@observablehq/plot');

/**
 * Runs `draw` with Plot and a document: the page's own where there is one, otherwise a happy-dom window that is loaded
 * only now and closed afterwards, so that no timer keeps the process alive.
 */
export async function withDocument<T>(
  where: string,
  draw: (plot: PlotModule, document: Document) => T,
): Promise<T> {
  const plot = await import('@observablehq/plot');
  if (typeof document !== 'undefined') return draw(plot, document);
  const { Window, cause } = await loadHappyDom();
  // Bundlers for browsers put an empty module in its place.
  if (typeof Window !== 'function') {
    throw new FigureError(
      where,
      'a document to draw in',
      `none, and happy-dom did not load${cause === undefined ? '' : ` (${String(cause)})`}`,
      'In Node install happy-dom; in a web worker set globalThis.document, as the README says.',
    );
  }
  const window = new Window();
  try {
    return draw(plot, window.document as unknown as Document);
  } finally {
    await window.happyDOM.close();
  }
}

type HappyDom = typeof import('happy-dom');

const loadHappyDom = (): Promise<{ Window?: HappyDom['Window']; cause?: unknown }> =>
  import('happy-dom').then(
    ({ Window }) => ({ Window }),
    (cause: unknown) => ({ cause }),
  );
