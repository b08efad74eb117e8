/**
 * `townring-panels.js`: what opens over the strip. People and talk, the menu, a card about somebody, the notice board. Fetched
 * after the rest, or at the first press of one of its buttons.
 */
import type { Side } from '../../../src/protocol/limits.ts';
import type { Clock } from '../time/clock.ts';
import type { Board } from '../model/board.ts';
import { fetchPart } from '../files/fetch-part.ts';
import { nameOf } from '../model/naming.ts';
import { shun, type Person, type Shunned, type World } from '../model/world.ts';
import type { Neighbourhood } from '../neighbourhood.ts';
import type { NoteWords } from '../notes/note-words.ts';
import type { Notes, openNotes } from '../notes/notes.ts';
import type { Profile } from '../visitor/profile.ts';
import type { StripSettings } from '../settings.ts';
import type { PartDeps, PartModule } from '../files/part.ts';
import { bdi, el } from '../view/dom.ts';
import type { Frame } from '../view/frame.ts';
import type { SceneView } from '../view/scene-view.ts';
import { fillMenu } from './menu-panel.ts';
import { createPanel, type Panel } from './panel.ts';
import { PANEL_STYLES } from './panel-styles.ts';
import { PANEL_WORDS, type PanelWords } from './panel-words.ts';
import { PeoplePanel } from './people-panel.ts';
import { drawPortrait, type FigureDrawing } from './portrait.ts';

/** Set by the build: all files of one build have the same. */
declare const TOWNRING_BUILD: string;
export const build: string = TOWNRING_BUILD;
export const texts = PANEL_WORDS;

export type PanelName = 'people' | 'talk' | 'menu';

export interface PanelsDeps {
  readonly host: HTMLElement;
  readonly frame: Frame;
  readonly world: World;
  readonly words: PanelWords & NoteWords;
  readonly learn: PartDeps['learn'];
  /** @returns false when nothing could be sent */
  readonly send: (message: object) => boolean;
  readonly profile: Profile;
  readonly settings: StripSettings;
  readonly scene: SceneView;
  readonly controls: {
    walkTo(person: Person): void;
    waveTo(person: Person): void;
    /** @param units of the street */
    goTo(units: number): void;
  };
  readonly around: Neighbourhood;
  readonly art: FigureDrawing;
  readonly clock: Clock;
  readonly visit: (side: Side) => void;
  /** Looks over a hill. */
  readonly look: (side: Side) => void;
  /** What hangs on the notice board. */
  readonly board: () => Board | undefined;
  /** Sound was switched. */
  readonly onSound: (isOn: boolean) => void;
  /** Something changed that others show. */
  readonly onChange: () => void;
}

interface NotesModule extends PartModule {
  readonly openNotes: typeof openNotes;
}

export function openPanels(deps: PanelsDeps): Panels {
  return new Panels(deps);
}

export class Panels {
  readonly #deps: PanelsDeps;
  readonly #words: PanelWords;
  readonly #people: PeoplePanel;
  readonly #peoplePanel: Panel;
  readonly #menuPanel: Panel;
  readonly #boardPanel: Panel;
  readonly #card: Panel;
  #notes: Notes | undefined;
  #hasAskedForNotes = false;

