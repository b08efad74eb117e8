/** A worker that tells the stories of the seeds it is given, with remembered answers. */
import { parentPort, workerData } from 'node:worker_threads';
import { rememberPureAnswers } from './remember.ts';

rememberPureAnswers();
const { storyOf } = await import('./story.ts');
const seeds: readonly number[] = workerData;
const stories: string[] = [];
for (const seed of seeds) stories.push(await storyOf(seed));
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have none
parentPort?.postMessage(stories);
