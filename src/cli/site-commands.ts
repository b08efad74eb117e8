import { hashAdminToken, newAdminToken } from '../admin/admin-token.ts';
import { adminUrl } from '../admin/embed-snippet.ts';
import type { Settings } from '../config/settings.ts';
import { newSiteRecord, SHARING, type NewSite, type SiteRecord } from '../store/site-record.ts';
import { openStore, type Store } from '../store/store.ts';
import { DATA_DIR_HELP, DATA_DIR_OPTION } from './ring-options.ts';
import { UsageError, type Command, type CommandInput, type CommandOutcome } from './command.ts';

/** A site's own name is for its owner and for lists; what gates show is in the ring's documents. */
const SITE_NAME_MAX_CHARS = 80;

/** The sites that this square hosts. */
export const SITE_COMMANDS: readonly Command[] = [
  {
    name: 'site add',
    summary: 'host a site and print what goes into its pages',
    usage: '--name NAME --origin URL [--allow URL] [--key KEY] [--ring-site ID] [--sharing LEVEL] [...]',
    details: [
      '  --name NAME            for you and for lists, 1 to 80 characters',
      "  --origin URL           the site's web origin, whose pages may show the strip",
      '  --allow URL            a further origin (repeatable)',
      '  --key KEY              1 to 64 of A-Z, a-z, 0-9, "_" and "-" (default: a random one)',
      '  --ring-site ID         its id in the ring',
      `  --sharing LEVEL        what neighbours see: ${SHARING.join(', ')} (default: figures)`,
      '  --no-bot-protection    newcomers join without proving some work first',
      DATA_DIR_HELP,
    ],
    options: {
      name: { type: 'string' },
      origin: { type: 'string' },
      allow: { type: 'string', multiple: true },
      key: { type: 'string' },
      'ring-site': { type: 'string' },
      sharing: { type: 'string' },
      'no-bot-protection': { type: 'boolean' },
      ...DATA_DIR_OPTION,
    },
    words: [0, 0],
    run(input) {
      const drafted = draftSite(input);
      const settings = input.settings();
      return drafted.ok ? withStore(settings, (store) => addSite(store, settings, drafted.site)) : drafted;
    },
  },
  {
    name: 'site list',
    summary: 'list the hosted sites',
    usage: '[--data-dir DIR]',
    details: [DATA_DIR_HELP],
    options: DATA_DIR_OPTION,
    words: [0, 0],
    run: (input) => withStore(input.settings(), (store) => listSites(store.sites())),
  },
  {
    name: 'site token',
    summary: "give a site's owner a new admin token; the one before is worth nothing from then on",
    usage: 'KEY',
    details: ['  KEY                    as `site list` prints it', DATA_DIR_HELP],
    options: DATA_DIR_OPTION,
    words: [1, 1],
    run: (input) => withStore(input.settings(), (store) => renewToken(store, input.settings(), input.words[0] ?? '')),
  },
  {
    name: 'site notes',
    summary: "let whoever is alone in the ring leave notes on a site's board, or take them all down",
    usage: 'KEY on|off',
    details: ['  KEY                    as `site list` prints it', DATA_DIR_HELP],
    options: DATA_DIR_OPTION,
    words: [2, 2],
    run(input) {
      const [key = '', wish] = input.words;
      if (wish !== 'on' && wish !== 'off') throw new UsageError('after the key comes on or off');
      return withStore(input.settings(), (store) => setNotes(store, key, wish === 'on'));
    },
  },
  {
    name: 'site remove',
    summary: 'stop hosting a site',
    usage: 'KEY',
    details: ['  KEY                    as `site list` prints it', DATA_DIR_HELP],
    options: DATA_DIR_OPTION,
    words: [1, 1],
    run: (input) => withStore(input.settings(), (store) => removeSite(store, input.words[0] ?? '')),
  },
];

/** What the owner puts into a page. The links are for visitors without script. */
export function embedSnippet(squareOrigin: string, { key, ringSite }: Pick<SiteRecord, 'key' | 'ringSite'>): string {
  const link = (way: 'prev' | 'next', words: string): string =>
    `<a href="${squareOrigin}/ring/${way}?from=${ringSite ?? ''}">${words}</a>`;
  const links = ringSite === null ? '' : `${link('prev', 'previous site')} ${link('next', 'next site')}`;
  return [
    `<script type="module" src="${squareOrigin}/townring.js"></script>`,
    `<town-square href="${squareOrigin}" site="${key}">${links}</town-square>`,
  ].join('\n');
}

