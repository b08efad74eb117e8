/** A square that lies: it has a key, and if that stands in the list, links. What it says on them is made up here. */
import { sealSummary, type Summary } from '../../federation/presence/summary.ts';
import type { RingDocuments } from '../../federation/documents/types.ts';
import { encodeDocuments } from '../../federation/documents/document-set.ts';
import { createConduct } from '../../federation/node/conduct.ts';
import { DOCUMENTS_LIMITS, encodeDocumentsQuestion } from '../../federation/node/document-pull.ts';
import type { SquareKey } from '../../federation/node/identity.ts';
import { DOCUMENTS_PROTOCOL, OFFER_PROTOCOL, siteTopic, STATE_PROTOCOL } from '../../federation/node/topics.ts';
import { encodeOffer, OFFER_LIMITS } from '../../federation/passage/offer.ts';
import { decodeStateQuestion, sealStateAnswer, STATE_LIMITS } from '../../federation/presence/state-request.ts';
import { summaryOf } from '../support/presence-frames.ts';
import type { Chance } from './chance.ts';
import { NOON } from './virtual-machine.ts';
import type { Address, VirtualNetwork } from './virtual-network.ts';
import { VirtualNode } from './virtual-node.ts';
import type { VirtualTime } from './virtual-time.ts';

export const HOSTILE_ACTS = [
  'replay',
  'speak-for-others',
  'forge',
  'garbage',
  'oversize',
  'flood',
  'boast-of-versions',
  'contradict-itself',
  'ask-for-documents',
  'offer-in-bulk',
] as const;
export type HostileAct = (typeof HOSTILE_ACTS)[number];

/** Head counts from here on are lies. */
const LIES = 500_000;
const HEARD_MAX = 400;
const REDIAL_MS = 2_500;

export interface HostileSetup {
  readonly key: SquareKey;
  readonly address: Address;
  readonly site: string;
  readonly ringId: string;
  /** Old and present documents; it answers pulls with any of them, or parts. */
  readonly documents: readonly RingDocuments[];
  readonly victims: readonly { readonly square: string; readonly address: Address; readonly site: string }[];
}

export class HostileMember {
  readonly #setup: HostileSetup;
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  readonly #node: VirtualNode;
  /** Overheard, oldest first. Passed on only when it suits. */
  readonly #heard: { readonly topic: string; readonly bytes: Uint8Array }[] = [];
  readonly #documents: RingDocuments[];
  #seq = 0;

  constructor(setup: HostileSetup, time: VirtualTime, network: VirtualNetwork, chance: Chance) {
    this.#setup = setup;
    this.#time = time;
    this.#chance = chance;
    this.#documents = [...setup.documents];
    this.#node = new VirtualNode(
      { time, network, exec: (run) => run() },
      {
        key: setup.key,
        clock: {
          now: () => NOON + time.nowMs,
          monotonic: () => time.nowMs,
          setTimer: (run, delayMs) => time.after(delayMs, run),
        },
        log: { debug() {}, info() {}, warn() {}, error() {} },
        count() {},
        conduct: createConduct(() => 0),
        isMember: () => true,
        judge: (topic, _source, bytes) => {
          this.#heard.push({ topic, bytes });
          if (this.#heard.length > HEARD_MAX) this.#heard.shift();
          return 'ignore';
        },
        onLink: (square, isUp) => {
          if (isUp) this.act('boast-of-versions', square);
        },
        onListener() {},
      },
      { listen: [setup.address], announce: [] },
    );
  }

