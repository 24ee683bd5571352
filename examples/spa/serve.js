/**
 * Bundles main.js and serves it with index.html. Configuration: LOGTO_ENDPOINT, LOGTO_APP_ID, APP_PORT.
 * Any static web server does the same: every path that is no file gets index.html.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const { LOGTO_ENDPOINT = 'http://localhost:3001', LOGTO_APP_ID, APP_PORT = '3003' } = process.env;

const bundle = await rolldown({ input: join(import.meta.dirname, 'main.js'), platform: 'browser', logLevel: 'silent' });
const { output } = await bundle.generate({ format: 'esm', minify: true });
const files = {
  '/main.js': ['text/javascript', output[0].code],
  '/settings.json': ['application/json', JSON.stringify({ endpoint: LOGTO_ENDPOINT, appId: LOGTO_APP_ID })],
};
const page = ['text/html; charset=utf-8', await readFile(join(import.meta.dirname, 'index.html'))];

createServer((request, response) => {
  const [type, body] = files[new URL(request.url, 'http://localhost').pathname] ?? page;
  response.writeHead(200, { 'content-type': type }).end(body);
}).listen(Number(APP_PORT), () => console.log(`Listening at http://localhost:${APP_PORT}`));
