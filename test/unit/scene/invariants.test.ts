import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import type { ClientMessage, ServerFrame } from '../../../src/protocol/frames.ts';
import { SceneRig } from '../../support/scene-rig.ts';

type Deed =
  | {
      readonly do: 'join';
      readonly who: number;
      readonly browser: number;
      readonly knows: boolean;
      readonly ring: boolean;
    }
  | { readonly do: 'close'; readonly who: number }
  | { readonly do: 'depart'; readonly who: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'send'; readonly who: number; readonly message: ClientMessage };

const who = fc.integer({ min: 0, max: 5 });
const position = fc.double({ min: 0, max: 1, noNaN: true });
const message: fc.Arbitrary<ClientMessage> = fc.oneof(
  { weight: 4, arbitrary: position.map((x) => ({ type: 'move' as const, x })) },
  fc.constantFrom('bench', 'tree', 'lamp', 'nothing').map((propId) => ({ type: 'settle' as const, propId })),
  fc.record({
    type: fc.constant('action' as const),
    action: fc.constantFrom('jump', 'raise-hand', 'high-five', 'dance'),
    targetId: fc.integer({ min: -1, max: 8 }),
  }),
  fc.string({ minLength: 1, maxLength: 5 }).map((text) => ({ type: 'say' as const, text })),
  fc.boolean().map((typing) => ({ type: 'typing' as const, typing })),
  fc.boolean().map((beyondHill) => ({ type: 'privacy' as const, beyondHill })),
  fc.record({ type: fc.constant('reading' as const), readingActive: fc.boolean(), widgetVisible: fc.boolean() }),
  fc.record({
    type: fc.constant('profile' as const),
    displayName: fc.constantFrom('', 'Ada', 'Ben'),
    color: fc.constantFrom('#5f6b73', '#c8641f'),
    look: fc.integer({ min: -1, max: 600 }),
  }),
);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({
    do: fc.constant('join' as const),
    who,
    browser: fc.integer({ min: 0, max: 3 }),
    knows: fc.boolean(),
    ring: fc.boolean(),
  }),
  fc.record({ do: fc.constant('close' as const), who }),
  fc.record({ do: fc.constant('depart' as const), who }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 900 }) }),
  { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const), who, message }) },
);

/** What one connection believes of its square from the frames alone, as a widget would. */
class Onlooker {
  readonly present = new Set<number>();
  readonly lastMoveAt = new Map<number, number>();

  see(frame: ServerFrame): void {
    switch (frame.type) {
      case 'join':
        assert.ok(!this.present.has(frame.peer.id), 'joined twice');
        this.present.add(frame.peer.id);
        break;
      case 'leave':
        assert.ok(this.present.delete(frame.id), 'somebody unknown left');
        break;
      case 'move':
      case 'say':
      case 'action':
      case 'typing':
      case 'profile':
      case 'reading':
        assert.ok(this.present.has(frame.id), `${frame.type} of somebody who is not there`);
        break;
      default:
        assert.fail(`a broadcast ${frame.type}`);
    }
  }
}

test('whatever visitors do in whatever order, everybody sees the same square, and it ends when all have gone', () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 80 }), (deeds) => {
      const rig = new SceneRig();
      const secrets = new Map<number, string>();
      const onlookers = new Map<number, { connection: number; sees: Onlooker }>();
      const everyConnection: number[] = [];
      const look = (): void => {
        for (const { connection, sees } of onlookers.values())
          for (const frame of rig.take(connection)) sees.see(frame);
      };
      for (const each of deeds) {
        if (each.do === 'wait') {
          rig.advance(each.ms);
        } else if (each.do === 'join') {
          if (onlookers.has(each.who)) continue;
          const connection = everyConnection.push(each.who);
          const hello = rig.join(connection, {
            browserId: each.browser === 0 ? '' : `browser${each.browser}`,
            browserSecret: each.knows ? (secrets.get(each.browser) ?? '') : '',
            ring: each.ring,
          });
          secrets.set(each.browser, hello.browserSecret);
          const sees = new Onlooker();
          for (const id of [hello.id, ...hello.peers.map((peer) => peer.id)]) sees.present.add(id);
          onlookers.set(each.who, { connection, sees });
        } else {
          const connection = onlookers.get(each.who)?.connection;
          if (connection === undefined) continue;
          if (each.do === 'depart') rig.depart(connection, 'left');
          else if (each.do === 'send') rig.hear(connection, each.message);
          else {
            look();
            rig.close(connection);
            onlookers.delete(each.who);
          }
        }
        look();
        const presence = rig.scene.presence(rig.now);
        assert.equal(presence.count, rig.scene.visitorCount);
        for (const { sees } of onlookers.values()) {
          assert.deepEqual(sees.present, new Set(presence.figures.map(({ visitor }) => visitor)));
        }
        const seats = presence.figures.filter(({ pose }) => pose === 'sit' || pose === 'lean').map(({ x }) => x);
        assert.equal(new Set(seats).size, seats.length, 'two on one seat');
        assert.ok(rig.scene.nextWakeAt === undefined || rig.scene.nextWakeAt > rig.now, 'overdue');
      }
      for (const { connection } of onlookers.values()) rig.close(connection);
      rig.advance(6_000);
      assert.ok(rig.scene.isEmpty);
      assert.equal(rig.scene.nextWakeAt, undefined);
    }),
    { numRuns: 300 },
  );
});
