import { Lexer, type MarkedToken, Parser, Renderer, type Token, type Tokens } from 'marked';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { placeholders } from './placeholders.ts';

export { fill, fillHtml, type PlaceholderValues, portOf } from './placeholders.ts';

/**
 * The format of the framework guides, described in `README.md` of this folder. Pure: takes text, returns data. The
 * build of the Console and the tests that run the guides share it, so that both understand a guide the same way.
 */

const header = z.strictObject({
  title: z.string().min(1),
  summary: z.string().regex(/^\S.*[.。]$/, 'must be one sentence that ends with a full stop'),
  category: z.enum(['traditional', 'spa', 'native', 'machine-to-machine', 'third-party', 'api']),
  /** Type of the application in the Management API. APIs have none. */
  type: z.enum(['Traditional', 'SPA', 'Native', 'MachineToMachine']).optional(),
  /** Position in its category, ascending. */
  order: z.number(),
  /** Programming language, as its users write it. */
  language: z.string().min(1),
  /** The package that the guide is about, with the registry that serves it: `logto (PyPI)`. */
  package: z
    .string()
    .regex(/^\S+( \([\w .]+\))?$/, 'must be a name, with the registry in parentheses')
    .optional(),
  /** Component of `@tabler/icons-react` that the Console shows. */
  icon: z.string().regex(/^Icon[A-Z]\w+$/, 'must name an icon of Tabler'),
  /** Which command runs the code of the guide against a real server; `no` is shown to the reader. */
  tested: z.enum(['npm-test', 'guides', 'no']),
  /** Base URL of the reader's app while it is developed, without trailing slash. */
  appUrl: z.string().regex(/[^/]$/, 'must not end with a slash').optional(),
});
const translatedHeader = header.pick({ title: true, summary: true });

const addressDirectives = ['redirect-uri', 'post-sign-out-uri', 'cors-origin'] as const;

/** Prose between the code: Markdown, and the same as HTML. Both still contain placeholders. */
export interface Prose {
  kind: 'prose';
  markdown: string;
  html: string;
}

/** Code to copy. With `file`, part of that file of the reader's app; without, an illustration. */
export interface Code {
  kind: 'code';
  language: string;
  file?: string;
  /** Appended to the code of the same file in an earlier block, or to a file that a command made. */
  continued: boolean;
  text: string;
}

/** Shell commands to type. `keepsRunning` until the reader stops them: they start the app. */
export interface Commands {
  kind: 'commands';
  keepsRunning: boolean;
  text: string;
}

/** A URI to register for the application. */
export interface Address {
  kind: (typeof addressDirectives)[number];
  uri: string;
}

/** Where the Console waits for the first sign-in and shows it. */
export interface LiveCheck {
  kind: 'live-check';
}

export type Block = Prose | Code | Commands | Address | LiveCheck;

export interface Step {
  title: string;
  blocks: Block[];
}

export interface Guide extends z.infer<typeof header> {
  /** Name of the folder. */
  name: string;
  steps: Step[];
}

/** A mistake in a guide, with the file and the line (from 1) to correct. */
export class GuideError extends Error {
  readonly file: string;
  readonly line: number;
  constructor(file: string, line: number, message: string) {
    super(`${file}:${line} ${message}`);
    this.name = 'GuideError';
    this.file = file;
    this.line = line;
  }
}

/**
 * Parses `guide.md` of the folder `name`. `file` is the path for messages.
 * @throws GuideError for a missing or incomplete header, an unknown placeholder or directive, text before the first
 *   step, a file given twice without `continued`, or raw HTML
 */
export function parseGuide(name: string, text: string, file = `${name}/guide.md`): Guide {
  const source = split(text, file);
  const fields = readHeader(header, source);
  const steps = readSteps(source);
  checkFiles(steps, file);
  if ((fields.type === undefined) !== (fields.category === 'api'))
    throw new GuideError(file, 1, 'needs a `type` in its header, unless its category is `api`');
  return { ...fields, name, steps: steps.map(withoutLines) };
}

function checkFiles(steps: LinedStep[], file: string): void {
  const seen = new Set<string>();
  let commands = false;
  for (const [block, line] of steps.flatMap(({ blocks }) => blocks)) {
    commands ||= block.kind === 'commands';
    if (block.kind !== 'code' || block.file === undefined) continue;
    if (seen.has(block.file) && !block.continued) {
      const advice = 'write `continued` after the name to append to it';
      throw new GuideError(file, line, `begins ${block.file} a second time: ${advice}`);
    }
    if (block.continued && !seen.has(block.file) && !commands)
      throw new GuideError(file, line, `continues ${block.file}, which no earlier fence or command makes`);
    seen.add(block.file);
  }
}

