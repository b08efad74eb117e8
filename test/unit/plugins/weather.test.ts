import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { DEFAULT_WEATHER, weatherConfigFrom } from '../../../src/plugins/weather.ts';

test('37: a weather says what is wrong with it', () => {
  assert.deepEqual(weatherConfigFrom(DEFAULT_WEATHER), DEFAULT_WEATHER);
  const distribution = { clear: 50, rain: 50, snow: 0, storm: 0 };
  assert.equal(weatherConfigFrom({}), 'Choose automatic or permanent weather.');
  assert.equal(weatherConfigFrom({ mode: 'permanent', weather: 'fog' }), 'Choose a valid permanent weather.');
  for (const rain of [50.5, -1, 101, '50', undefined]) {
    assert.equal(
      weatherConfigFrom({ mode: 'automatic', weather: 'rain', distribution: { ...distribution, rain } }),
      'Each weather percentage must be a whole number from 0 to 100.',
    );
  }
  assert.equal(
    weatherConfigFrom({ mode: 'automatic', weather: 'rain', distribution: { ...distribution, rain: 49 } }),
    'Weather percentages must add up to 100%.',
  );
});

test('whatever an owner sends as weather, reading it never throws', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      weatherConfigFrom(value);
      weatherConfigFrom({ mode: 'automatic', weather: 'clear', distribution: value });
      weatherConfigFrom({ mode: value, weather: value });
    }),
  );
});