function draftSite(
  input: CommandInput,
): { readonly ok: true; readonly site: NewSite } | Extract<CommandOutcome, { readonly ok: false }> {
  const problems: string[] = [];
  const name = input.required('name').trim();
  if (name === '' || name.length > SITE_NAME_MAX_CHARS || /\p{Cc}/u.test(name)) {
    problems.push(`name: 1 to ${SITE_NAME_MAX_CHARS} characters on one line`);
  }
  const origin = originFrom(input.required('origin'), 'origin', problems);
  const allowedOrigins = input.all('allow').map((text) => originFrom(text, 'allow', problems));
  const key = input.text('key');
  if (key !== undefined && !/^[\w-]{1,64}$/.test(key)) problems.push('key: 1 to 64 of A-Z, a-z, 0-9, "_" and "-"');
  const ringSite = input.text('ring-site');
  if (ringSite !== undefined && !/^[a-z0-9-]{1,32}$/.test(ringSite))
    problems.push('ring-site: 1 to 32 of a-z, 0-9 and "-"');
  const level = input.text('sharing');
  const sharing = SHARING.find((known) => known === level);
  if (level !== undefined && sharing === undefined) throw new UsageError(`--sharing is one of ${SHARING.join(', ')}`);
  if (problems.length > 0) return { ok: false, problems };
  const site: NewSite = {
    name,
    origin,
    allowedOrigins,
    ...(key === undefined ? {} : { key }),
    ...(ringSite === undefined ? {} : { ringSite }),
    ...(sharing === undefined ? {} : { sharing }),
    isBotProtected: !input.flag('no-bot-protection'),
  };
  return { ok: true, site };
}

function addSite(store: Store, settings: Settings, draft: NewSite): CommandOutcome {
  const site = newSiteRecord(draft, Date.now());
  const { key, name, origin, ringSite } = site;
  if (store.find(key) !== undefined) return refused(`the key ${key} is taken`);
  const holder = store.sites().find((other) => ringSite !== null && other.ringSite === ringSite);
  if (holder !== undefined) return refused(`the ring site ${ringSite} is ${holder.key} already`);
  try {
    store.addSite(site);
  } catch (err) {
    return refused(err instanceof Error ? err.message : String(err));
  }
  const snippet = embedSnippet(squareOriginOf(settings), site);
  return {
    ok: true,
    lines: [`Site "${name}" is ${key}, for pages of ${origin}. Put this into them:`, '', snippet],
    json: { site: publicFacts(site), snippet },
  };
}

function listSites(sites: readonly SiteRecord[]): CommandOutcome {
  const lines = sites.map(({ key, name, origin, ringSite }) =>
    [key, name, origin, ...(ringSite === null ? [] : [`ring site ${ringSite}`])].join('  '),
  );
  return {
    ok: true,
    lines: lines.length === 0 ? ['No hosted sites; visitors of the shared scene need none.'] : lines,
    json: { sites: sites.map((site) => publicFacts(site)) },
  };
}

function renewToken(store: Store, settings: Settings, key: string): CommandOutcome {
  const site = store.find(key);
  if (site === undefined) return refused(`there is no site ${JSON.stringify(key)}`);
  const adminToken = newAdminToken();
  store.changeSite(key, { adminTokenHash: hashAdminToken(adminToken) });
  const url = adminUrl(squareOriginOf(settings), adminToken);
  return {
    ok: true,
    lines: [`The owner of "${site.name}" signs in with this token, which is shown only now:`, '', adminToken],
    json: { key, adminToken, adminUrl: url },
  };
}

function setNotes(store: Store, key: string, hasNotes: boolean): CommandOutcome {
  const site = store.find(key);
  if (site === undefined) return refused(`there is no site ${JSON.stringify(key)}`);
  store.changeSite(key, { hasNotes, ...(!hasNotes && { notes: [] }) });
  const words = hasNotes
    ? `Whoever is alone in the ring may leave a note on the board of "${site.name}".`
    : `No notes hang on the board of "${site.name}" any more.`;
  return { ok: true, lines: [words], json: { key, notes: hasNotes } };
}

function squareOriginOf({ PUBLIC_ORIGIN, HOST, PORT }: Settings): string {
  return PUBLIC_ORIGIN ?? `http://${HOST}:${PORT}`;
}

function removeSite(store: Store, key: string): CommandOutcome {
  const site = store.find(key);
  if (site === undefined || !store.removeSite(key)) return refused(`there is no site ${JSON.stringify(key)}`);
  return { ok: true, lines: [`Site "${site.name}" is no longer hosted.`], json: { removed: key } };
}

function publicFacts({ key, name, origin, allowedOrigins, ringSite, sharing }: SiteRecord): Record<string, unknown> {
  return { key, name, origin, allowedOrigins, ringSite, sharing };
}

function originFrom(text: string, option: string, problems: string[]): string {
  const url = URL.parse(text);
  const isWeb = url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
  if (isWeb && url.href === `${url.origin}/`) return url.origin;
  problems.push(`${option}: ${JSON.stringify(text.slice(0, 120))} is not a web origin like https://site.example`);
  return '';
}

/** One change at a time; a running square sees it within a second. */
function withStore(settings: Settings, run: (store: Store) => CommandOutcome): CommandOutcome {
  const store = openStore(settings.DATA_DIR);
  try {
    return run(store);
  } finally {
    store.close();
  }
}

function refused(problem: string): CommandOutcome {
  return { ok: false, problems: [problem] };
}