  async start(): Promise<void> {
    const { ringId, victims, key } = this.#setup;
    const node = this.#node;
    await node.start();
    node.setTopics(new Set(victims.map(({ site }) => siteTopic(ringId, site))));
    await node.answer(STATE_PROTOCOL, STATE_LIMITS, async (_square, bytes) => {
      const question = decodeStateQuestion(bytes);
      const overheard = this.#heard.slice(-2).map((message) => message.bytes);
      return question === undefined ? undefined : sealStateAnswer(question, [this.#lie({}), ...overheard], key);
    });
    await node.answer(DOCUMENTS_PROTOCOL, DOCUMENTS_LIMITS, async () => {
      const [a, b] = [this.#chance.oneOf(this.#documents), this.#chance.oneOf(this.#documents)];
      return this.#chance.happens(0.2) ? this.#chance.bytes(200) : encodeDocuments({ ...a, members: b.members });
    });
    this.#keepDialling();
  }

  /** Documents that were published: it keeps the old ones too. */
  learn(documents: RingDocuments): void {
    this.#documents.push(documents);
  }

  /** @param at a square; by default whichever */
  act(act: HostileAct, at?: string): void {
    const ends = this.#node.ends().filter((end) => at === undefined || end.square === at);
    if (ends.length === 0) return;
    const end = this.#chance.oneOf(ends);
    const { ringId, site, victims } = this.#setup;
    const victim = this.#chance.oneOf(victims);
    const say = (topic: string, bytes: Uint8Array): void => this.#node.sendGossip(end, topic, bytes);
    const ask = (protocol: string, question: Uint8Array, limits: typeof STATE_LIMITS): void =>
      void this.#node.ask(end.square, protocol, question, limits).catch(() => {});
    const own = siteTopic(ringId, site);
    const theirs = siteTopic(ringId, victim.site);
    switch (act) {
      case 'replay': {
        if (this.#heard.length === 0) return;
        for (let turn = 0; turn < 5; turn += 1) {
          const { topic, bytes } = this.#chance.oneOf(this.#heard);
          say(topic, bytes);
        }
        return;
      }
      case 'speak-for-others':
        say(theirs, this.#lie({ site: victim.site, epoch: 2 ** 40 }));
        return;
      case 'forge': {
        const bytes = Uint8Array.from(this.#heard.at(-1)?.bytes ?? this.#chance.bytes(300));
        bytes[this.#chance.whole(bytes.length)] = this.#chance.whole(256);
        say(theirs, bytes);
        return;
      }
      case 'garbage':
        say(theirs, this.#chance.bytes(1 + this.#chance.whole(1_200)));
        return;
      case 'oversize':
        say(theirs, new Uint8Array(1_025));
        return;
      case 'flood':
        for (let turn = 0; turn < 60; turn += 1) say(own, this.#lie({}));
        return;
      case 'boast-of-versions':
        say(own, this.#lie({ versions: { charter: 9, members: 999, beat: 999, head: 0 } }));
        return;
      case 'contradict-itself':
        say(own, this.#lie({}));
        this.#seq -= 1;
        say(own, this.#lie({ count: LIES + 1 }));
        return;
      case 'ask-for-documents':
        ask(
          DOCUMENTS_PROTOCOL,
          encodeDocumentsQuestion({
            ring: ringId,
            have: { charter: 1, members: this.#chance.whole(4) * 500, beat: 9, head: 0 },
          }),
          DOCUMENTS_LIMITS,
        );
        return;
      case 'offer-in-bulk':
        for (let turn = 0; turn < 30; turn += 1) {
          const plate = { name: 'Mallow', look: turn };
          const offer = { ring: ringId, plate, fromSite: site, toSite: victim.site, side: 'left' } as const;
          ask(OFFER_PROTOCOL, encodeOffer(offer), OFFER_LIMITS);
        }
    }
  }

  #lie(change: Partial<Summary>): Uint8Array {
    const { key, ringId, site } = this.#setup;
    const summary = summaryOf(site, {
      ring: ringId,
      epoch: 2 ** 35,
      seq: this.#seq,
      ts: NOON + Math.floor(this.#time.nowMs),
      count: LIES,
      ...change,
    });
    this.#seq += 1;
    return sealSummary(summary, key);
  }

  #keepDialling(): void {
    for (const { square, address } of this.#setup.victims) {
      if (this.#node.connectionCount(square) === 0) void this.#node.dial(square, [address], 4_000).catch(() => {});
    }
    this.#time.after(REDIAL_MS, () => this.#keepDialling());
  }
}
