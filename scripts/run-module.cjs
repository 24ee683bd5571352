// Runs a script as if Node had been started with it. Apart from run.cjs, because old versions of Node cannot read `import()`.
const { join } = require('node:path');

module.exports = (name, args) => {
  const file = join(__dirname, `${name}.mjs`);
  process.argv = [process.argv[0], file, ...args];
  import(file);
};
