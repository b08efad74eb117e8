/** The square lab: the shipped widget, in every state, without a net. Served to developers only; see docs/run-a-square.md. */
import type { WireFrame } from '../../src/protocol/frames.ts';
import { drawBare, drawLab, node, type Bench, type Tape } from './controls.ts';
import { installFakeSocket, listenIn } from './fake-socket.ts';
import { LabSquare } from './lab-square.ts';
import { remember, stranger } from '../widget/model/me.ts';
import { Recorder, recordingFrom, type Recorded } from './recording.ts';
import { Replay } from './replay.ts';
import { seeded } from './seeded.ts';
import { setupFrom, type LabSetup } from './setup.ts';
import { StillClock } from './still-clock.ts';

/** A quarter past eight on a November evening. */
const EPOCH_MS = Date.UTC(2026, 10, 20, 20, 15);
/** A recording chosen on this page waits here for the page to load again. */
const KEPT = 'lab-recording';
const REPORT_MS = 1_000;
/** Paints of the browser within which its observers have reported. */
const SEEN_TURNS = 4;
const SAVED_WITHIN_MS = 60_000;

const query = new URLSearchParams(location.search);
const setup = setupFrom(location.search);
const clock = setup.atMs === undefined ? undefined : new StillClock(EPOCH_MS, isFetchingMore);
const asked = { sockets: 0 };
let received = { frames: 0, bytes: 0 };
const recorder = new Recorder();

/** One of the strip's further files is on its way: what it draws must not depend on how long that takes. */
function isFetchingMore(): boolean {
  const town = document.querySelector('town-square')?.shadowRoot?.querySelector<HTMLElement>('.town');
  const more = town?.dataset['more'];
  const { people, notes } = setup.state;
  const lacks = (selector: string): boolean =>
    people === 0 && more === 'here' && town?.querySelector(selector) === null;
  const hasCat = !setup.isCalm && !matchMedia('(prefers-reduced-motion)').matches;
  return more === 'coming' || (hasCat && lacks('.prints')) || (notes !== undefined && lacks('.offer'));
}

async function show(): Promise<void> {
  const replayed = await wantedRecording();
  Math.random = seeded(setup.seed);
  clock?.install();
  if (clock !== undefined) beKnown(!setup.state.isStranger);
  if (setup.state.asksForPrivacy) Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });
  if (query.get('transport') === 'real') listenIn(heard);
  else
    installFakeSocket({
      onFrame: heard,
      answer: (url, line) => {
        const isReturn = asked.sockets > 0;
        asked.sockets += 1;
        if (replayed !== undefined) return new Replay(replayed, line, Number(setup.speed));
        const square = new LabSquare(setup, line, url.searchParams.get('watch') === '1');
        return { opened: () => square.opened(isReturn), heard: (message) => square.heard(message) };
      },
    });
  const root = document.documentElement;
  root.dataset['theme'] = setup.theme;
  root.lang = setup.lang;
  root.dir = setup.dir;
  const bench = setup.isBare ? drawBare(setup) : drawLab(setup, tape);
  const widget = '/townring.js';
  await import(widget);
  const strip = stripFor(setup);
  bench.place.append(strip);
  if (clock === undefined || setup.atMs === undefined) reportOn(strip, bench);
  else {
    await connected(clock);
    await clock.advanceTo(setup.atMs);
  }
  root.dataset['lab'] = 'ready';
  Reflect.set(globalThis, 'labClock', clock);
}

function stripFor({ state, theme, lang, isCalm }: LabSetup): HTMLElement {
  const strip = node(
    'town-square',
    { theme, lang, ...(isCalm && { calm: '' }), ...state.attributes },
    ...(state.hasRing
      ? [
          node('a', { href: 'https://moss.example/' }, '← Moss & Ink'),
          node('a', { href: 'https://lantern.example/' }, 'Lantern Diary →'),
        ]
      : []),
  );
  return strip;
}

/** What the page remembers of its visitor, for pictures: somebody in a bobble hat, or nothing. */
function beKnown(isKnown: boolean): void {
  const me = { ...stranger(seeded(setup.seed)), look: { coat: 8, headwear: 5, carried: 1 } };
  if (isKnown) localStorage.setItem('townring', remember(me));
  else localStorage.removeItem('townring');
}

/** The strip looks after being on screen in real time; then it has asked for a socket, or waits for a click. */
async function connected(still: StillClock): Promise<void> {
  const most = setup.state.attributes['start'] === 'click' ? SEEN_TURNS : 200;
  for (let turns = 0; turns < SEEN_TURNS || (turns < most && asked.sockets === 0); turns += 1) await still.realTurn();
}

function heard(frame: WireFrame): void {
  received = { frames: received.frames + 1, bytes: received.bytes + JSON.stringify(frame).length };
  recorder.add(frame, performance.now());
}

function reportOn(strip: HTMLElement, bench: Bench): void {
  let before = received;
  setInterval(() => {
    const frames = received.frames - before.frames;
    const kilobytes = ((received.bytes - before.bytes) / 1_000).toFixed(1);
    before = received;
    const elements = strip.shadowRoot?.querySelectorAll('*').length ?? 0;
    const people = Number(Reflect.get(strip, 'people'));
    bench.report(
      `${people} on the street · ${elements} elements · ${frames} frames, ${kilobytes} kB in the last second · ${recorder.length} recorded`,
    );
  }, REPORT_MS);
}

const tape: Tape = {
  save() {
    const url = URL.createObjectURL(new Blob([recorder.text()], { type: 'application/json' }));
    node('a', { href: url, download: `${setup.state.id}.json` }).click();
    // Not at once: the browser reads it after the click.
    setTimeout(() => URL.revokeObjectURL(url), SAVED_WITHIN_MS);
  },
  open(file) {
    void file.text().then((text) => {
      if (recordingFrom(text) === undefined) {
        // oxlint-disable-next-line no-alert
        alert(`${file.name} is no recording of a square: a JSON array of {at, frame} that begins with a hello.`);
        return;
      }
      sessionStorage.setItem(KEPT, text);
      location.search = '?replay=kept';
    });
  },
};

/** `replay=kept` is a file opened on this page, any other word a recording that lies beside it. */
async function wantedRecording(): Promise<Recorded[] | undefined> {
  const name = query.get('replay');
  if (name === null || !/^[a-z-]{1,40}$/.test(name)) return undefined;
  if (name === 'kept') return recordingFrom(sessionStorage.getItem(KEPT) ?? '');
  const answer = await fetch(`scenes/${name}.json`);
  return answer.ok ? recordingFrom(await answer.text()) : undefined;
}

await show();
