import type { Connection, Gate, HelloFrame, NeighboursFrame, SpectatorHelloFrame } from '../protocol/frames.ts';
import { CONNECTION_LABEL_MAX_UNITS, CONNECTIONS_PER_SIDE_MAX, type Side } from '../protocol/limits.ts';

/** Ring neighbours as a classic widget knows them: one link at each end of the strip. */
export function ringLinksOf(neighbours: NeighboursFrame | undefined): readonly Connection[] {
  return [...linkTo('left', neighbours?.left), ...linkTo('right', neighbours?.right)];
}

/** The neighbour stands in front of the owner's own links on its side; the protocol's cap drops the last of those. */
export function withRingLinks(links: readonly Connection[], own: readonly Connection[]): readonly Connection[] {
  const all = [...links, ...own];
  const onSide = (side: Side): Connection[] =>
    all.filter((connection) => connection.side === side).slice(0, CONNECTIONS_PER_SIDE_MAX);
  if (links.length === 0) return own;
  const kept = new Set([...onSide('left'), ...onSide('right')]);
  return all.filter((connection) => kept.has(connection));
}

/** The `hello` of a classic client. The default scene has connections only while it is in a ring. */
export function helloWithRingLinks<Frame extends HelloFrame | SpectatorHelloFrame>(
  frame: Frame,
  links: readonly Connection[],
): Frame {
  return links.length === 0 ? frame : { ...frame, connections: withRingLinks(links, frame.connections ?? []) };
}

export function isSameLinks(a: readonly Connection[], b: readonly Connection[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ side, label, url }, index) => {
      const other = b[index];
      return other?.side === side && other.label === label && other.url === url;
    })
  );
}

function linkTo(side: Side, gate: Gate | null | undefined): Connection[] {
  if (!gate) return [];
  return [{ side, label: gate.name.slice(0, CONNECTION_LABEL_MAX_UNITS), url: gate.url }];
}
