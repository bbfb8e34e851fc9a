// Serves the site that was built, on loopback only: node serve.mjs [port]
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const site = join(dirname(fileURLToPath(import.meta.url)), 'build');
const types = {
	'.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json',
	'.svg': 'image/svg+xml', '.png': 'image/png', '.ico': 'image/x-icon', '.wasm': 'application/wasm',
	'.webmanifest': 'application/manifest+json', '.woff2': 'font/woff2'
};

// A page is a directory with an index.html.
async function find(path) {
	for (const file of extname(path) ? [path] : [join(path, 'index.html'), path]) {
		try {
			return { body: await readFile(join(site, file)), type: types[extname(file)] ?? 'application/octet-stream' };
		} catch (error) {
			if (!['ENOENT', 'EISDIR', 'ENOTDIR'].includes(error.code)) throw error;
		}
	}
	return null;
}

const server = createServer(async (request, response) => {
	try {
		// normalized from the root, so that it cannot lead out of the site
		const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
		const found = path.startsWith('/') ? await find(path) : null;
		const range = found && /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
		let body = found?.body ?? Buffer.from('not found');
		const headers = { 'Content-Type': found?.type ?? 'text/plain', 'Accept-Ranges': 'bytes' };
		if (range) {
			const first = Number(range[1]);
			const last = Math.min(range[2] ? Number(range[2]) : Infinity, body.length - 1);
			headers['Content-Range'] = `bytes ${first}-${last}/${body.length}`;
			body = body.subarray(first, last + 1);
		}
		response.writeHead(!found ? 404 : range ? 206 : 200, { ...headers, 'Content-Length': body.length });
		response.end(request.method === 'HEAD' ? undefined : body);
	} catch {
		response.writeHead(400).end();
	}
});
server.listen(Number(process.argv[2] ?? 3000), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
