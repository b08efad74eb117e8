/**
 * What admission decided about one socket, as plain data: it travels with the TCP socket to whoever holds the scene, in
 * this process or another.
 */
export interface AdmissionTicket {
  readonly sceneKey: string;
  /** False: the default scene. */
  readonly isHosted: boolean;
  /** Normalised web origin of the page; absent when the client named none. */
  readonly origin?: string;
  /** Address that limits are counted for. Never logged, never sent on. */
  readonly clientIp: string;
  /** Sockets that the scene takes. */
  readonly connectionLimit: number;
  /** Watches without joining. */
  readonly isSpectator?: true;
}
