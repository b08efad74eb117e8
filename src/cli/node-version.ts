/** The oldest Node that runs Townring (package.json, `engines`). */
const OLDEST_MAJOR = 24;

/** One line for whoever starts it on an older Node; undefined when all is well. */
export function nodeProblem(version: string): string | undefined {
  const major = Number.parseInt(version, 10);
  return major >= OLDEST_MAJOR ? undefined : `townring needs Node ${OLDEST_MAJOR} or newer; this is Node ${version}`;
}
