/** Bundles the widget into the one file that pages load. Run as a script it prints the sizes and fails over budget. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Most that the bundle may weigh, gzipped. Source: widget.md, section 17; the target is 24,000. */
export const WIDGET_MAX_GZIP_BYTES = 30_000;

export interface WidgetBundle {
  readonly file: string;
  readonly rawBytes: number;
  readonly gzipBytes: number;
}

/**
 * Names of properties that stay inside the bundle and are shortened in it (690 bytes gzipped). None of them may be a name
 * of the DOM, of the wire or of storage, nor be read by a quoted key; the browser tests run the shortened bundle.
 */
const INTERNAL_NAMES = `
  countsHeads mayWait isInView lookAgain facing settleHalfWidth seatOffsets phase depth someone passing preset walks camera leaving standing
  activeAt actorOf carriedNames changedAt clappedAt coatNames composerOffline composerTo drawGround
  drawHill drawHills enterAs firstVisit forget gapPx gateName gateOf glidedMs handUntil hasCamera hasGate hasQueued
  headwearNames heightPx helpKeys hoppingTo horizonPx isActive isAnnounced isAsleep isBeyondHill isCalm isDetail
  isFull isLazy isLeaving isLively isMine isMisty isOpen isPageShared isPhone isPlain isRemembered isResident
  isReturn isRunning isTyping isVisible isWalking isWatching jumpedAt leftToward logEmpty logNew lostSince
  lostTrying marginPx mayHop menuPanel mistGoal moreTalk moreTalkLabel movedAt nameHint nextEnd nowMs onChange
  onMessage onPush onState outOfSight overHill pageKept pageShared peopleButton peopleCount peopleMore
  peoplePanel personAt pixelRatio pointedId preferCalm pushedMs recolor screenX seeHere seeHereText seeHill
  seeHillGrey seeHillNumber selfId selfLine selfX sentAt sentX setTimer sharesPage shiftMaxPx showBeyond
  showsHorizon socketUrl stageLazy standUp startsOnClick sway toGate tryNow unitsAt walkIn walkOn walkTo walker
  actor clock layout refresh palette composer horizons walkingTo whatOthersSee widthPx withYou youAlone
`;

const ROOT = resolve(import.meta.dirname, '..');

/** The bundle in memory, for tests that serve it themselves. */
export async function bundleWidget(minify = true): Promise<{ readonly code: Uint8Array; readonly map: Uint8Array }> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['public/widget/townring.ts'],
    outfile: 'townring.js',
    bundle: true,
    write: false,
    format: 'esm',
    target: ['es2022'],
    minify,
    ...(minify && { mangleProps: new RegExp(`^(${INTERNAL_NAMES.trim().split(/\s+/).join('|')})$`) }),
    sourcemap: 'linked',
    legalComments: 'none',
    logLevel: 'warning',
  });
  const code = outputFiles.find((file) => file.path.endsWith('.js'))?.contents;
  const map = outputFiles.find((file) => file.path.endsWith('.map'))?.contents;
  if (code === undefined || map === undefined) throw new Error('esbuild gave no bundle');
  return { code, map };
}

/**
 * @param options `outDir` receives `townring.js` and its source map; relative paths count from the project's root
 * @throws when the bundle is over {@link WIDGET_MAX_GZIP_BYTES} although it is minified, or does not build
 */
export async function buildWidget(
  options: { readonly outDir?: string; readonly minify?: boolean } = {},
): Promise<WidgetBundle> {
  const { outDir = 'dist/public', minify = true } = options;
  const folder = resolve(ROOT, outDir);
  const { code, map } = await bundleWidget(minify);
  const gzipBytes = gzipSync(code, { level: 9 }).length;
  if (minify && gzipBytes > WIDGET_MAX_GZIP_BYTES) {
    throw new Error(`the widget weighs ${gzipBytes} bytes gzipped, more than ${WIDGET_MAX_GZIP_BYTES}`);
  }
  await mkdir(folder, { recursive: true });
  // What the widget fetches when a site asks for proof of work; see `public/widget/net/challenge.ts`.
  await buildModule('public/widget/net/proof-of-work.ts', join(folder, 'townring-proof.js'));
  // What pages made for a classic server load.
  await buildModule('public/classic/townsquare.ts', join(folder, 'townsquare.mjs'));
  // What a widget of any kind fetches when a site has the add-on.
  await buildModule('public/plugins/soccer-ball.ts', join(folder, 'widget/plugins/soccer-ball.mjs'));
  await buildModule('public/map/map.ts', join(folder, 'map/map.js'));
  // For developers; no part of it is in what visitors load.
  await buildModule('public/lab/lab.ts', join(folder, 'lab/lab.js'));
  const file = join(folder, 'townring.js');
  await writeFile(file, code);
  await writeFile(`${file}.map`, map);
  return { file, rawBytes: code.length, gzipBytes };
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { file, rawBytes, gzipBytes } = await buildWidget();
  console.log(`${file}: ${rawBytes} bytes, ${gzipBytes} gzipped (at most ${WIDGET_MAX_GZIP_BYTES})`);
}
