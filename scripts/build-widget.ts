/**
 * Bundles the widget: `townring.js`, which pages load, and what it fetches from beside itself later. Run as a script it
 * prints the sizes and fails over budget.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { MORE_WORDS } from '../public/widget/words/more-strings.ts';
import { NOTE_WORDS } from '../public/widget/notes/note-words.ts';
import { PANEL_WORDS } from '../public/widget/panels/panel-words.ts';
import { STREET_WORDS } from '../public/widget/street/street-words.ts';
import { BUILD_UNITS, CORE_WORDS, type WordFile } from '../public/widget/words/strings.ts';
import type { WordTable } from '../public/widget/words/words.ts';

/**
 * Most that each file may weigh, gzipped. Source: widget.md, section 17, where all of the widget is one file of 30,000 at
 * most and 24,000 if possible; what later files hold is needed by nobody before the first figure. The first one may weigh
 * what it does and a little more, so that it does not grow again.
 */
const MAX_GZIP_BYTES: Readonly<Record<string, number>> = {
  'townring.js': 27_250,
  'townring-more.js': 21_000,
  'townring-panels.js': 9_000,
  'townring-street.js': 5_300,
  // Source: widget.md, section 14.
  'townring-sound.js': 2_000,
  // Where visitors may leave notes.
  'townring-notes.js': 2_500,
  // Where a site has weather.
  'townring-weather.js': 2_000,
  // As much as a visitor who is alone may find worth it.
  'townring-alone.js': 3_000,
  // The counter has to be worth loading for one number.
  'townring-count.js': 2_000,
};
/** Each table of words. Source: widget.md, section 14. */
const WORDS_MAX_GZIP_BYTES = 1_500;

/** Files by name, as a square serves them. */
export type WidgetFiles = ReadonlyMap<string, Uint8Array>;

/**
 * Names of properties that stay inside the widget and are shortened in it, in both files alike. None of them may be a name
 * of the DOM, of the wire or of storage, nor be read by a quoted key; the browser tests run the shortened files.
 */
export const INTERNAL_NAMES = `
  acted activeAt actor actorOf addLine around arrive askIn atlas attend between camera captions changedAt choose
  clappedAt clock counted countsHeads depth drawFigure drawGround drawHill english events facing fallAsleep figure figureArt
  fillMenu frame furnish gapPx gateName gateOf gathered gestured glidedMs goToPage greeted handUntil happened hasActed hasCamera
  hasFirstLine hasGate hasHopped hasQueued hasRead hasSelf hasSound heard heightPx hoppingTo horizonPx horizons
  isActive isAlone isAnnounced isArriving isAsleep isAwaited isAway isBeyondHill isBreathless isCalm isDetail isFree
  isFull isGone isHidden isHiding isInView isLazy isLeaving isLive isLively isMine isMisty isNewcomer isOnScreen isOpen
  isOverlay isPageShared isPageShown isPhone isPlain isRemembered isResident isReturn isRunning isSeen isTyping
  isUnseen isVisible isWalking isWanted isWatching joined jumpedAt labels layers layout learn leaving lookAgain
  lostSince marginPx mayHop mayWait memory mistGoal movedAt nextEnd notice nowMs offered onAction onBreathless onChange onCount
  onHill onLamp onLine onMessage onPage onPageShown onPush onState onTick onUnseen outside palette peopleCount person
  personAt phase pixelRatio played plurals pointedId preferCalm preset profile pushed pushedMs recolor remarkNode
  resize restart reword ribbon scenery scenes screenX seatOffsets selfId selfLine selfUnits selfX sentAt sentX setTimer settings
  settleHalfWidth shade shownX sharesPage shiftMaxPx showBeyondHill showsHorizon showsPage shunned silhouette socketUrl source stamp
  stance standUp standing startsOnClick steer steps sway timers toGate toneReader unitsAt unlook wakeUp walkIn walker walkers
  walks wantSoon waveWord whenIdle widthPx wishes wording words world
`;

const ROOT = resolve(import.meta.dirname, '..');
/** What each file says. */
const ENGLISH: Readonly<Record<WordFile, WordTable>> = {
  townring: CORE_WORDS,
  'townring-street': STREET_WORDS,
  'townring-more': MORE_WORDS,
  'townring-panels': PANEL_WORDS,
  'townring-notes': NOTE_WORDS,
};
const LANGUAGES = join(ROOT, 'public/widget/words/languages');
/** Stands in the code for the build's name until that is known; as long as the name, so that source maps stay true. */
const NAMELESS = 'nameless-build--';

/**
 * The widget in memory, for tests that serve it themselves.
 * @throws when something does not build
 */
export async function bundleWidget(minify = true): Promise<WidgetFiles> {
  const core = await bundle('townring.ts', 'townring.js', minify);
  // Names that cross from one file to the other are shortened to the same.
  const street = await bundle('street/street.ts', 'townring-street.js', minify, core.names);
  const more = await bundle('more.ts', 'townring-more.js', minify, street.names);
  const panels = await bundle('panels/panels.ts', 'townring-panels.js', minify, more.names);
  const notes = await bundle('notes/notes.ts', 'townring-notes.js', minify, panels.names);
  const alone = await bundle('alone/solitude.ts', 'townring-alone.js', minify, more.names);
  const weather = await bundle('layers/weather.ts', 'townring-weather.js', minify, more.names);
  const proof = await bundle('net/proof-of-work.ts', 'townring-proof.js', minify);
  const sound = await bundle('sound/sounds.ts', 'townring-sound.js', minify);
  const count = await bundle('count.ts', 'townring-count.js', minify);
  const parts = [core, street, more, panels, notes, alone, weather, proof, sound, count];
  const files = new Map(parts.flatMap((one) => Array.from(one.files)));
  const hash = createHash('sha256');
  for (const content of files.values()) hash.update(content);
  const name = hash.digest('base64url').slice(0, NAMELESS.length);
  for (const [file, content] of files) {
    files.set(file, Buffer.from(Buffer.from(content).toString().replaceAll(NAMELESS, name)));
  }
  for (const [file, content] of await wordTables(name)) files.set(file, content);
  return files;
}

