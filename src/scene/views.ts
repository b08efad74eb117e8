/** Visitors as they stand in frames; key order is the wire protocol's (section 5). */
import type { MoveView, ProfileView, VisitorRingView, VisitorView } from '../protocol/frames.ts';
import type { SceneState } from './state.ts';
import type { Visitor } from './visitor.ts';

/** Full visitor object of `hello`, `peers` and `join`. */
export function visitorView({ plugins }: SceneState, visitor: Visitor): VisitorView {
  const ring = ringView(visitor);
  const fields = plugins.fieldsOf(visitor);
  return {
    ...moveView(visitor),
    isOwner: visitor.isOwner,
    ...(visitor.badgeColor !== undefined && { badgeColor: visitor.badgeColor }),
    messages: [...visitor.messages],
    ...(fields && { plugins: fields }),
    ...(ring && { ring }),
  };
}

export function moveView(visitor: Visitor): MoveView {
  return {
    id: visitor.id,
    x: visitor.x,
    pose: visitor.pose,
    propId: visitor.propId,
    displayName: visitor.displayName,
    color: visitor.color,
    readingLabel: visitor.readingLabel,
    readingUrl: visitor.readingUrl,
    readingActive: visitor.isReadingActive,
    widgetVisible: visitor.isWidgetVisible,
  };
}

export function profileView({ plugins }: SceneState, visitor: Visitor): ProfileView {
  const ring = ringView(visitor);
  const fields = plugins.fieldsOf(visitor);
  return {
    id: visitor.id,
    x: visitor.x,
    pose: visitor.pose,
    propId: visitor.propId,
    displayName: visitor.displayName,
    color: visitor.color,
    isOwner: visitor.isOwner,
    ...(visitor.badgeColor !== undefined && { badgeColor: visitor.badgeColor }),
    ...(fields && { plugins: fields }),
    ...(ring && { ring }),
  };
}

function ringView(visitor: Visitor): VisitorRingView | undefined {
  const { look, from, isResident } = visitor;
  if (look === undefined && from === undefined && !isResident) return undefined;
  return {
    ...(look !== undefined && { look }),
    ...(from !== undefined && { from }),
    ...(isResident && { resident: true }),
  };
}
