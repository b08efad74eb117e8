/**
 * The demo ring's web sites. The first three are hand-made folders under public/demo; the rest are rendered from
 * more.json with one template, so that a ring of twelve still has twelve different neighbours.
 */
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

const DEMO_DIR = path.join(import.meta.dirname, '..', 'public', 'demo');

/** One site of the demo ring. */
export interface DemoSite {
  /** Its place in the ring, 0…11. */
  readonly index: number;
  /** Site id on the signed list: lower-case letters and hyphens. */
  readonly id: string;
  /** Plain text, not escaped; at most 24 UTF-16 units, what a classic gate label holds. */
  readonly name: string;
  /** Name for the folder that its pages are served from; one path segment. */
  readonly folder: string;
  /** First names for its wandering residents, in order of arrival; at most 8 UTF-16 units each. */
  readonly residents: readonly string[];
}

const HAND_MADE = [
  { id: 'moss-and-ink', name: 'Moss & Ink', residents: ['Fern', 'Bryony', 'Alder', 'Linnet', 'Hazel', 'Soot'] },
  { id: 'lantern-diary', name: 'Lantern Diary', residents: ['Wick', 'Tilda', 'Ember', 'Moth', 'Vesper', 'Otto'] },
  { id: 'quay', name: 'Quay', residents: ['Skerry', 'Mara', 'Pike', 'Tern', 'Cleat', 'Jonah'] },
] as const;

/** Goes unquoted into a style sheet or an attribute, so each has a closed alphabet. */
const color = z.string().regex(/^#[0-9a-f]{6}$/);
const pair = z.strictObject({ light: color, dark: color });
const templated = z.array(
  z.strictObject({
    id: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
    name: z.string().min(1).max(24),
    tagline: z.string().min(1).max(120),
    residents: z.array(z.string().min(1).max(8)).min(3).max(12),
    layout: z.enum(['column', 'split', 'cards']),
    font: z.string().regex(/^[\w ,'-]+$/),
    paper: pair,
    accent: pair,
    mark: z.string().regex(/^[MmLlHhVvCcSsQqTtAaZz0-9 .,-]+$/),
    posts: z
      .array(
        z.strictObject({
          title: z.string().min(1),
          date: z.iso.date(),
          text: z.array(z.string().min(1)).min(1).max(4),
        }),
      )
      .min(2)
      .max(3),
  }),
);
type TemplatedSite = z.infer<typeof templated>[number];
type Post = TemplatedSite['posts'][number];

const MORE: readonly TemplatedSite[] = templated.parse(
  JSON.parse(readFileSync(path.join(DEMO_DIR, 'more.json'), 'utf8')),
);

/** All twelve sites in ring order. */
export const demoSites: readonly DemoSite[] = [...HAND_MADE, ...MORE].map(({ id, name, residents }, index) => ({
  index,
  id,
  name,
  folder: id,
  residents,
}));

/**
 * Writes the pages of one site into `outDir`, which is made when it is not there: `index.html`, `style.css` and
 * whatever else a hand-made site has. Files already there under those names are replaced.
 * @throws {RangeError} when there is no site of that index
 */
export async function renderDemoSite(index: number, outDir: string): Promise<void> {
  const site = demoSites[index];
  if (site === undefined) throw new RangeError(`no demo site ${index}`);
  await mkdir(outDir, { recursive: true });
  const more = MORE[index - HAND_MADE.length];
  if (more !== undefined) {
    const [html, css] = await Promise.all([templateText('more.html'), templateText('more.css')]);
    await writeFile(path.join(outDir, 'index.html'), pageOf(more, html));
    await writeFile(path.join(outDir, 'style.css'), paletteOf(more) + css);
    return;
  }
  const source = path.join(DEMO_DIR, site.folder);
  for (const file of await readdir(source)) await copyFile(path.join(source, file), path.join(outDir, file));
}

function templateText(file: string): Promise<string> {
  return readFile(path.join(DEMO_DIR, file), 'utf8');
}

function pageOf(site: TemplatedSite, template: string): string {
  const parts: Record<string, string> = {
    id: site.id,
    layout: site.layout,
    mark: site.mark,
    name: escapeHtml(site.name),
    tagline: escapeHtml(site.tagline),
    posts: site.posts.map(postOf).join('\n'),
  };
  // One pass, so that text which looks like a placeholder stays text.
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const part = parts[key];
    if (part === undefined) throw new Error(`the template asks for an unknown part: ${key}`);
    return part;
  });
}

function postOf(post: Post): string {
  return [
    '      <article>',
    `        <p class="date"><time datetime="${post.date}">${longDate(post.date)}</time></p>`,
    `        <h2>${escapeHtml(post.title)}</h2>`,
    ...post.text.map((text) => `        <p>${escapeHtml(text)}</p>`),
    '      </article>',
  ].join('\n');
}

function paletteOf(site: TemplatedSite): string {
  return [
    ':root {',
    `  --paper-light: ${site.paper.light};`,
    `  --paper-dark: ${site.paper.dark};`,
    `  --accent-light: ${site.accent.light};`,
    `  --accent-dark: ${site.accent.dark};`,
    `  --text: ${site.font};`,
    '}',
    '',
  ].join('\n');
}

const dateFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

function longDate(isoDate: string): string {
  return dateFormat.format(new Date(`${isoDate}T00:00:00Z`));
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
