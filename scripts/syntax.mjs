// What the checks need to know of a source file, read by a real parser (rolldown's): imports and functions.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

/**
 * Parsed source: `imports` [{ specifier, types, lazy, line }], `functions` [{ name, line, length, parameters, suite }],
 * `names` [{ name, line }] of everything referred to, and 'await'.
 */
export function readSource(path, base) {
  const key = join(base, path);
  const source = parsed.get(key) ?? parse(path, base);
  parsed.set(key, source);
  return source;
}

// Several checks of one run read the same files.
const parsed = new Map();

function parse(path, base) {
  const text = readFileSync(join(base, path), 'utf8');
  const lineAt = lineFinder(text);
  const source = {
    imports: [],
    functions: [],
    names: [],
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
  };
  const language = { '.ts': 'ts', '.tsx': 'tsx', '.mjs': 'js', '.js': 'js' }[path.slice(path.lastIndexOf('.'))];
  visit(parseAst(text, { lang: language }, path), { source, lineAt, within: undefined, name: undefined });
  return source;
}

function visit(node, context) {
  let inside = context;
  const specifier = specifierOf(node);
  if (specifier) {
    const types = node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type';
    const lazy = node.type === 'ImportExpression';
    context.source.imports.push({ specifier, types, lazy, line: context.lineAt(node.start) });
  }
  if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type) && node.body) {
    inside = { ...context, within: addFunction(node, context) };
  }
  if (node.type === 'AwaitExpression') context.source.names.push({ name: 'await', line: context.lineAt(node.start) });
  if (node.type === 'Identifier') context.source.names.push({ name: node.name, line: context.lineAt(node.start) });
  const name = node.id?.name ?? node.key?.name;
  if (name) inside = { ...inside, name };
  const suite =
    node.type === 'CallExpression' && /^(describe|suite)$/.test(node.callee.name ?? node.callee.object?.name);
  if (node.type === 'CallExpression') inside = { ...inside, suite };
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) for (const child of value) child?.type && visit(child, inside);
    else if (value?.type) visit(value, inside);
  }
}

function specifierOf(node) {
  const from = /^(ImportDeclaration|ExportAllDeclaration|ExportNamedDeclaration|ImportExpression)$/.test(node.type);
  const source = from
    ? node.source
    : node.type === 'TSImportType'
      ? (node.source ?? node.argument?.literal)
      : undefined;
  return typeof source?.value === 'string' ? source.value : undefined;
}

// A function's length is its own lines: those of functions within it count for them. So a factory that returns many
// small functions is measured by what it does itself, and a long inner function is still found.
function addFunction(node, { source, lineAt, within, name, suite }) {
  const length = lineAt(node.end) - lineAt(node.start) + 1;
  const parameters = node.params.filter((parameter) => parameter.name !== 'this').length;
  const found = {
    name: node.id?.name ?? name ?? 'function',
    line: lineAt(node.start),
    length,
    parameters,
    suite: suite === true,
  };
  source.functions.push(found);
  if (within) within.length -= length - 1;
  return found;
}

function lineFinder(text) {
  const starts = [0];
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1)) starts.push(index + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
