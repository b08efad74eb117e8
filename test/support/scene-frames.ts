import type { MoveView, VisitorView } from '../../src/protocol/frames.ts';

/** A move as squares tell it, of somebody without a name; everything can be set. */
export function moveView(id: number, x: number, more: Partial<MoveView> = {}): MoveView {
  return {
    id,
    x,
    pose: null,
    propId: null,
    displayName: '',
    color: '#5f6b73',
    readingLabel: '',
    readingUrl: '',
    readingActive: true,
    widgetVisible: true,
    ...more,
  };
}

/** A visitor as squares describe one; everything can be set. */
export function visitor(id: number, x: number, more: Partial<VisitorView> = {}): VisitorView {
  return { ...moveView(id, x), isOwner: false, messages: [], ...more };
}