/** Style sheets are text to the minifier; their line ends are for whoever writes them. */
const TIGHT_STYLES: Plugin = {
  name: 'tight-styles',
  setup(esbuild) {
    esbuild.onLoad({ filter: /styles\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(/([;}])\n/g, '$1'),
      loader: 'ts',
    }));
  },
};

type Names = Record<string, string | false>;

async function bundle(
  entry: string,
  outfile: string,
  minify: boolean,
  names: Names = {},
): Promise<{ readonly files: WidgetFiles; readonly names: Names }> {
  const { outputFiles, mangleCache } = await build({
    absWorkingDir: ROOT,
    entryPoints: [`public/widget/${entry}`],
    outfile,
    bundle: true,
    write: false,
    format: 'esm',
    target: ['es2022'],
    minify,
    ...(minify && {
      plugins: [TIGHT_STYLES],
      mangleProps: new RegExp(`^(${INTERNAL_NAMES.trim().split(/\s+/).join('|')})$`),
      mangleCache: names,
    }),
    define: { TOWNRING_BUILD: JSON.stringify(NAMELESS) },
    sourcemap: 'linked',
    legalComments: 'none',
    logLevel: 'warning',
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  return { files, names: mangleCache ?? {} };
}

/**
 * `townring.de.json`, `townring-more.de.json` and their like: what each file says, without the names of the texts, in the
 * order of its English. The start of the build's name stands before them, since that order is the build's own.
 */
async function wordTables(buildName: string): Promise<WidgetFiles> {
  const files = new Map<string, Uint8Array>();
  for (const name of await readdir(LANGUAGES)) {
    if (!name.endsWith('.json')) continue;
    const table: WordTable = JSON.parse(await readFile(join(LANGUAGES, name), 'utf8'));
    for (const [file, english] of Object.entries(ENGLISH)) {
      const texts = Object.keys(english).map((key) => table[key]);
      files.set(`${file}.${name}`, Buffer.from(JSON.stringify([buildName.slice(0, BUILD_UNITS), ...texts])));
    }
  }
  return files;
}

export interface BuiltFile {
  readonly file: string;
  readonly rawBytes: number;
  readonly gzipBytes: number;
}

/**
 * @param options `outDir` receives the files; relative paths count from the project's root
 * @throws when a file is over its budget although it is minified, or does not build
 */
export async function buildWidget(
  options: { readonly outDir?: string; readonly minify?: boolean } = {},
): Promise<readonly BuiltFile[]> {
  const { outDir = 'dist/public', minify = true } = options;
  const folder = resolve(ROOT, outDir);
  const files = await bundleWidget(minify);
  await mkdir(folder, { recursive: true });
  const built: BuiltFile[] = [];
  for (const [name, content] of files) {
    await writeFile(join(folder, name), content);
    if (name.endsWith('.map')) continue;
    const gzipBytes = gzipSync(content, { level: 9 }).length;
    const most = maxGzipBytes(name);
    if (minify && gzipBytes > most) {
      throw new Error(`${name} weighs ${gzipBytes} bytes gzipped, more than ${most}`);
    }
    built.push({ file: join(folder, name), rawBytes: content.length, gzipBytes });
  }
  // What pages made for a classic server load.
  await buildModule('public/classic/townsquare.ts', join(folder, 'townsquare.mjs'));
  // What a widget of any kind fetches when a site has the add-on.
  await buildModule('public/plugins/soccer-ball.ts', join(folder, 'widget/plugins/soccer-ball.mjs'));
  await buildModule('public/map/map.ts', join(folder, 'map/map.js'));
  await buildModule('public/admin/ring/ring-admin.ts', join(folder, 'admin/ring/ring-admin.js'));
  await buildModule('public/admin/site/site-admin.ts', join(folder, 'admin/site/site-admin.js'));
  await buildModule('public/admin/register/register.ts', join(folder, 'admin/register/register.js'));
  await buildModule('public/admin/service/service-admin.ts', join(folder, 'admin/service/service-admin.js'));
  // For developers; no part of it is in what visitors load.
  await buildModule('public/lab/lab.ts', join(folder, 'lab/lab.js'));
  return built;
}

/** A module of its own beside the widget. */
async function buildModule(entry: string, outfile: string): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    target: ['es2022'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
}

/** @returns Infinity for files without a budget */
function maxGzipBytes(name: string): number {
  return name.endsWith('.json') ? WORDS_MAX_GZIP_BYTES : (MAX_GZIP_BYTES[name] ?? Infinity);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { file, rawBytes, gzipBytes } of await buildWidget()) {
    const name = basename(file);
    console.log(`${name}: ${rawBytes} bytes, ${gzipBytes} gzipped (at most ${maxGzipBytes(name)})`);
  }
}