  constructor(deps: PanelsDeps) {
    this.#deps = deps;
    const { host, frame, world, words, controls, scene } = deps;
    this.#words = words;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(PANEL_STYLES);
    host.shadowRoot?.adoptedStyleSheets.push(sheet);
    this.#peoplePanel = createPanel(frame, frame.people, host, () => this.#people.refresh());
    this.#menuPanel = createPanel(frame, frame.menu, host, (isOpen) => isOpen && this.#fillMenu());
    this.#boardPanel = createPanel(frame, undefined, host, () => undefined);
    this.#card = createPanel(frame, undefined, host, () => undefined);
    this.#card.node.classList.add('card');
    this.#people = new PeoplePanel(this.#peoplePanel, world, words, {
      palette: () => scene.palette,
      gateOf: (side) => deps.around.gateOf(side),
      aboutGate: (side) => deps.around.street?.about(side) ?? '',
      walkTo: (person) => controls.walkTo(person),
      waveTo: (person) => controls.waveTo(person),
      goTo: (units) => controls.goTo(units),
      visit: deps.visit,
      look: (side) => {
        this.close();
        frame.stage.focus();
        deps.look(side);
      },
      shun: (person, as) => this.#shun(person, as),
      readBoard: () => {
        const board = deps.board();
        return board && (() => this.read(board));
      },
    });
    this.reword();
  }

  open(name: PanelName): void {
    if (name === 'menu') return this.#menuPanel.show();
    this.#peoplePanel.show();
    this.#people.show(name === 'talk');
  }

  /** @returns whether something was open */
  close(): boolean {
    const open = [this.#peoplePanel, this.#menuPanel, this.#boardPanel, this.#card].filter((panel) => panel.isOpen);
    for (const panel of open) panel.hide();
    return open.length > 0;
  }

  /** The world changed. */
  refresh(): void {
    this.#people.refresh();
    const board = this.#deps.board();
    if (board === undefined && this.#boardPanel.isOpen) this.#boardPanel.hide();
    this.#notes?.refresh(board?.notes);
    if (board?.notes === undefined || this.#hasAskedForNotes) return;
    this.#hasAskedForNotes = true;
    void this.#fetchNotes();
  }

  /** The square answered a note. */
  noted(refused: unknown): void {
    this.#notes?.answered(refused);
  }

  /** What the menu shows was changed elsewhere. */
  refill(): void {
    if (this.#menuPanel.isOpen) this.#fillMenu();
  }

  /** Another language is spoken. */
  reword(): void {
    this.#peoplePanel.node.ariaLabel = this.#words('people');
    this.#menuPanel.node.ariaLabel = this.#words('menu');
    this.#people.reword();
    this.#notes?.reword();
    this.refill();
  }

  /** A card about somebody who was pressed on. */
  meet(person: Person): void {
    const words = this.#words;
    const { node } = this.#card;
    const name = nameOf(person, words);
    const walk = el('button', { class: 'pill tool', type: 'button' }, words('actions').split('|')[0] ?? '');
    walk.addEventListener('click', () => this.#deps.controls.walkTo(person));
    const others = this.#people.actionsOf(person, () => {
      this.#card.hide();
      this.#deps.frame.stage.focus();
    });
    for (const button of others) {
      button.classList.add('pill', 'tool');
      button.append(button.title);
    }
    node.ariaLabel = name;
    node.replaceChildren(
      el('h2', {}, bdi(name)),
      el('p', { class: 'quiet' }, this.#people.about(person)),
      el('div', { class: 'row' }, walk, ...others),
    );
    this.#afterPress(this.#card);
  }

  /** What is written on the board, and pinned to it. @param then hears that it is open */
  read({ title, body, notes }: Board, then = (): void => undefined): void {
    const { node } = this.#boardPanel;
    node.ariaLabel = this.#words('board');
    node.replaceChildren(
      el('h2', {}, bdi(title || this.#words('board'))),
      ...(body === '' ? [] : body.split(/\n+/)).map((line) => el('p', { dir: 'auto' }, line)),
      ...(this.#notes === undefined || notes === undefined ? [] : [this.#notes.node]),
    );
    this.#notes?.reword();
    this.#afterPress(this.#boardPanel, then);
  }

  /** Not before the browser is done with a press, which closes what is open. */
  #afterPress(panel: Panel, then = (): void => undefined): void {
    this.#deps.clock.setTimer(() => {
      panel.show();
      then();
    }, 0);
  }

  async #fetchNotes(): Promise<void> {
    const deps = this.#deps;
    try {
      const { texts: english, openNotes: open } = await fetchPart<NotesModule>('townring-notes.js');
      await deps.learn('townring-notes', english);
      this.#notes = open({
        ...deps,
        language: deps.settings.language,
        open: (then) => {
          const board = deps.board();
          if (board !== undefined) this.read(board, then);
        },
      });
      if (this.#boardPanel.isOpen) this.#boardPanel.node.append(this.#notes.node);
      deps.onChange();
    } catch {
      // Then the board is read without them.
    }
  }

  #shun(person: Person, as: Shunned | undefined): void {
    shun(this.#deps.world, person, as);
    this.#deps.onChange();
  }

  #fillMenu(): void {
    const { profile, settings, scene, art, onSound } = this.#deps;
    const { me, isRemembered } = profile.memory;
    const state = {
      name: me.name,
      look: me.look,
      isCalm: profile.isCalm,
      isBeyondHill: profile.isBeyondHill,
      isPageShared: settings.sharesPage ? profile.isPageShown : undefined,
      isUnseen: profile.isUnseen,
      hasSound: profile.hasSound,
      isRemembered,
      palette: scene.palette,
    };
    fillMenu(this.#menuPanel.node, state, this.#words, {
      portrait: (canvas, look, palette) => drawPortrait(art, canvas, look, palette),
      save: (name, look) => profile.choose(name, look),
      calm: (isCalm) => {
        profile.isCalm = isCalm;
      },
      sound: onSound,
      beyondHill: (isShown) => {
        profile.showBeyondHill(isShown);
        this.#fillMenu();
      },
      unseen: (isUnseen) => {
        profile.isUnseen = isUnseen;
        this.#fillMenu();
      },
      pageShown: (isShown) => {
        profile.isPageShown = isShown;
        this.#fillMenu();
      },
      remembered: (wanted) => (wanted ? profile.memory.keep({}) : profile.memory.forget()),
    });
  }
}
