import { sceneConfigFrom } from '../protocol/scene-kit.ts';
import { connectionsFrom, messageBoardFrom } from '../scene/site-parts.ts';
import { styleConfigFrom } from '../scene/style.ts';
import { newSiteRecord, type SiteRecord } from '../store/site-record.ts';
import { hashAdminToken, newAdminToken } from './admin-token.ts';
import { siteDetailsFrom, type Checked } from './site-details.ts';

export interface Registration {
  readonly site: SiteRecord;
  /** Shown to the owner, once. */
  readonly adminToken: string;
}

/** Makes a site of what somebody filled in (http-api.md section 4); everything but the origin has a default. */
export function registrationFrom(
  input: Readonly<Record<string, unknown>>,
  connectionLimit: number,
  now: number,
): Checked<Registration> {
  const details = siteDetailsFrom(input, true);
  if (!details.ok) return details;
  const { name, origin, allowedOrigins, email } = details.value;
  const adminToken = newAdminToken();
  const site: SiteRecord = {
    ...newSiteRecord(
      { name, origin, allowedOrigins, connectionLimit, adminTokenHash: hashAdminToken(adminToken) },
      now,
    ),
    email,
    scene: sceneConfigFrom(input['sceneConfig']),
    style: styleConfigFrom(input['styleConfig']),
    connections: connectionsFrom(input['connections']),
    messageBoard: messageBoardFrom(input['messageBoard']),
  };
  return { ok: true, value: { site, adminToken } };
}
