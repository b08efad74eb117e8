/**
 * The WebSocket transport, without its way to end our process: @libp2p/websockets 10.1.21 listens to no `error` of an inbound
 * socket, so a single frame that is none, from anybody who reaches the port, is an uncaught exception.
 */
import type { CreateListenerOptions, Listener } from '@libp2p/interface';
import { webSockets } from '@libp2p/websockets';

type Factory = ReturnType<typeof webSockets>;

/** What the listener calls with every socket that has shaken hands. */
interface TakesSockets {
  onWsServerConnection(socket: Breakable, request: unknown): void;
}

interface Breakable {
  on(event: 'error', listener: () => void): void;
  terminate(): void;
}

export function guardedWebSockets(): Factory {
  const create = webSockets();
  return (components) => {
    const transport = create(components);
    const createListener = transport.createListener.bind(transport);
    transport.createListener = (options: CreateListenerOptions) => guarded(createListener(options));
    return transport;
  };
}

/** @throws Error when the library has changed: better no ring than one that a stranger can end */
function guarded(listener: Listener): Listener {
  if (!takesSockets(listener)) throw new Error('@libp2p/websockets takes its sockets in another way now');
  const take = listener.onWsServerConnection.bind(listener);
  listener.onWsServerConnection = (socket, request) => {
    socket.on('error', () => socket.terminate());
    take(socket, request);
  };
  return listener;
}

function takesSockets(listener: Listener): listener is Listener & TakesSockets {
  return 'onWsServerConnection' in listener && typeof listener.onWsServerConnection === 'function';
}
