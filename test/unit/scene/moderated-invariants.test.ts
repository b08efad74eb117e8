import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import type { ClientMessage, ServerFrame } from '../../../src/protocol/frames.ts';
import type { AdminAction } from '../../../src/scene/admin-action.ts';
import { rulesOf } from '../../../src/scene/scene.ts';
import { SceneRig } from '../../support/scene-rig.ts';
import { buildSite } from '../../support/site-builder.ts';

type Deed =
  | { readonly do: 'join'; readonly who: number; readonly browser: number }
  | { readonly do: 'watch'; readonly who: number }
  | { readonly do: 'close'; readonly who: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'send'; readonly who: number; readonly message: ClientMessage }
  | { readonly do: 'admin'; readonly action: AdminAction };

const who = fc.integer({ min: 0, max: 5 });
const visitorId = fc.integer({ min: 1, max: 8 });
const position = fc.double({ min: 0, max: 1, noNaN: true });
const message: fc.Arbitrary<ClientMessage> = fc.oneof(
  { weight: 3, arbitrary: position.map((x) => ({ type: 'move' as const, x })) },
  fc.constantFrom('bench', 'tree').map((propId) => ({ type: 'settle' as const, propId })),
  fc.string({ minLength: 1, maxLength: 5 }).map((text) => ({ type: 'say' as const, text })),
  fc.boolean().map((typing) => ({ type: 'typing' as const, typing })),
  fc.constantFrom('Ada', 'Ben').map((displayName) => ({ type: 'profile' as const, displayName, color: '#c8641f' })),
  fc.boolean().map((readingActive) => ({ type: 'reading' as const, readingActive, widgetVisible: true })),
);
const action: fc.Arbitrary<AdminAction> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ action: fc.constantFrom('hideVisitor' as const, 'unhideVisitor' as const), visitorId }),
  },
  fc.record({
    action: fc.constantFrom(
      'hideVisitor' as const,
      'unhideVisitor' as const,
      'muteVisitor' as const,
      'kickVisitor' as const,
      'blockVisitor' as const,
    ),
    visitorId,
  }),
  fc.record({ action: fc.constant('setOwnerVisitor' as const), visitorId, owner: fc.boolean() }),
  fc.record({
    action: fc.constant('updateCustomization' as const),
    sceneConfig: fc.record({ benches: fc.integer({ min: 0, max: 2 }), trees: fc.integer({ min: 0, max: 1 }) }),
  }),
  fc.record({
    action: fc.constant('setPluginEnabled' as const),
    name: fc.constant('weather'),
    enabled: fc.boolean(),
  }),
);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('join' as const), who, browser: fc.integer({ min: 0, max: 3 }) }),
  },
  fc.record({ do: fc.constant('watch' as const), who }),
  fc.record({ do: fc.constant('close' as const), who }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 2_000 }) }),
  { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const), who, message }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('admin' as const), action }) },
);

/** What one connection believes of its square from the frames alone, as a widget would. */
class Onlooker {
  readonly present: Set<number>;
  readonly birds: Set<number>;

  constructor(present: readonly number[], birds: readonly number[]) {
    this.present = new Set(present);
    this.birds = new Set(birds);
  }

  see(frame: ServerFrame): void {
    switch (frame.type) {
      case 'join':
        assert.ok(!this.present.has(frame.peer.id), 'joined twice');
        this.present.add(frame.peer.id);
        break;
      case 'leave':
        assert.ok(this.present.delete(frame.id), 'somebody unknown left');
        break;
      case 'bird':
        if (frame.action === 'spawn') this.birds.add(frame.id);
        else assert.ok(this.birds.delete(frame.id), 'an unknown bird fled');
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
    }
  }
}

test('31, 34: whatever owners do while people come and go, nobody sees a hidden visitor but their own tabs, and nobody twice', () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 80, size: 'max' }), (deeds) => {
      const rig = new SceneRig({
        rules: rulesOf(buildSite(), 0),
        tuning: {
          birds: { firstSpawnMs: 500, spawnMinMs: 1_000, spawnMaxMs: 2_000 },
          inactiveMs: 5_000,
          minVisitMs: 900,
          initTimeoutMs: 1_500,
        },
      });
      const secrets = new Map<number, string>();
      const open = new Map<number, { readonly connection: number; readonly sees: Onlooker; readonly self?: number }>();
      let connections = 0;
      let closedSeen = 0;
      const look = (): void => {
        for (const { connection, sees } of open.values()) for (const frame of rig.take(connection)) sees.see(frame);
      };
      const hangUp = (person: number): void => {
        const connection = open.get(person)?.connection;
        if (connection === undefined) return;
        look();
        open.delete(person);
        rig.close(connection);
      };
      for (const each of deeds) {
        switch (each.do) {
          case 'wait':
            rig.advance(each.ms);
            break;
          case 'watch': {
            if (open.has(each.who)) break;
            connections += 1;
            const hello = rig.watch(connections);
            const sees = new Onlooker(
              hello.peers.map(({ id }) => id),
              hello.birds.map(({ id }) => id),
            );
            open.set(each.who, { connection: connections, sees });
            break;
          }
          case 'join': {
            if (open.has(each.who)) break;
            connections += 1;
            const browserId = each.browser === 0 ? '' : `browser${each.browser}`;
            rig.open(connections, undefined, `10.0.0.${each.who}`);
            rig.hear(connections, {
              type: 'init',
              browserId,
              browserSecret: secrets.get(each.browser) ?? '',
              displayName: '',
              color: '#5f6b73',
              readingActive: true,
              widgetVisible: true,
              ring: false,
              resident: false,
              beyondHill: true,
            });
            const [hello, ...rest] = rig.take(connections);
            if (hello?.type !== 'hello') {
              assert.equal(rig.closed.at(-1)?.reason.reason, 'blocked');
              rig.close(connections);
              break;
            }
            if (each.browser > 0) secrets.set(each.browser, hello.browserSecret);
            const sees = new Onlooker(
              [hello.id, ...hello.peers.map(({ id }) => id)],
              hello.birds.map(({ id }) => id),
            );
            for (const frame of rest) sees.see(frame);
            open.set(each.who, { connection: connections, sees, self: hello.id });
            break;
          }
          case 'close':
            hangUp(each.who);
            break;
          case 'send': {
            const connection = open.get(each.who)?.connection;
            if (connection !== undefined) rig.hear(connection, each.message);
            break;
          }
          case 'admin':
            rig.administer(each.action);
            break;
        }
        look();
        for (const { connection } of rig.closed.slice(closedSeen)) {
          for (const [person, { connection: theirs }] of open) if (theirs === connection) hangUp(person);
        }
        closedSeen = rig.closed.length;
        look();
        assert.ok(rig.scene.nextWakeAt === undefined || rig.scene.nextWakeAt > rig.now, 'overdue');
        const probe = new SceneProbe(rig);
        for (const { sees, self } of open.values()) {
          assert.deepEqual(sees.present, new Set([...probe.shown, ...(self === undefined ? [] : [self])]));
        }
      }
      for (const person of open.keys()) hangUp(person);
      rig.advance(10_000);
      assert.ok(rig.scene.isEmpty);
      assert.equal(rig.scene.nextWakeAt, undefined);
    }),
    { numRuns: 500 },
  );
});

/** What a newcomer who only watches would be shown at this moment. */
class SceneProbe {
  readonly shown: readonly number[];

  constructor(rig: SceneRig) {
    const connection = 1_000_000;
    this.shown = rig.watch(connection).peers.map(({ id }) => id);
    rig.close(connection);
  }
}
