/**
 * A square as another team would write it: from docs/protocol.md and public libraries alone. Nothing of `federation/` or `src/`
 * is imported here, so that what the document does not say, this does not know.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { gossipsub, StrictNoSign, type GossipSub } from '@chainsafe/libp2p-gossipsub';
import { decode, encode } from '@ipld/dag-cbor';
import { privateKeyFromProtobuf, publicKeyFromRaw } from '@libp2p/crypto/keys';
import { identify, type Identify } from '@libp2p/identify';
import type { Libp2p, PrivateKey, Stream } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import { ping, type Ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { z } from 'zod';

const envelopeSchema = z.object({
  type: z.string(),
  payload: z.string(),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })),
});
const charterSchema = z.object({
  keys: z.record(z.string(), z.object({ public: z.string() })),
  roles: z.object({
    admin: z.object({ keyids: z.array(z.string()), threshold: z.number() }),
    online: z.object({ keyids: z.array(z.string()) }),
  }),
});
const beatSchema = z.object({
  version: z.number(),
  members: z.object({ version: z.number(), hash: z.string(), length: z.number() }),
});
const membersSchema = z.object({
  members: z.array(
    z.object({ square: z.string(), addrs: z.array(z.string()), sites: z.array(z.object({ id: z.string() })) }),
  ),
});
const summarySchema = z.object({
  d: z.literal('townring/summary/1'),
  s: z.string(),
  e: z.number(),
  q: z.number(),
  h: z.number(),
  n: z.number().nullable(),
  f: z.array(z.tuple([z.instanceof(Uint8Array), z.number(), z.number(), z.number(), z.boolean()])),
  b: z.boolean(),
});

const bytesSchema = z.instanceof(Uint8Array);
const listSchema = z.array(z.unknown());
const sealedSchema = z.tuple([bytesSchema, bytesSchema, bytesSchema]);

type Members = z.infer<typeof membersSchema>['members'];
export type HeardSummary = z.infer<typeof summarySchema>;

export interface RingList {
  /** Hex. */
  readonly ring: string;
  readonly members: Members;
  /** Versions of charter, members, beat, and the first 32 bits of the list's SHA-256. */
  readonly versions: readonly [number, number, number, number];
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** Fetches the documents of a ring from one of its squares, and believes them only as far as they are signed. @throws when not */
export async function fetchList(origin: string, ring: string): Promise<RingList> {
  const read = async (name: string): Promise<unknown> =>
    (await fetch(`${origin}/.well-known/townring/${ring}/${name}.json`)).json();
  const charters = z
    .array(envelopeSchema)
    .parse(await read('charter'))
    .map((envelope) => open(envelope, 'charter'));
  const [first, last] = [charters[0], charters.at(-1)];
  if (first === undefined || last === undefined || sha256(first.payload).toString('hex') !== ring) {
    throw new Error('not the charter of this ring');
  }
  const { keys, roles } = charterSchema.parse(JSON.parse(last.payload.toString()));
  if (last.signedBy(keys, roles.admin.keyids) < roles.admin.threshold) throw new Error('charter not signed');
  const beat = open(envelopeSchema.parse(await read('beat')), 'beat');
  if (beat.signedBy(keys, roles.online.keyids) < 1) throw new Error('beat not signed');
  const { version, members: said } = beatSchema.parse(JSON.parse(beat.payload.toString()));
  const list = open(envelopeSchema.parse(await read('members')), 'members');
  const hash = sha256(list.payload);
  if (list.signedBy(keys, roles.admin.keyids) < 1) throw new Error('list not signed');
  if (hash.toString('hex') !== said.hash || list.payload.length !== said.length) throw new Error('another list');
  const { members } = membersSchema.parse(JSON.parse(list.payload.toString()));
  return { ring, members, versions: [charters.length, said.version, version, hash.readUInt32BE()] };
}