/**
 * Parses a translation of a guide. It repeats the steps with their directives; its fences are empty and take their
 * code from the original.
 * @throws GuideError for what `parseGuide` rejects, a step or block that is missing or different, and code of its own
 */
export function parseTranslation(original: Guide, text: string, file: string): Guide {
  const source = split(text, file);
  const fields = readHeader(translatedHeader, source);
  const steps = readSteps(source);
  const missing = original.steps[steps.length];
  if (missing) throw new GuideError(file, source.lastLine, `lacks the step “${missing.title}” of guide.md`);
  const translated = steps.map((step, index) => {
    const model = original.steps[index];
    if (!model) throw new GuideError(file, step.line, `has the step “${step.title}”, which guide.md does not have`);
    return { title: step.title, blocks: fillFences(model, step, file) };
  });
  return { ...original, ...fields, steps: translated };
}

function fillFences(model: Step, step: LinedStep, file: string): Block[] {
  const rest = model.blocks.filter((block) => block.kind !== 'prose');
  const blocks = step.blocks.map(([block, line]) => {
    if (block.kind === 'prose') return block;
    const twin = rest.shift();
    const text = block.kind === 'code' || block.kind === 'commands' ? block.text : '';
    if (text !== '') throw new GuideError(file, line, 'has code in a fence: leave it empty, the code is in guide.md');
    if (!twin || describe(twin) !== describe(block))
      throw new GuideError(
        file,
        line,
        `has ${describe(block)} where guide.md has ${twin ? describe(twin) : 'nothing'}`,
      );
    return twin;
  });
  const [missing] = rest;
  if (missing) throw new GuideError(file, step.line, `lacks ${describe(missing)} in the step “${step.title}”`);
  return blocks;
}

function describe(block: Block): string {
  switch (block.kind) {
    case 'code':
      return `a fence \`${[block.language, block.file, block.continued ? 'continued' : ''].filter(Boolean).join(' ')}\``;
    case 'commands':
      return `a fence \`sh${block.keepsRunning ? ' start' : ''}\``;
    case 'prose':
    case 'live-check':
      return block.kind;
    default:
      return `::${block.kind} ${block.uri}`;
  }
}

interface Source {
  file: string;
  header: string;
  /** Lines before the body, so that lines of the body count from the top of the file. */
  bodyStart: number;
  body: string;
  lastLine: number;
}

function split(text: string, file: string): Source {
  const normalized = text.replaceAll('\r\n', '\n');
  const lines = normalized.split('\n');
  for (const [index, line] of lines.entries()) {
    for (const [, name = ''] of line.matchAll(/\{\{(\w+)\}\}/g)) {
      if (!(placeholders as readonly string[]).includes(name))
        throw new GuideError(
          file,
          index + 1,
          `has the unknown placeholder {{${name}}}; known: ${placeholders.join(', ')}`,
        );
    }
  }
  const end = lines.indexOf('---', 1);
  if (lines[0] !== '---' || end === -1) throw new GuideError(file, 1, 'has no header between two lines of `---`');
  const lastLine = normalized.trimEnd().split('\n').length;
  const bodyStart = end + 1;
  return { file, header: lines.slice(1, end).join('\n'), bodyStart, body: lines.slice(bodyStart).join('\n'), lastLine };
}

function readHeader<Fields>(schema: z.ZodType<Fields>, { file, header: text }: Source): Fields {
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake)
    throw new GuideError(file, (mistake.linePos?.[0].line ?? 0) + 1, mistake.message.split('\n', 1)[0] ?? '');
  const read = schema.safeParse(document.toJS() ?? {});
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const field = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0];
  const line = text.split('\n').findIndex((candidate) => candidate.startsWith(`${String(field)}:`));
  throw new GuideError(file, line + 2, `header: ${String(field ?? '')}: ${issue?.message}`);
}

/** A step whose blocks carry their line, for messages. */
interface LinedStep {
  title: string;
  line: number;
  blocks: [block: Block, line: number][];
}

const withoutLines = ({ title, blocks }: LinedStep): Step => ({ title, blocks: blocks.map(([block]) => block) });

function readSteps({ file, body, bodyStart, lastLine }: Source): LinedStep[] {
  const steps: LinedStep[] = [];
  let line = bodyStart + 1;
  for (const token of new Lexer().lex(body) as MarkedToken[]) {
    const lead = /^\n*/.exec(token.raw)?.[0].length ?? 0;
    const start = line + lead;
    line += token.raw.split('\n').length - 1;
    if (token.type === 'space') continue;
    if (token.type === 'heading' && token.depth === 2) {
      steps.push({ title: token.text, line: start, blocks: [] });
      continue;
    }
    const step = steps.at(-1);
    if (!step) throw new GuideError(file, start, 'has text before the first step: begin a step with `## `');
    for (const block of readBlocks(token, file, start)) {
      const [last] = step.blocks.at(-1) ?? [];
      if (block.kind === 'prose' && last?.kind === 'prose') Object.assign(last, joinProse(last, block));
      else step.blocks.push([block, start]);
    }
  }
  if (steps.length === 0) throw new GuideError(file, lastLine, 'has no steps: begin each with `## `');
  return steps;
}

