import { afterEach, describe, expect, test, vi } from 'vitest';
import { FigureError, lineChart } from '../src/index.js';

const chart = () =>
  lineChart({
    title: 'One & <two>',
    series: [{ name: 'a', x: [0, 1], y: [1, 2] }],
  });

describe('where there is no document', () => {
  afterEach(() => {
    vi.doUnmock('happy-dom');
    vi.unstubAllGlobals();
  });

  test('and a bundler has left happy-dom out, the error says what to do', async () => {
    vi.doMock('happy-dom', () => ({ Window: undefined }));
    await expect(chart()).rejects.toThrow(FigureError);
    await expect(chart()).rejects.toThrow(/in a web worker set globalThis\.document, as the README says/);
  });

  test('one without an XMLSerializer that the user gives, as in a worker, draws the same elements', async () => {
    const wanted = await chart();
    const { Window } = await vi.importActual<typeof import('happy-dom')>('happy-dom');
    const window = new Window();
    const document = new Proxy(window.document as unknown as Document, {
      get: (target, name) => {
        if (name === 'defaultView') return {};
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    vi.stubGlobal('document', document);
    const svg = await chart();
    const elements = (text: string) => text.match(/<[a-z]+/g);
    expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
    expect(elements(svg)).toEqual(elements(wanted));
    await window.happyDOM.close();
  });
});