function open({ type, payload, signatures }: z.infer<typeof envelopeSchema>, name: string) {
  if (type !== `townring/${name}/1`) throw new Error(`not a ${name}`);
  const bytes = Buffer.from(payload, 'base64');
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${bytes.length} `), bytes]);
  return {
    payload: bytes,
    signedBy: (keys: Record<string, { readonly public: string }>, keyids: readonly string[]): number =>
      signatures.filter(({ keyid, sig }) => {
        const key = keys[keyid];
        if (key === undefined || !keyids.includes(keyid)) return false;
        return isSigned(signed, Buffer.from(key.public, 'base64'), Buffer.from(sig, 'base64'));
      }).length,
  };
}

function isSigned(bytes: Uint8Array, rawKey: Uint8Array, signature: Uint8Array): boolean {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(rawKey).toString('base64url') };
  return verify(null, bytes, createPublicKey({ key: jwk, format: 'jwk' }), signature);
}

type Services = { identify: Identify; ping: Ping; pubsub: GossipSub };

/** A member of the list, dialling the others. */
export class OtherSquare {
  readonly #list: RingList;
  readonly #key: PrivateKey;
  readonly #libp2p: Libp2p<Services>;
  readonly #summaries = new Inbox<HeardSummary>();
  #seq = 0;

  private constructor(list: RingList, key: PrivateKey, libp2p: Libp2p<Services>) {
    this.#list = list;
    this.#key = key;
    this.#libp2p = libp2p;
    libp2p.services.pubsub.addEventListener('message', ({ detail: { topic, data } }) => this.#hear(topic, data));
  }

  /** @param keyFile what `square.key` holds */
  static async start(list: RingList, keyFile: Uint8Array): Promise<OtherSquare> {
    const key = privateKeyFromProtobuf(keyFile);
    const libp2p: Libp2p<Services> = await createLibp2p({
      privateKey: key,
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: {
        identify: identify(),
        ping: ping(),
        pubsub: gossipsub({
          globalSignaturePolicy: StrictNoSign,
          allowPublishToZeroTopicPeers: true,
          floodPublish: true,
          msgIdFn: ({ topic, data }) => sha256(Buffer.concat([Buffer.from(`${topic}\0`), data])).subarray(0, 20),
        }),
      },
    });
    const self = libp2p.peerId.toString();
    const square = new OtherSquare(list, key, libp2p);
    for (const { square: other, addrs, sites } of list.members) {
      if (other === self) continue;
      for (const { id } of sites) libp2p.services.pubsub.subscribe(square.#topicOf(id));
      await libp2p.dial(addrs.map((addr) => multiaddr(`${addr}/p2p/${other}`)));
    }
    return square;
  }

  async stop(): Promise<void> {
    await this.#libp2p.stop();
  }

  /** Says who is at a site of its own; `figures` as they travel. */
  async publish(site: string, count: number, figures: readonly unknown[] = []): Promise<void> {
    const { ring, versions } = this.#list;
    const body = encode({
      d: 'townring/summary/1',
      r: Uint8Array.from(Buffer.from(ring, 'hex')),
      s: site,
      e: Date.now(),
      q: this.#seq,
      t: Date.now(),
      v: versions,
      h: 2,
      n: count,
      f: figures,
      b: false,
    });
    this.#seq += 1;
    const sealed = encode([this.#key.publicKey.raw, body, await this.#key.sign(body)]);
    await this.#libp2p.services.pubsub.publish(this.#topicOf(site), sealed);
  }

  /** The next summary of a site that fits, of those signed by its square. */
  async heard(site: string, fits: (summary: HeardSummary) => boolean, signal: AbortSignal): Promise<HeardSummary> {
    return this.#summaries.next((summary) => summary.s === site && fits(summary), signal);
  }

  /** Opens a long stream to the square of a site. */
  async open(protocol: string, site: string): Promise<OtherStream> {
    const square = this.#list.members.find(({ sites }) => sites.some(({ id }) => id === site))?.square;
    const connection = this.#libp2p.getConnections().find(({ remotePeer }) => remotePeer.toString() === square);
    if (connection === undefined) throw new Error(`no link with the square of ${site}`);
    return new OtherStream(await connection.newStream(protocol), Buffer.from(this.#list.ring, 'hex'));
  }

  #hear(topic: string, data: Uint8Array): void {
    const [key, body, signature] = sealedSchema.parse(decode(data));
    const summary = summarySchema.parse(decode(body));
    const author = this.#list.members.find(({ sites }) => sites.some(({ id }) => id === summary.s))?.square;
    const writer = peerIdFromPublicKey(publicKeyFromRaw(key)).toString();
    const isTrue = writer === author && topic === this.#topicOf(summary.s) && isSigned(body, key, signature);
    if (isTrue) this.#summaries.push(summary);
  }

  #topicOf(site: string): string {
    return `/townring/1/${this.#list.ring}/site/${site}`;
  }
}

/** Messages with their length before them, both ways. */
export class OtherStream {
  /** As openings name the ring. */
  readonly ring: Uint8Array;
  readonly #stream: Stream;
  readonly #messages = new Inbox<readonly unknown[]>();
  #bytes: Buffer = Buffer.alloc(0);

  constructor(stream: Stream, ring: Uint8Array) {
    this.#stream = stream;
    this.ring = Uint8Array.from(ring);
    stream.addEventListener('message', ({ data }) => {
      this.#bytes = Buffer.concat([this.#bytes, data.subarray()]);
      this.#take();
    });
  }

  say(message: readonly unknown[]): void {
    const bytes = encode(message);
    const length: number[] = [];
    for (let left = bytes.length; ; left >>>= 7) {
      length.push(left > 127 ? (left & 127) | 128 : left);
      if (left < 128) break;
    }
    this.#stream.send(Uint8Array.from([...length, ...bytes]));
  }

  /** The next message that fits. */
  async next(fits: (message: readonly unknown[]) => boolean, signal: AbortSignal): Promise<readonly unknown[]> {
    return this.#messages.next(fits, signal);
  }

  async close(): Promise<void> {
    await this.#stream.close();
  }

  #take(): void {
    for (;;) {
      let [length, at] = [0, 0];
      for (; at < this.#bytes.length; at += 1) {
        const byte = this.#bytes[at] ?? 0;
        length |= (byte & 127) << (7 * at);
        if (byte < 128) break;
      }
      const end = at + 1 + length;
      if (at === this.#bytes.length || this.#bytes.length < end) return;
      this.#messages.push(listSchema.parse(decode(Uint8Array.from(this.#bytes.subarray(at + 1, end)))));
      this.#bytes = this.#bytes.subarray(end);
    }
  }
}

/** What came and was not taken. */
class Inbox<Item> {
  readonly #items: Item[] = [];
  #onItem = (): void => {};

  push(item: Item): void {
    this.#items.push(item);
    this.#onItem();
  }

  /** The next that fits; those before it are passed over. @throws when none came in time */
  async next(fits: (item: Item) => boolean, signal: AbortSignal): Promise<Item> {
    for (;;) {
      for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) if (fits(item)) return item;
      await new Promise<void>((resolve, reject) => {
        this.#onItem = resolve;
        signal.addEventListener('abort', () => reject(new Error('nothing came in time')), { once: true });
      });
    }
  }
}
