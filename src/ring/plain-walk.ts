import { termsWith } from '../../federation/terms.ts';
import type { RingSource } from './ring-holder.ts';

/** Whether visitors of one of our scenes may walk to a site next to it, told without the running ring. */
export function mayWalkOut(
  { rings, sites }: Pick<RingSource, 'rings' | 'sites'>,
  sceneKey: string,
  to: string,
): boolean {
  const local = sites().find((each) => each.sceneKey === sceneKey);
  const ring = rings.all().find(({ ringId }) => ringId === local?.ringId);
  const host = ring?.members.members.find((member) => member.sites.some(({ id }) => id === to));
  return local !== undefined && host !== undefined && termsWith(local, host.square).letsVisitorsOut;
}
