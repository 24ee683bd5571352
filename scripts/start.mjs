// `npm start`: from a fresh clone to a running server.
import { prepare, runBuilt, serverFlags } from './prepare.mjs';

await prepare();
await runBuilt('main.js', serverFlags);
