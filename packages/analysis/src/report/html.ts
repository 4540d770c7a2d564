import type { Section } from '@hurwitz/training';

const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --muted: #5b6570; --line: #d8dee4; --page: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --muted: #9aa5b1; --line: #30363d; --page: #0f1318; } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.7rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
p { max-width: 46rem; } .muted { color: var(--muted); }
figure { margin: 1rem 0; } figure svg { max-width: 100%; height: auto; display: block; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; white-space: normal; vertical-align: bottom; } td.text { white-space: normal; min-width: 14rem; } code { font-size: .9em; }`;

/** Makes text safe inside HTML. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] as string);
}

/** One page with everything in it: no script, no file beside it. */
export function htmlPage({
  title,
  lead,
  sections,
}: {
  title: string;
  lead: string;
  sections: Section[];
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}
</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p class="muted">${escapeHtml(lead)}</p>
${sections.map(sectionHtml).join('\n')}
</body>
</html>
`;
}

function sectionHtml({ title, text, table, figures }: Section): string {
  const parts = [`<h2>${escapeHtml(title)}</h2>`];
  if (text !== undefined) parts.push(`<p>${escapeHtml(text)}</p>`);
  if (table !== undefined) parts.push(tableHtml(table));
  for (const { svg } of figures ?? []) parts.push(`<figure>${svg.replace(/<\?xml[^>]*\?>/, '')}</figure>`);
  return `<section>${parts.join('\n')}</section>`;
}

function tableHtml({ columns, rows }: NonNullable<Section['table']>): string {
  const head = columns.map((name) => `<th>${escapeHtml(name)}</th>`).join('');
  const cell = (text: string): string =>
    `<td${text.length > 40 ? ' class="text"' : ''}>${escapeHtml(text)}</td>`;
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead>\n<tbody>${body}</tbody></table></div>`;
}
