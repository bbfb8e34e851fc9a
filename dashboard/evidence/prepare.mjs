// Run once after "npm ci". The DuckDB that is pinned is the last that reads its files without fetching an extension from
// elsewhere; Evidence sets two settings that it does not have yet, and to what it does anyway.
import { readFile, writeFile } from 'node:fs/promises';

for (const name of ['node', 'browser']) {
	const file = new URL(`node_modules/@evidence-dev/universal-sql/src/client-duckdb/${name}.js`, import.meta.url);
	const text = await readFile(file, 'utf8');
	await writeFile(file, text.replace(/^.*SET (ieee_floating_point_ops|old_implicit_casting) =.*$\n/gm, ''));
}
