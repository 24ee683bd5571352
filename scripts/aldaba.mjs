// `./aldaba …`: the command line; it works while the server runs and while it does not.
import { prepare, runBuiltHere } from './prepare.mjs';

await prepare();
await runBuiltHere('cli.js');
