import { Window } from 'happy-dom';
import { afterAll } from 'vitest';

const windows: Window[] = [];
afterAll(async () => {
  for (const window of windows) await window.happyDOM.close();
});

/** The figure parsed as XML; fails on markup that is not well formed. */
export function parse(svg: string): Element {
  const window = new Window();
  windows.push(window);
  const document = new window.DOMParser().parseFromString(svg, 'image/svg+xml');
  if (document.querySelector('parsererror')) throw new Error(`not well-formed XML: ${svg.slice(0, 200)}`);
  return document.documentElement as unknown as Element;
}

/** Groups by the name Plot gave their mark, such as `vector` or `line`. */
export function groups(root: Element, mark: string, layer = 'plot'): Element[] {
  return [...root.querySelectorAll(`.hurwitz-${layer} .hurwitz-${mark}`)];
}

/** The frame's rectangle in the coordinates of the plot. */
export function frameOf(root: Element): { left: number; top: number; width: number; height: number } {
  const [frame] = groups(root, 'frame');
  const at = (name: string) => Number(frame!.getAttribute(name));
  return { left: at('x'), top: at('y'), width: at('width'), height: at('height') };
}

/** Where a linear domain puts a value inside the frame. */
export function mapper(root: Element, x: readonly [number, number], y: readonly [number, number]) {
  const { left, top, width, height } = frameOf(root);
  return {
    x: (value: number) => left + ((value - x[0]) / (x[1] - x[0])) * width,
    y: (value: number) => top + height - ((value - y[0]) / (y[1] - y[0])) * height,
  };
}

/** The first translation of each path or dot below the elements. */
export function translations(elements: readonly Element[]): [number, number][] {
  return elements
    .flatMap((element) => [...element.querySelectorAll('[transform]')])
    .flatMap((element) => {
      const match = /translate\(([-\d.]+),([-\d.]+)\)/.exec(element.getAttribute('transform')!);
      return match ? [[Number(match[1]), Number(match[2])] as [number, number]] : [];
    });
}

/** The corners of a path made of straight lines. */
export function corners(path: Element): [number, number][] {
  return [...path.getAttribute('d')!.matchAll(/[ML]([-\d.]+),([-\d.]+)/g)].map((m) => [
    Number(m[1]),
    Number(m[2]),
  ]);
}

/** All text of the figure, in drawing order. */
export function texts(root: Element, layer?: string): string[] {
  return [...root.querySelectorAll(`${layer ? `.hurwitz-${layer} ` : ''}text`)].map(
    (text) => text.textContent ?? '',
  );
}
