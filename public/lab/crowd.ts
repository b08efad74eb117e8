/** People of the lab: who they are, where they stand, what they say. Pure; the same numbers make the same people. */
import type { VisitorView } from '../../src/protocol/frames.ts';
import { colorOfCoat, COAT_COUNT, LOOK_COUNT } from '../../src/protocol/look.ts';
import { PROP_RULES, type Prop } from '../../src/protocol/scene-kit.ts';
import { pick } from './seeded.ts';
import type { LabState } from './states.ts';

/** Others begin behind the visitor, who is 1. */
const FIRST_ID = 2;
/** Places spread by the golden ratio: even for any number of people, and never in a row. */
const GOLDEN = 0.618_034;
/** One in so many sits or leans somewhere, if there is a seat. */
const RESTS_EVERY = 4;

const NAMES = [
  'Ada',
  'Noor',
  'Jun',
  'Çiğdem',
  'Tilda',
  'Søren',
  'Mei',
  'Kofi',
  'Zoë',
  'Юля',
  '田中さん',
  'سلمى',
  'Łukasz',
  'Priya',
  'Ngozi',
  'Íñigo',
  'Anaïs',
  'Bram',
  'Hauwa',
  'Wick',
  'Ember',
  'Pia',
  'ליאור',
  'Thandi',
  'Ōta',
  'Fenna',
  'Ilse',
  'Moss',
] as const;
const DIFFICULT_NAMES = [
  'Maximiliana-Sofia W',
  'שרה בת־אברהם',
  'عبد الرحمن بن عوف',
  '👩🏽‍🚀👨‍👩‍👧‍👦',
  'iiiiiiiiiiiiiiiiii',
  'WWWWWWWWWWWWWWWWWW',
  '<b>bold</b>',
  'ぱぴぷぺぽぱぴぷぺぽ',
  'Z̸͎̈́a̷̠͠l̵̰̅g̶̮̈o̵',
  'a\u202eb',
] as const;
const LINES = [
  'saw your lamp from the hill',
  'is the bench still wet?',
  'I came for the page on rain barrels and stayed',
  'good evening, everybody',
  'does anyone know that bird?',
  'the moon is better from the next square',
  'back in a minute, the kettle calls',
  'what a quiet path tonight',
  'I mended the gate yesterday, it no longer creaks',
  'hello from the other side of the hill!',
] as const;
const DIFFICULT_LINES = [
  'مساء الخير يا جيران، هل رأيتم القمر فوق التل؟',
  'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsurkunde',
  '<img src=x onerror=alert(1)>',
  'a\nb\tc',
  '今夜は静かですね。隣の広場まで歩いてみませんか？',
  'https://moss.example/a/very/long/address/that/nobody/would/ever/want/to/read/aloud?and=more&of=it',
] as const;

/**
 * @param props of the street, for those who rest
 * @param random in [0, 1)
 */
export function crowd(
  size: number,
  props: readonly Prop[],
  talk: LabState['talk'],
  random: () => number,
): VisitorView[] {
  const names: readonly string[] = talk === 'difficult' ? DIFFICULT_NAMES : NAMES;
  const seats = props.flatMap(({ id, kind, x }) => {
    const { pose, seatOffsets } = PROP_RULES[kind];
    return pose === null ? [] : seatOffsets.map((offset) => ({ propId: id, pose, x: x + offset }));
  });
  return Array.from({ length: size }, (_, index) => {
    const seat =
      index % RESTS_EVERY === RESTS_EVERY - 1 ? seats.splice(Math.floor(random() * seats.length), 1)[0] : undefined;
    const x = 0.03 + 0.94 * ((0.31 + index * GOLDEN) % 1) + (random() - 0.5) * 0.01;
    const look = Math.floor(random() * LOOK_COUNT);
    // In a crowd most are strangers; a name is used once, then with a number.
    const isNamed = talk === 'difficult' || random() < (size > 40 ? 0.5 : 0.75);
    const name = names[index % names.length] ?? '';
    return {
      id: FIRST_ID + index,
      x: Math.round((seat?.x ?? Math.min(Math.max(x, 0.02), 0.98)) * 1e4) / 1e4,
      pose: seat?.pose ?? null,
      propId: seat?.propId ?? null,
      displayName: isNamed ? (index < names.length ? name : `${name} ${Math.floor(index / names.length) + 1}`) : '',
      color: colorOfCoat(look % COAT_COUNT),
      readingLabel: index % 5 === 2 ? 'rain barrels' : '',
      readingUrl: '',
      readingActive: index % 5 !== 2 || random() < 0.5,
      widgetVisible: true,
      isOwner: index === 4,
      messages: [],
      ring: {
        look,
        ...(index % 6 === 5 && { from: { site: 'moss', name: 'Moss & Ink', url: 'https://moss.example/' } }),
        ...(index % 7 === 6 && { resident: true as const }),
      },
    };
  });
}

export function lineFor(talk: LabState['talk'], random: () => number): string {
  return talk === 'difficult' ? pick(DIFFICULT_LINES, random) : pick(LINES, random);
}
