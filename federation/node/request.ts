/** One question, one answer, over one libp2p stream: both length-prefixed, both capped, both under one deadline. */
import type { Stream } from '@libp2p/interface';
import { lpStream } from '@libp2p/utils';

export interface RequestLimits {
  readonly questionMaxBytes: number;
  readonly answerMaxBytes: number;
  readonly timeoutMs: number;
}

/** @returns the answer, or undefined to refuse: the stream is reset and the asker learns nothing more */
export type Answerer = (square: string, question: Uint8Array) => Promise<Uint8Array | undefined>;

export async function askOverStream(stream: Stream, question: Uint8Array, limits: RequestLimits, signal: AbortSignal) {
  try {
    const frames = lpStream(stream, { maxDataLength: limits.answerMaxBytes });
    await frames.write(question, { signal });
    const answer = await frames.read({ signal });
    await stream.close({ signal });
    return answer.subarray();
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error('request failed'));
    throw error;
  }
}

/** Never rejects: whatever a peer does wrong ends its own stream only. */
export async function answerOverStream(stream: Stream, square: string, limits: RequestLimits, answerer: Answerer) {
  const signal = AbortSignal.timeout(limits.timeoutMs);
  try {
    const frames = lpStream(stream, { maxDataLength: limits.questionMaxBytes });
    const question = await frames.read({ signal });
    const answer = await answerer(square, question.subarray());
    if (answer === undefined) throw new Error('refused');
    await frames.write(answer, { signal });
    await stream.close({ signal });
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error('request failed'));
  }
}
