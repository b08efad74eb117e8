import { Session, type Runtime } from 'node:inspector';

/** An object graph deeper than this has left what it began at. */
const DEPTH_MAX = 8;

/** Where walks begin, for the inspector to see. */
const roots: Record<string, unknown> = {};
let nextRoot = 1;

/**
 * Every Map, Set and array that can be reached from an object, private fields included, by path and with its size. What is
 * inside of collections is not looked at, nor functions, prototypes and bytes.
 */
export function collectionSizes(root: object): Map<string, number> {
  const name = `walked ${nextRoot}`;
  nextRoot += 1;
  roots[name] = root;
  Object.defineProperty(globalThis, 'walkedRoots', { value: roots, configurable: true });
  const session = new Session();
  session.connect();
  const sizes = new Map<string, number>();
  try {
    const objectIdOf = (expression: string): string => {
      const evaluated = atOnce<Runtime.EvaluateReturnType>((done) =>
        session.post('Runtime.evaluate', { expression }, done),
      );
      if (evaluated.result.objectId === undefined) throw new Error('nothing to walk');
      return evaluated.result.objectId;
    };
    const seen = new Set<string>();
    const visit = (objectId: string, path: string, depth: number): void => {
      const { result, privateProperties = [] }: Properties = atOnce<Runtime.GetPropertiesReturnType>((done) =>
        session.post('Runtime.getProperties', { objectId, ownProperties: true }, done),
      );
      for (const { name: key, value } of [...result, ...privateProperties]) {
        if (key === '__proto__' || value?.objectId === undefined) continue;
        const where = `${path}.${key}`;
        const size = sizeOf(value);
        if (size !== undefined) sizes.set(where, size);
        else if (isWalked(value) && depth < DEPTH_MAX && !seen.has(identityOf(session, value.objectId))) {
          seen.add(identityOf(session, value.objectId));
          visit(value.objectId, where, depth + 1);
        }
      }
    };
    visit(objectIdOf(`walkedRoots[${JSON.stringify(name)}]`), root.constructor.name, 0);
  } finally {
    session.disconnect();
    delete roots[name];
  }
  return sizes;
}

interface Properties extends Runtime.GetPropertiesReturnType {
  /** Missing from the types, there in V8. */
  readonly privateProperties?: readonly Pick<Runtime.PropertyDescriptor, 'name' | 'value'>[];
}

const numbers = new WeakMap<object, number>();
let nextNumber = 1;

/** The same for the same object, whichever handle the inspector gave it. */
function identityOf(session: Session, objectId: string): string {
  Object.defineProperty(globalThis, 'walkedNumberOf', { value: numberOf, configurable: true });
  const functionDeclaration = 'function () { return walkedNumberOf(this); }';
  const { result } = atOnce<Runtime.CallFunctionOnReturnType>((done) =>
    session.post('Runtime.callFunctionOn', { objectId, functionDeclaration, returnByValue: true }, done),
  );
  return String(result.value);
}

function numberOf(object: object): number {
  const known = numbers.get(object) ?? nextNumber;
  if (known === nextNumber) nextNumber += 1;
  numbers.set(object, known);
  return known;
}

function sizeOf({ subtype, description = '' }: Runtime.RemoteObject): number | undefined {
  if (subtype !== 'map' && subtype !== 'set' && subtype !== 'array') return undefined;
  return Number(/\((\d+)\)$/.exec(description)?.[1]);
}

function isWalked({ type, subtype }: Runtime.RemoteObject): boolean {
  return type === 'object' && subtype === undefined;
}

/** In this process the inspector answers before it returns. */
function atOnce<Answer>(post: (done: (err: Error | null, answer?: Answer) => void) => void): Answer {
  let answer: Answer | undefined;
  let failure: Error | null = null;
  post((err, given) => {
    failure = err;
    answer = given;
  });
  if (failure !== null) throw failure;
  if (answer === undefined) throw new Error('the inspector did not answer at once');
  return answer;
}
