/** One square with nothing but defaults: builds the widget if needed, then becomes the square. */
import { buildWidget } from './build-widget.ts';

await buildWidget({ outDir: 'dist/public', minify: true });
await import('../src/main.ts');
