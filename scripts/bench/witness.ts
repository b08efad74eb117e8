import { BenchClient, type Target } from './bench-client.ts';
import { Ledger } from './ledger.ts';
import { idIn, welcomeIn } from './soak-visitor.ts';

/** A visitor who stays in one scene and keeps the books of it. */
export interface Witness {
  /** The scene. */
  readonly target: Target;
  readonly client: BenchClient;
  readonly ledger: Ledger;
  readonly id: number;
  /** How often somebody sat down, or leaned. */
  sitters: number;
}

/** Joins an empty scene, so that every `join` in it is heard, and listens from then on. @throws Error when refused */
export async function placeWitness(target: Target): Promise<Witness> {
  const client = await BenchClient.open(target);
  const hello = welcomeIn(
    await client.join({ browserId: `witness-${target.path}`, readingActive: true, widgetVisible: true, x: 0.5 }),
  );
  if (hello === undefined) throw new Error('a witness was not let in');
  const witness: Witness = { target, client, ledger: new Ledger(), id: hello.id, sitters: 0 };
  client.read((payload) => hear(witness, payload));
  return witness;
}

function hear(witness: Witness, payload: Buffer): void {
  const frame: unknown = JSON.parse(payload.toString());
  if (typeof frame !== 'object' || frame === null || !('type' in frame)) return;
  const { ledger } = witness;
  const now = performance.now();
  const id = idIn(frame);
  if (frame.type === 'join' && 'peer' in frame) {
    const peer = idIn(frame.peer);
    if (peer !== undefined) ledger.joined(peer, now);
  } else if (frame.type === 'leave' && id !== undefined) {
    ledger.left(id, now);
  } else if (frame.type === 'say' && 'text' in frame && typeof frame.text === 'string') {
    // Malformed frames may say something too; theirs is not on the books.
    if (frame.text.startsWith('soak ')) ledger.heard(frame.text);
  } else if (frame.type === 'move' && 'propId' in frame && frame.propId !== null) {
    witness.sitters += 1;
  }
}
