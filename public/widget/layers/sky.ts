/** The site's weather, fetched when it has one. */
import { fetchPart } from '../files/fetch-part.ts';
import type { Palette } from '../art/palette.ts';
import type { Layer } from './layer.ts';
import type { WeatherLayer } from './weather.ts';

interface WeatherModule {
  readonly build: string;
  readonly openWeather: (scene: Element, palette: () => Palette) => WeatherLayer;
}

export class Sky {
  readonly #layers: Layer[];
  readonly #scene: Element;
  readonly #palette: () => Palette;
  #weather: WeatherLayer | undefined;
  #isAsked = false;
  #isHidden = false;
  #config: unknown;

  /** @param layers takes the weather @param scene takes its canvas */
  constructor(layers: Layer[], scene: Element, palette: () => Palette) {
    this.#layers = layers;
    this.#scene = scene;
    this.#palette = palette;
  }

  set isHidden(isHidden: boolean) {
    this.#isHidden = isHidden;
    this.#refresh();
  }

  /** @param config `weatherConfig` of a frame; undefined where the site has no weather */
  update(config: unknown): void {
    this.#config = config;
    this.#refresh();
    if (config === undefined || this.#isAsked) return;
    this.#isAsked = true;
    void this.#fetch();
  }

  async #fetch(): Promise<void> {
    try {
      const { openWeather } = await fetchPart<WeatherModule>('townring-weather.js');
      this.#weather = openWeather(this.#scene, this.#palette);
      this.#layers.push(this.#weather);
      this.#refresh();
    } catch {
      // Then the sky stays clear.
    }
  }

  #refresh(): void {
    if (this.#weather === undefined) return;
    this.#weather.isHidden = this.#isHidden;
    this.#weather.update(this.#config);
  }
}
