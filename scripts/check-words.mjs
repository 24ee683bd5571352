// Words that make a sentence hard to read, with what to write instead: in docs, messages, phrases, comments and the
// names of tests. Code and quotes of the wire are exempt: fenced blocks and code spans of Markdown, strings of code
// that are not messages.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from './files.mjs';
import { root } from './runtime.mjs';

// Code whose comments and test names are still to be edited. The list only shrinks.
const pending = [];

const width = 120;

const banned = [
  ['who(ever|mever)', 'name the actor: the user, the caller, an operator'],
  ["nobody(’s|'s)?", 'name the actor and negate the verb: no user, the server does not'],
  ["somebody( else)?(’s|'s)?", 'name the actor: a user, an attacker, another user'],
  ["anybody(’s|'s)?|everybody(’s|'s)?", 'name the actors: every user, any caller'],
  ['anew', 'again, or a new …'],
  ['meanwhile', 'while …, in the time between, concurrently'],
  ['thereby|thereof|therein|hereby|thus', 'say it directly'],
  ['e-mails?', 'email'],
  ['log-?ins? (page|form)', 'sign-in page'],
  ['(is|are|was|were|be|been|being) told( of)?', 'learns, receives, gets; or name the message'],
  ['(tells?|told) of', 'report, list, return'],
  ['hears? of', 'receives'],
  ['(lies|lie|lay|lain) (in|at|on|beside|below|inside|outside|there|before)', 'is stored in, is in'],
  ['as good as|so far as|in vain|for good', 'say it plainly: permanently, without effect'],
  ['small letters?|capitals?(?! city)', 'lowercase letters, uppercase letters'],
  ['wearers?|farewells?|patience', 'say the thing instead of the metaphor'],
  ['(front|side|back|both|all|two|every|the|a) doors?', 'route module, entry point, API'],
  ['leeway', 'grace period'],
  [
    'colours?|behaviours?|licences?|(recogni|locali|summari|initiali)s(e|es|ed|ing)',
    'American spelling: color, behavior, license, -ize',
  ],
  ['whereby|whereof|hence|henceforth|hitherto|lest|ere|nought|aught|anon', 'modern English'],
  ['of which one|those who|those that', 'name them: users who, applications that'],
  ['(?<!there )(is|are) no (?!longer|more)\\w+', 'is not a …'],
].map(([words, instead]) => ({ pattern: new RegExp(`(?<![\\w-])(?:${words})(?![\\w-])`, 'gi'), instead }));

// Zero-width characters and marks of the direction of text, which a reader of the code does not see.
const hidden = /[\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/;

const messages =
  /^(contract\/src\/errors\.ts|pages\/src\/phrases\/en\.ts|server\/src\/commands\/[\w-]+\.ts|server\/src\/(config|start-failure)\.ts)$/;

/** Every banned word, hidden character and comment line over the width: [{ file, line, message }]. */
export function checkWords(base = root, exempt = pending) {
  const files = listFiles('.', base).filter((file) => /\.(md|ts|tsx|mjs)$/.test(file) && !/\.d\.m?ts$/.test(file));
  return files.flatMap((file) => {
    if (exempt.some((path) => file === path || file.startsWith(`${path}/`))) return [];
    const text = readFileSync(join(base, file), 'utf8');
    return file.endsWith('.md') ? checkProse(file, text) : checkCode(file, text);
  });
}

function checkProse(file, text) {
  const blank = (found) => found.replaceAll(/[^\n]/g, ' ');
  const prose = text
    .replaceAll(/^( *)(`{3,}).*\n[\s\S]*?^\1\2 *$/gm, blank)
    .replaceAll(/^ +- `[\w./-]+\.test\.\w+` “.*$/gm, blank)
    .replaceAll(/`[\w./-]+\.test\.\w+` “[^”\n]*”/g, blank)
    .replaceAll(/`[^`\n]+`|\]\([^)\n]*\)|<!--[\s\S]*?-->|https?:\S+/g, blank);
  return prose.split('\n').flatMap((line, index) => findWords(file, index + 1, line));
}

function checkCode(file, text) {
  const names = new Map(testNames(text).map(({ line, name }) => [line, name]));
  return text.split('\n').flatMap((line, index) => {
    const number = index + 1;
    const comment = /^\s*(?:\/\/|\/?\*)/.test(line) ? line : (/\s\/\/ .*$/.exec(line)?.[0] ?? '');
    const strings = messages.test(file) ? (line.match(/'(?:\\.|[^'\\])*'|`[^`]*`/g) ?? []).join(' ') : '';
    const found = findWords(
      file,
      number,
      `${comment.replaceAll(/`[^`]*`/g, ' ')} ${strings} ${names.get(number) ?? ''}`,
    );
    const unseen = hidden.exec(line)?.[0];
    if (unseen) {
      const code = `\\u${unseen.charCodeAt(0).toString(16).padStart(4, '0')}`;
      found.push({ file, line: number, message: `a hidden character: write it as ${code}` });
    }
    if (comment === line && line.length > width && !/https?:\S{40}/.test(line))
      found.push({ file, line: number, message: `a comment line of ${line.length} characters: wrap at ${width}` });
    return found;
  });
}

function testNames(text) {
  const calls = text.matchAll(/\b(?:it|test|describe|suite)(?:\.\w+)?\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g);
  return [...calls].map((call) => ({
    line: text.slice(0, call.index + call[0].length).split('\n').length,
    name: call[2],
  }));
}

function findWords(file, line, text) {
  return banned.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map(([word]) => ({ file, line, message: `“${word}”: ${instead}` })),
  );
}
