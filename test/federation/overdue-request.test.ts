/** A request to join that nobody answers: who is asked, and when. Real squares over loopback, a real web server for the documents. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { encodeRequestAnswer, type RequestAnswer } from '../../federation/governance/request.ts';
import type { RingDocuments } from '../../federation/documents/types.ts';
import { generateSquareKey } from '../../federation/node/identity.ts';
import { createLog } from '../../src/log/log.ts';
import { askRing, joiningsIn, keepJoining } from '../../src/ring/joining.ts';
import { memoryRecords } from '../support/memory-records.ts';
import { DAY_MS } from '../support/ring-documents.ts';
import { formRing, setUpSquares, startSquare } from '../support/ring-of-squares.ts';

const NOW = 1_795_435_200_000;
const log = createLog('silent');

/** Serves a ring's documents as a square's web origin does. */
async function serve(t: TestContext, ringId: string, { charters, members, beat }: RingDocuments): Promise<string> {
  const documents = new Map<string, unknown>([
    [`/.well-known/townring/${ringId}/charter.json`, charters],
    [`/.well-known/townring/${ringId}/members.json`, members],
    [`/.well-known/townring/${ringId}/beat.json`, beat],
  ]);
  const server = createServer((request, response) => {
    const document = documents.get(request.url ?? '');
    response.writeHead(document === undefined ? 404 : 200).end(JSON.stringify(document));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;
  return `http://127.0.0.1:${port}`;
}

/** A ring of three, of which a stranger asks the first. @param answers of each, by its name */
async function waitingAt(t: TestContext, answers: Readonly<Record<string, RequestAnswer | undefined>>) {
  const setups = await setUpSquares(t, ['moss', 'lantern', 'quay']);
  const ring = formRing(setups);
  const asked: string[] = [];
  for (const setup of setups) {
    await startSquare(t, setup, ring.documents, {
      answerRequest: async () => {
        asked.push(setup.name);
        const answer = answers[setup.name];
        return answer && encodeRequestAnswer(answer);
      },
    });
  }
  const [moss] = setups;
  assert.ok(moss !== undefined);
  const store = memoryRecords();
  const joining = {
    sealed: Buffer.from('a request').toString('base64'),
    square: moss.key.square,
    origin: await serve(t, ring.ringId, ring.documents),
    addrs: [...moss.draft.addrs],
    since: NOW,
  };
  keepJoining(store, ring.ringId, joining);
  const key = await generateSquareKey();
  const askAt = (now: number) =>
    askRing(
      {
        key,
        store,
        log,
        now: () => now,
        rings: { install: () => assert.fail('no documents came') },
      },
      ring.ringId,
      joining,
    );
  return { askAt, asked, isKept: () => joiningsIn(store).length === 1 };
}

test('for two weeks only the square that was asked first hears of a request, then every square of the ring', async (t) => {
  const { askAt, asked, isKept } = await waitingAt(t, {
    moss: { status: 'waiting' },
    lantern: { status: 'refused', reason: 'no keys here' },
    quay: { status: 'waiting' },
  });
  assert.deepEqual(await askAt(NOW + 14 * DAY_MS - 1), { status: 'waiting' });
  assert.deepEqual(asked, ['moss']);
  assert.deepEqual(await askAt(NOW + 14 * DAY_MS), { status: 'waiting' });
  assert.deepEqual(asked.slice(1).sort(), ['lantern', 'moss', 'quay'], 'one refusal does not end it');
  assert.equal(isKept(), true, 'and it is asked again');
});

test('an admin among them may decline, which ends it; who is away is passed over', async (t) => {
  const { askAt, asked, isKept } = await waitingAt(t, {
    moss: { status: 'waiting' },
    lantern: undefined,
    quay: { status: 'declined', reason: 'not for us' },
  });
  assert.deepEqual(await askAt(NOW + 15 * DAY_MS), { status: 'declined', reason: 'not for us' });
  assert.deepEqual(asked, ['moss', 'lantern', 'quay']);
  assert.equal(isKept(), false);
});
