import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pairScenes } from '../../../src/ring/scene-sites.ts';
import { newSiteRecord } from '../../../src/store/site-record.ts';

const ink = newSiteRecord({ name: 'Ink', origin: 'https://ink.example', key: 'site_ink', ringSite: 'ink' }, 0);
const other = newSiteRecord({ name: 'Other', origin: 'https://other.example', key: 'site_other' }, 0);

test('a square with one ring site shows the shared scene there', () => {
  const sites = pairScenes(['moss'], [other]);
  assert.deepEqual(
    [sites.siteOf('default'), sites.sceneOf('moss'), sites.siteOf('site_other')],
    ['moss', 'default', undefined],
  );
});

test('a hosted site says which ring site it is, the shared scene takes the first that is left', () => {
  const sites = pairScenes(['ink', 'moss', 'third'], [ink, other]);
  assert.deepEqual(
    [sites.sceneOf('ink'), sites.sceneOf('moss'), sites.sceneOf('third')],
    ['site_ink', 'default', undefined],
  );
  assert.deepEqual(sites.siteIds(), ['ink', 'moss']);
});

test('a claim on a ring site that the list does not give to this square counts for nothing', () => {
  const sites = pairScenes(['moss'], [ink]);
  assert.deepEqual(
    [sites.siteOf('site_ink'), sites.sceneOf('ink'), sites.sceneOf('moss')],
    [undefined, undefined, 'default'],
  );
  assert.deepEqual(pairScenes([], [ink]).siteIds(), []);
});
