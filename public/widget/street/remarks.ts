/** What there is to say of the street and its neighbours, when nothing presses. Pure. */
import { isQuiet } from '../../../src/protocol/quiet.ts';
import { CROWD_MIN, type NoticeInput, type Remark } from '../model/notice.ts';
import type { StreetWords } from './street-words.ts';

const SIDES = ['left', 'right'] as const;

export function remarkOn({ gates, people }: NoticeInput, words: StreetWords): Remark | undefined {
  for (const side of SIDES) {
    const { past: [past] = [], name = '' } = gates?.[side] ?? {};
    if (past === undefined) continue;
    return { text: words(side === 'left' ? 'asleepLeft' : 'asleepRight', { past, name }), isAnnounced: true };
  }
  if (SIDES.some((side) => gates?.[side]?.state === 'dim')) return { text: words('partLost'), isAnnounced: true };
  if (people >= CROWD_MIN) return { text: words('crowd', { n: people }), isAnnounced: false };
  return people === 1 ? { text: alone(gates, words), isAnnounced: false } : undefined;
}

/** Nobody here: where the others are. */
function alone(gates: NoticeInput['gates'], words: StreetWords): string {
  const hills = SIDES.map((side) => ({ side, gate: gates?.[side] }))
    .filter(({ gate }) => gate?.state === 'live' && (gate.count ?? 0) > 0)
    .sort((a, b) => (b.gate?.count ?? 0) - (a.gate?.count ?? 0));
  const [most] = hills;
  const key = most?.side === 'left' ? 'overLeft' : 'overRight';
  const beyond = most === undefined ? '' : ` ${words(key, { n: most.gate?.count ?? 0 })}`;
  return words(gates !== undefined && isQuiet(gates) ? 'quiet' : 'alone') + beyond;
}
