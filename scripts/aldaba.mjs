// `./aldaba …`: the command line; it works while the server runs and while it does not.
import { prepare, runBuilt } from './prepare.mjs';

await prepare();
await runBuilt('cli.js');
