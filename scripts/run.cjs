// `node scripts/run.cjs <name> …` runs scripts/<name>.mjs. Old versions of Node have to be able to read this file, so that they
// can be refused in a sentence: nothing here is younger than ES5.
'use strict';
var oldest = 20;
if (parseInt(process.versions.node, 10) < oldest) {
  process.stderr.write(
    'Aldaba needs Node ' +
      oldest +
      ' or newer; this is Node ' +
      process.versions.node +
      '. Install a newer one, for example from https://nodejs.org, and run the command again.\n',
  );
  process.exit(1);
}
require('./run-module.cjs')(process.argv[2], process.argv.slice(3));
