/** Of a message, the longest piece without a space: a path, or what else stood on the command line. */
const [most, kept] = [160, 70];

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const controls = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

const shortEscapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A message on one line, whatever names it repeats: what a terminal would obey is shown as an escape, and what is very long is
 * cut in the middle.
 */
export function readable(text: string): string {
  return text
    .replace(
      controls,
      (char) => shortEscapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replace(/\S+/g, (piece) =>
      piece.length <= most ? piece : `${piece.slice(0, kept)}…${piece.slice(-kept)}`,
    );
}
