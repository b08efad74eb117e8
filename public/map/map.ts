/**
 * Keeps the ring's page true while it is looked at: the page itself is fetched anew, and what changed of it exchanged. The
 * square renders it, with script or without; nothing is rendered here.
 */
const LOOK_EVERY_MS = 5_000;
/** After a failure the next look waits twice as long, up to this. */
const LOOK_MAX_MS = 60_000;

let waitMs = LOOK_EVERY_MS;
let timer: ReturnType<typeof setTimeout> | undefined;

const livePartsOf = (page: Document): Map<string, Element> =>
  new Map([...page.querySelectorAll('[data-live]')].map((part) => [part.getAttribute('data-live') ?? '', part]));

function exchange(next: Document): void {
  const [old, fresh] = [livePartsOf(document), livePartsOf(next)];
  const isSameRing = old.size === fresh.size && [...fresh.keys()].every((key) => old.has(key));
  const main = next.querySelector('main');
  if (!isSameRing && main !== null) {
    document.querySelector('main')?.replaceWith(document.adoptNode(main));
    return;
  }
  for (const [key, part] of fresh) {
    const before = old.get(key);
    if (before === undefined || before.outerHTML === part.outerHTML) continue;
    const after = document.adoptNode(part);
    after.classList.add('changed');
    before.replaceWith(after);
  }
}

async function look(): Promise<void> {
  try {
    const answer = await fetch(location.pathname);
    if (!answer.ok) throw new Error(String(answer.status));
    exchange(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    waitMs = LOOK_EVERY_MS;
  } catch {
    waitMs = Math.min(waitMs * 2, LOOK_MAX_MS);
  }
  document.documentElement.classList.toggle('stale', waitMs > LOOK_EVERY_MS);
  plan();
}

/** Nobody looks at a hidden page: it looks again when it is shown. */
function plan(): void {
  clearTimeout(timer);
  if (document.visibilityState === 'visible') timer = setTimeout(() => void look(), waitMs);
}

document.addEventListener('visibilitychange', () => {
  clearTimeout(timer);
  if (document.visibilityState === 'visible') void look();
});
plan();
