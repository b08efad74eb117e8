/**
 * A square's federation in a process of its own, so that it can be killed. Takes its set-up as JSON in the first argument,
 * says `ready` on stdout, and ends with its stdin, so that it never outlives the test that started it.
 */
import { createRingService, loadSquareKey, TrustedRings } from '../../federation/index.ts';
import type { RingDocuments } from '../../federation/documents/types.ts';
import { memoryTrustedState } from './ring-documents.ts';

export interface ChildSetup {
  readonly keyFile: string;
  readonly port: number;
  readonly site: string;
  readonly epoch: number;
  readonly count: number;
  readonly documents: RingDocuments;
}

const setup: ChildSetup = JSON.parse(process.argv[2] ?? '');
const key = await loadSquareKey(setup.keyFile);
const rings = new TrustedRings(memoryTrustedState(), { self: key.square, allowPrivate: true });
const installed = rings.install(setup.documents, Date.now());
if (!installed.ok) throw new Error(installed.reason);
const service = createRingService(
  {
    key,
    rings,
    nextEpoch: () => setup.epoch,
    localSites: () => [
      {
        ringId: installed.ring.ringId,
        siteId: setup.site,
        sharing: 'figures',
        admitsGuests: true,
        letsVisitorsOut: true,
      },
    ],
    samplePresence: () => ({ count: setup.count, figures: [] }),
    filterPlate: (_site, plate) => plate,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    count() {},
  },
  { listen: [`/ip4/127.0.0.1/tcp/${setup.port}`] },
);
await service.start();
process.stdout.write('ready\n');
process.stdin.on('end', () => process.exit(0)).resume();