const joinProse = (first: Prose, second: Prose): Prose => ({
  kind: 'prose',
  markdown: `${first.markdown}\n\n${second.markdown}`,
  html: first.html + second.html,
});

function readBlocks(token: MarkedToken, file: string, line: number): Block[] {
  if (token.type === 'code') return [readFence(token.raw, token.text, file, line)];
  if (token.type === 'heading' && token.depth === 1)
    throw new GuideError(file, line, 'has a heading of level 1: the title is in the header');
  if (/^ *(`{3}|~{3})/m.test(token.raw))
    throw new GuideError(file, line, 'has a fence inside another block: end the block first');
  if (containsHtml(token)) throw new GuideError(file, line, 'has raw HTML: write Markdown');
  if (token.type === 'paragraph' && token.raw.startsWith('::'))
    return token.raw
      .trimEnd()
      .split('\n')
      .map((text, index) => readDirective(text, file, line + index));
  return [{ kind: 'prose', markdown: token.raw.trim(), html: toHtml(token) }];
}

function readFence(raw: string, text: string, file: string, line: number): Code | Commands {
  const [, info] = /^```([^\n`]*)\n/.exec(raw) ?? [];
  const [language = '', ...words] = (info ?? '').trim().split(/\s+/);
  if (language === '') throw new GuideError(file, line, 'has code without a language: write ```<language> <file>');
  if (language === 'sh' && !words[0]?.includes('.')) {
    if (words.length > 1 || (words[0] !== undefined && words[0] !== 'start'))
      throw new GuideError(file, line, 'has a fence `sh` with unknown words: `start` or a file name may follow');
    return { kind: 'commands', keepsRunning: words[0] === 'start', text };
  }
  const [name, mark, ...others] = words;
  if (others.length > 0 || (mark !== undefined && mark !== 'continued'))
    throw new GuideError(file, line, 'has a fence with unknown words: write ```<language> <file> [continued]');
  if (name !== undefined && /^\/|(^|\/)\.\.(\/|$)/.test(name))
    throw new GuideError(file, line, `names ${name}, which is outside of the reader's app`);
  return { kind: 'code', language, continued: mark !== undefined, text, ...(name === undefined ? {} : { file: name }) };
}

function readDirective(text: string, file: string, line: number): Address | LiveCheck {
  const [, name = '', uri = ''] = /^::([\w-]*)\s*(.*)$/.exec(text.trim()) ?? [];
  const kind = addressDirectives.find((known) => known === name);
  if (kind && /^\S+$/.test(uri)) return { kind, uri };
  if (kind) throw new GuideError(file, line, `has ::${name} without one URI after it`);
  if (name === 'live-check' && uri === '') return { kind: 'live-check' };
  const known = [...addressDirectives, 'live-check'].map((directive) => `::${directive}`).join(', ');
  throw new GuideError(file, line, `has the unknown directive “${text.trim()}”; known: ${known}`);
}

const containsHtml = (token: Token): boolean =>
  token.type === 'html' ||
  ('tokens' in token && (token.tokens ?? []).some(containsHtml)) ||
  ('items' in token && (token.items as Token[]).some(containsHtml));

/** A path of the repository in place of an address that the browser could open. */
class GuideRenderer extends Renderer {
  override link(token: Tokens.Link): string {
    if (!token.href.startsWith('../../../')) return super.link(token);
    const page = token.href.slice('../../../'.length);
    return `<a data-page="${page}">${this.parser.parseInline(token.tokens)}</a>`;
  }
}

const renderer = new GuideRenderer();

/** Addresses of links are percent-encoded by the renderer; placeholders in them have to stay. */
const toHtml = (token: Token): string =>
  new Parser({ renderer }).parse([token]).replaceAll(/%7B%7B(\w+)%7D%7D/g, '{{$1}}');

/** The files of a guide: path and content, with `continued` fences appended after an empty line. */
export function filesOf(guide: Guide): Map<string, string> {
  const files = new Map<string, string>();
  for (const block of guide.steps.flatMap(({ blocks }) => blocks)) {
    if (block.kind !== 'code' || block.file === undefined) continue;
    const before = files.get(block.file);
    files.set(block.file, `${before === undefined ? '' : `${before}\n`}${block.text}\n`);
  }
  return files;
}
