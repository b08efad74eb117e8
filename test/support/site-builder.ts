import { sceneConfigFrom } from '../../src/protocol/scene-kit.ts';
import { UNTOUCHED_SITE, type Site } from '../../src/scene/site.ts';

/** A hosted site with nothing special about it. */
export function buildSite(changes: Partial<Site> = {}): Site {
  return {
    ...UNTOUCHED_SITE,
    key: 'site_moss',
    name: 'Moss & Ink',
    allowedOrigins: ['https://moss.example', 'https://www.moss.example'],
    isDisabled: false,
    isChatDisabled: false,
    chatThrottleMs: 500,
    connectionLimit: 100,
    scene: sceneConfigFrom({ benches: 1, benchXs: [0.5], trees: 0, lamps: 1 }),
    connections: [{ side: 'left', label: 'a friend', url: 'https://friend.example/' }],
    messageBoard: { enabled: true, x: 0.5, variant: 'corkboard', accent: '', title: 'Hello', body: 'Come in' },
    ...changes,
  };
}
