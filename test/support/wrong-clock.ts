/**
 * Loaded before a square (`node --import`): its wall clock, and that of every process it starts, is off by WRONG_CLOCK_MS.
 * Nothing of the square knows of it.
 */
const offMs = Number(process.env['WRONG_CLOCK_MS']);
const rightNow = Date.now.bind(Date);
Date.now = () => rightNow() + offMs;
globalThis.Date = new Proxy(Date, {
  construct: (target, args: unknown[], newTarget: NewableFunction): Date =>
    Reflect.construct(target, args.length === 0 ? [target.now()] : args, newTarget),
});
