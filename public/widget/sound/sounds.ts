/**
 * What the street sounds like, made by the browser and by no recording: soft, short, quiet. A file of its own,
 * `townring-sound.js`, fetched only when a visitor has switched sound on.
 */

/** Set by the build: the other files take no other. */
declare const TOWNRING_BUILD: string;
export const build: string = TOWNRING_BUILD;

export type SoundName = 'step' | 'wave' | 'line' | 'arrival' | 'bird';

/** At most so many sound at once; the next one is left out, which nobody hears. */
const VOICES_MAX = 6;
/** A crowd on gravel is no louder than a few. */
const STEPS_MAX = 3;
/** Full scale is 1; a voice at its loudest stays under a tenth of it. */
const LOUDNESS = 0.16;
/** Nothing sharp comes through, Hz. */
const MUFFLED_HZ = 4_200;
/** Each time a little higher or lower, a share of the pitch. */
const DETUNE = 0.03;
/** A pentatonic scale over the middle of a piano, Hz: no two of its notes quarrel. */
const NOTES = [392, 440, 523.25, 587.33, 659.25] as const;
/** Middles of the noise of a step on gravel, Hz. */
const GRAVEL = [260, 310, 350, 420, 480] as const;
/** Where a bird's call begins, Hz. */
const CALLS = [2_300, 2_550, 2_800, 3_050] as const;

export interface Sounds {
  /**
   * @param pan −1 left … 1 right
   * @param nearness 0…1, how loud
   * @returns false when it was left out
   */
  play(name: SoundName, pan: number, nearness: number): boolean;
}

interface Tone {
  readonly type: OscillatorType;
  readonly hz: number;
  /** The pitch glides to this. */
  readonly toHz: number;
  /** s after the sound began. */
  readonly after: number;
  readonly lasts: number;
  /** 0…1. */
  readonly gain: number;
}

/** @param random uniform in [0, 1) */
export function openSounds(context: BaseAudioContext, random: () => number): Sounds {
  const out = new BiquadFilterNode(context, { type: 'lowpass', frequency: MUFFLED_HZ, Q: 0.3 });
  out.connect(new GainNode(context, { gain: LOUDNESS })).connect(context.destination);
  const gravel = noise(context, random);
  /** When the voices of now end, and whose they are. */
  let voices: { readonly name: SoundName; readonly until: number }[] = [];
  const last = new Map<SoundName, number>();

  /** One of a few, never the one of last time. */
  function vary(name: SoundName, choices: readonly number[]): number {
    const before = last.get(name) ?? -1;
    const step = 1 + Math.floor(random() * (choices.length - 1));
    const index = before < 0 ? Math.floor(random() * choices.length) : (before + step) % choices.length;
    last.set(name, index);
    return (choices[index] ?? 0) * (1 + DETUNE * (2 * random() - 1));
  }

  function tonesOf(name: Exclude<SoundName, 'step'>): Tone[] {
    const hz = vary(name, name === 'bird' ? CALLS : NOTES);
    const bell = (pitch: number, after: number, lasts: number, gain: number): Tone[] => [
      { type: 'sine', hz: pitch, toHz: pitch, after, lasts, gain },
      // What makes it wood rather than a telephone.
      { type: 'sine', hz: pitch * 2.76, toHz: pitch * 2.76, after, lasts: lasts / 4, gain: gain / 6 },
    ];
    if (name === 'line') return bell(hz, 0, 0.22, 0.5);
    if (name === 'arrival') return [...bell(hz, 0, 0.5, 0.4), ...bell(hz * 1.5, 0.14, 0.6, 0.3)];
    if (name === 'wave') return [0, 0.1].map((after) => glide(hz * (1 + after), hz * (1.2 + after), after, 0.09, 0.3));
    return [0, 0.09, 0.2].map((after, index) => glide(hz, hz * (index === 1 ? 0.86 : 1.18), after, 0.07, 0.22));
  }

  function sound({ type, hz, toHz, after, lasts, gain }: Tone, to: AudioNode): void {
    const from = context.currentTime + after;
    const tone = new OscillatorNode(context, { type, frequency: hz });
    tone.frequency.setValueAtTime(hz, from);
    tone.frequency.linearRampToValueAtTime(toHz, from + lasts);
    tone.connect(swell(context, from, lasts, gain)).connect(to);
    tone.start(from);
    tone.stop(from + lasts);
  }

  function tread(to: AudioNode): number {
    const from = context.currentTime;
    const lasts = 0.07 + 0.03 * random();
    const ground = new AudioBufferSourceNode(context, { buffer: gravel });
    const band = new BiquadFilterNode(context, { type: 'bandpass', frequency: vary('step', GRAVEL), Q: 0.9 });
    ground
      .connect(band)
      .connect(swell(context, from, lasts, 0.8))
      .connect(to);
    ground.start(from, random() * (gravel.duration - lasts), lasts);
    return lasts;
  }

  return {
    play(name, pan, nearness) {
      const now = context.currentTime;
      voices = voices.filter(({ until }) => until > now);
      const isCrowded = name === 'step' && voices.filter((voice) => voice.name === name).length >= STEPS_MAX;
      if (voices.length >= VOICES_MAX || isCrowded) return false;
      const place = new StereoPannerNode(context, { pan: Math.min(Math.max(pan, -1), 1) });
      place.connect(new GainNode(context, { gain: Math.min(Math.max(nearness, 0), 1) })).connect(out);
      let lasts = 0;
      if (name === 'step') lasts = tread(place);
      else {
        for (const tone of tonesOf(name)) {
          sound(tone, place);
          lasts = Math.max(lasts, tone.after + tone.lasts);
        }
      }
      voices.push({ name, until: now + lasts });
      return true;
    },
  };
}

function glide(hz: number, toHz: number, after: number, lasts: number, gain: number): Tone {
  return { type: 'triangle', hz, toHz, after, lasts, gain };
}

/** Comes within a few ms and dies away, so that nothing clicks. */
function swell(context: BaseAudioContext, from: number, lasts: number, gain: number): GainNode {
  const node = new GainNode(context, { gain: 0 });
  node.gain.setValueAtTime(0, from);
  node.gain.linearRampToValueAtTime(gain, from + Math.min(0.008, lasts / 4));
  node.gain.exponentialRampToValueAtTime(gain / 500, from + lasts);
  return node;
}

/** Half a second of brown noise: what gravel is made of. */
function noise(context: BaseAudioContext, random: () => number): AudioBuffer {
  const buffer = new AudioBuffer({ length: context.sampleRate / 2, sampleRate: context.sampleRate });
  const samples = buffer.getChannelData(0);
  let level = 0;
  for (let at = 0; at < samples.length; at += 1) {
    level = (level + 0.08 * (2 * random() - 1)) / 1.02;
    samples[at] = 3 * level;
  }
  return buffer;
}
