import { recordOf } from '../lib/untyped.ts';
import { WEATHERS, type WeatherConfig } from '../protocol/frames.ts';
import type { Plugin } from './plugin.ts';

/** Why a weather was not taken, as the admin page shows it. */
type WeatherProblem =
  | 'Choose automatic or permanent weather.'
  | 'Choose a valid permanent weather.'
  | 'Each weather percentage must be a whole number from 0 to 100.'
  | 'Weather percentages must add up to 100%.';

export const DEFAULT_WEATHER: WeatherConfig = {
  mode: 'automatic',
  weather: 'clear',
  distribution: { clear: 58, rain: 17, snow: 17, storm: 8 },
};

export function weatherConfigFrom(value: unknown): WeatherConfig | WeatherProblem {
  const { mode, weather: given, distribution } = recordOf(value);
  if (mode !== 'automatic' && mode !== 'permanent') return 'Choose automatic or permanent weather.';
  const weather = WEATHERS.find((each) => each === given);
  if (weather === undefined) return 'Choose a valid permanent weather.';
  const shares = recordOf(distribution);
  const percent = (name: string): number => {
    const share = shares[name];
    return typeof share === 'number' && Number.isInteger(share) && share >= 0 && share <= 100 ? share : Number.NaN;
  };
  const parts = { clear: percent('clear'), rain: percent('rain'), snow: percent('snow'), storm: percent('storm') };
  const total = parts.clear + parts.rain + parts.snow + parts.storm;
  if (Number.isNaN(total)) return 'Each weather percentage must be a whole number from 0 to 100.';
  return total === 100 ? { mode, weather, distribution: parts } : 'Weather percentages must add up to 100%.';
}

/** The weather that a site keeps; until its owner chose one, the default. */
function weatherOf(data: unknown): WeatherConfig {
  const kept = weatherConfigFrom(data);
  return typeof kept === 'string' ? DEFAULT_WEATHER : kept;
}

/** An add-on with settings; what comes of them every widget works out by itself (wire protocol section 12). */
export const weather: Plugin = {
  name: 'weather',
  label: 'Weather',
  description: 'Rain, snow and storms over the strip, the same for all visitors, by the hour or for good.',
  tier: 'free',
  adminActions: new Map([
    [
      'update',
      ({ input, setData }) => {
        const config = weatherConfigFrom(input);
        if (typeof config === 'string') return { error: config };
        setData?.(config);
        return undefined;
      },
    ],
  ]),
  hooks: {
    extendAdminPanel: ({ data }) => weatherOf(data),
    extendWidgetConfig: ({ data }) => ({ weatherConfig: weatherOf(data) }),
  },
};
