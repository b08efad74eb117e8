// The first line of every npm script, in plain JavaScript so that an older Node gets a clear answer instead of a syntax error.
// Node 24 comes along as an optional dependency and stands first on the PATH of npm scripts (docs/adr/0001-node-24.md).
const major = Number(process.versions.node.split('.')[0]);
const [name = '', ...rest] = process.argv.slice(2);
if (major < 24) {
  process.stderr.write(
    `Townring needs Node 24 or newer, this is ${process.version}: run it through npm after "npm ci" on Linux, or install Node 24.\n`,
  );
  process.exit(1);
}
const entries = {
  start: './start.ts',
  demo: './demo.ts',
  test: './test.ts',
  check: './check.ts',
  build: './build.ts',
  bench: './bench.ts',
  townring: '../src/cli/townring.ts',
};
const entry = entries[name];
if (entry === undefined) {
  process.stderr.write(`no such script: "${name}"\n`);
  process.exit(2);
}
process.argv.splice(1, 2, new URL(entry, import.meta.url).pathname);
process.argv.splice(2, process.argv.length, ...rest);
await import(entry);
