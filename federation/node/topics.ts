/** Topic and protocol names, each built in one place. The number in them is the wire's version. */
export function siteTopic(ringId: string, siteId: string): string {
  return `/townring/1/${ringId}/site/${siteId}`;
}

export function regionTopic(ringId: string, region: number): string {
  return `/townring/1/${ringId}/region/${region}`;
}

export const STATE_PROTOCOL = '/townring/state/1';
export const DIGESTS_PROTOCOL = '/townring/digests/1';
export const OFFER_PROTOCOL = '/townring/offer/1';
export const DOCUMENTS_PROTOCOL = '/townring/documents/1';
export const JOIN_PROTOCOL = '/townring/join/1';
export const VIEW_PROTOCOL = '/townring/view/1';
export const VISIT_PROTOCOL = '/townring/visit/1';
export const WAVE_PROTOCOL = '/townring/wave/1';
export const BIRD_PROTOCOL = '/townring/bird/1';
