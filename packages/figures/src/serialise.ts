const geometry = ['transform', 'd', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'width', 'height'];

/**
 * Rounds coordinates to 1/100 pixel, which halves the file and hides last-bit differences between engines, and drops
 * the roles and labels of inner groups: the figure is one image, described by its title and description.
 */
export function normalise(root: Element): void {
  for (const element of [root, ...root.querySelectorAll('*')]) {
    for (const name of geometry) {
      const value = element.getAttribute(name);
      if (value?.includes('.')) element.setAttribute(name, value.replace(/-?\d*\.\d+(e[-+]?\d+)?/g, round));
    }
    if (element !== root) for (const name of ['aria-label', 'aria-hidden']) rename(element, name);
  }
}

function round(number: string): string {
  return String(Math.round(Number(number) * 100) / 100 + 0);
}

/** Keeps Plot's names of groups as classes, for style sheets and tests. */
function rename(element: Element, name: string): void {
  const value = element.getAttribute(name);
  if (value === null) return;
  element.removeAttribute(name);
  if (name === 'aria-label') element.setAttribute('class', `hurwitz-${value.replace(/[^a-z]+/gi, '-')}`);
}

/**
 * The tree as XML text. Ids get a prefix made from the content, so equal data give equal bytes (Plot counts its clip
 * paths over the life of the process) and different figures on one page never share an id.
 */
export function withContentIds(root: Element, document: Document): string {
  const serialise = serialiserOf(document);
  setIds(root, 'figure');
  setIds(root, `hurwitz-${hash(serialise(root))}`);
  return serialise(root);
}

/** The document's XMLSerializer; a document that has none, such as linkedom's in a worker, turns elements into text itself. */
function serialiserOf({ defaultView }: Document): (root: Element) => string {
  if (typeof defaultView?.XMLSerializer !== 'function') {
    return (root) => {
      root.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
      return root.outerHTML;
    };
  }
  const serialiser = new defaultView.XMLSerializer();
  return (root) => serialiser.serializeToString(root);
}

function setIds(root: Element, prefix: string): void {
  const ids = new Map<string, string>();
  for (const element of root.querySelectorAll('[id]')) {
    const id = `${prefix}-${ids.size}`;
    ids.set(element.id, id);
    element.setAttribute('id', id);
  }
  for (const element of [root, ...root.querySelectorAll('[clip-path]')]) {
    for (const name of ['clip-path', 'aria-labelledby', 'aria-describedby']) {
      const value = element.getAttribute(name);
      const id = value && ids.get(value.replace(/^url\(#(.*)\)$/, '$1'));
      if (id) element.setAttribute(name, name === 'clip-path' ? `url(#${id})` : id);
    }
  }
}

/** 64 bits as hexadecimal: FNV-1a beside a second multiplicative hash. Tells figures apart; not for security. */
function hash(text: string): string {
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
    b ^= b >>> 13;
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}
