import { createOperatorLink, LINK_LIFE_MS } from '../admin/operator-sign-in.ts';
import { openStore } from '../store/store.ts';
import type { Command } from './command.ts';

/** The way into the square's own admin pages. */
export const OPERATOR_COMMANDS: readonly Command[] = [
  {
    name: 'admin',
    summary: "print a link that signs this square's operator in",
    usage: '[--data-dir DIR]',
    details: [
      `  The link is good once, for ${LINK_LIFE_MS / 60_000} minutes; a new one ends the one before.`,
      "  --data-dir DIR         this square's data folder (DATA_DIR)",
    ],
    options: { 'data-dir': { type: 'string' } },
    words: [0, 0],
    run(input) {
      const settings = input.settings();
      const store = openStore(settings.DATA_DIR);
      try {
        const origin = settings.PUBLIC_ORIGIN ?? `http://${settings.HOST}:${settings.PORT}`;
        const link = `${origin}/admin/ring#${createOperatorLink(store, Date.now())}`;
        return { ok: true, lines: [link], json: { link } };
      } finally {
        store.close();
      }
    },
  },
];
