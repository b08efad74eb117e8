import { Session, type Runtime } from 'node:inspector';

/** Objects looked at before a walk gives up: it has left what it began at. */
const OBJECTS_MAX = 20_000;

/** What belongs to the module or to the program is shared by all, and not what one object holds. */
const OWN_SCOPE = /^(Closure|Block|Local)/;

/**
 * Every Map, Set and array that a set of functions holds on to, through closures and objects, by path and with its size.
 * Classes keep their state in fields, factories keep it in closures: this sees the latter, test/support/walk-collections.ts
 * the former.
 */
export function closureSizes(root: object): ReadonlyMap<string, number> {
  const session = new Session();
  session.connect();
  const sizes = new Map<string, number>();
  try {
    Object.defineProperty(globalThis, 'walkedClosure', { value: root, configurable: true });
    Object.defineProperty(globalThis, 'walkedSeen', { value: new WeakSet(), configurable: true });
    const begun = post<Runtime.EvaluateReturnType>((done) =>
      session.post('Runtime.evaluate', { expression: 'walkedClosure' }, done),
    );
    const queue: { readonly objectId: string; readonly path: string }[] = [];
    const isNew = (objectId: string): boolean =>
      post<Runtime.CallFunctionOnReturnType>((done) =>
        session.post('Runtime.callFunctionOn', { objectId, functionDeclaration: IS_NEW, returnByValue: true }, done),
      ).result.value === true;
    const look = ({ objectId, type, subtype, description = '' }: Runtime.RemoteObject, path: string): void => {
      if (objectId === undefined || (type !== 'object' && type !== 'function') || !isNew(objectId)) return;
      const size = subtype === 'map' || subtype === 'set' || subtype === 'array' ? SIZE.exec(description) : null;
      if (size !== null) sizes.set(path, Number(size[1]));
      if (subtype === undefined || subtype === 'map' || subtype === 'set') queue.push({ objectId, path });
    };
    look(begun.result, 'root');
    for (let index = 0; index < Math.min(queue.length, OBJECTS_MAX); index += 1) {
      const { objectId, path } = queue[index] ?? { objectId: '', path: '' };
      const { result, internalProperties = [] } = propertiesOf(session, objectId);
      for (const { name, value } of result)
        if (value !== undefined && name !== '__proto__') look(value, `${path}.${name}`);
      for (const { name, value } of internalProperties) {
        if (value?.objectId === undefined) continue;
        const inner = propertiesOf(session, value.objectId).result;
        if (name === '[[Scopes]]') {
          for (const { value: scope } of inner) {
            if (scope?.objectId === undefined || !OWN_SCOPE.test(scope.description ?? '')) continue;
            for (const held of propertiesOf(session, scope.objectId).result) {
              if (held.value !== undefined) look(held.value, `${path}>${held.name}`);
            }
          }
        } else if (name === '[[Entries]]') {
          // The first few stand for all: they are alike.
          for (const { value: entry } of inner.slice(0, 3)) if (entry !== undefined) lookInto(entry, `${path}[]`);
        }
      }
    }
    function lookInto(entry: Runtime.RemoteObject, path: string): void {
      if (entry.objectId === undefined) return;
      for (const { name, value } of propertiesOf(session, entry.objectId).result) {
        if (value !== undefined && (name === 'key' || name === 'value')) look(value, path);
      }
    }
  } finally {
    session.disconnect();
  }
  return sizes;
}

const SIZE = /\((\d+)\)$/;
const IS_NEW = 'function () { if (walkedSeen.has(this)) return false; walkedSeen.add(this); return true; }';

function propertiesOf(session: Session, objectId: string): Runtime.GetPropertiesReturnType {
  return post((done) => session.post('Runtime.getProperties', { objectId, ownProperties: true }, done));
}

/** In this process the inspector answers before it returns. */
function post<Answer>(send: (done: (err: Error | null, answer?: Answer) => void) => void): Answer {
  let answer: Answer | undefined;
  send((err, given) => {
    if (err !== null) throw err;
    answer = given;
  });
  if (answer === undefined) throw new Error('the inspector did not answer at once');
  return answer;
}
