import { ProofOfWork, SALT_BYTES } from '../moderation/proof-of-work.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { InitMessage } from '../protocol/frames.ts';
import type { SiteDirectory } from '../scene/site.ts';
import type { SceneRandom } from '../scene/types.ts';
import type { RealtimeMetrics } from './deps.ts';
import { OutgoingFrame } from './encode.ts';
import type { LiveConnection } from './live-connection.ts';

export interface DoorkeeperDeps {
  readonly sites: SiteDirectory;
  readonly random: SceneRandom;
  readonly metrics: RealtimeMetrics;
  /** Zero bits that bot-protected sites ask of newcomers; 0: none. */
  readonly proofOfWorkBits: number;
}

/** Bot-protected sites let nobody in who has not worked for it; an `init` waits until then. Counts `proof` (asked, proven, wrong). */
export class Doorkeeper {
  readonly #deps: DoorkeeperDeps;

  constructor(deps: DoorkeeperDeps) {
    this.#deps = deps;
  }

  /** @returns whether the `init` may go on; otherwise it is kept until `judge` gives it back */
  mayEnter(connection: LiveConnection, init: InitMessage): boolean {
    const { proofOfWorkBits: difficulty, sites, random, metrics } = this.#deps;
    const { sceneKey, isHosted } = connection.ticket;
    const isAsked = isHosted && difficulty > 0 && sites.find(sceneKey)?.isBotProtected === true;
    if (!isAsked || connection.proof?.isProven === true) return true;
    const salt = Buffer.from(random.bytes(SALT_BYTES)).toString('hex');
    connection.proof ??= new ProofOfWork();
    connection.proof.ask(salt, difficulty, init);
    metrics.count('proof', 'asked');
    connection.send(new OutgoingFrame({ type: 'challenge', salt, difficulty }));
    return false;
  }

  /** @returns the `init` that waited for this proof */
  judge(connection: LiveConnection, nonce: string | undefined): InitMessage | undefined {
    const answered = connection.proof?.answer(nonce);
    if (answered === undefined || answered.kind === 'not-asked') return undefined;
    this.#deps.metrics.count('proof', answered.kind);
    if (answered.kind !== 'wrong') return answered.held;
    connection.close(CLOSE.challengeFailed);
    return undefined;
  }
}
