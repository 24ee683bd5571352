import { type StreamParser, StringStream } from '@codemirror/streamparser';
import { highlightCode, type Tag, tagHighlighter, tags } from '@lezer/highlight';

/** The colors of `tokens.css` with the names of what has them; the grammars use these names, or short ones. */
const namesByColor = {
  keyword: ['keyword', 'atom', 'bool', 'null', 'self', 'modifier', 'qualifier', 'meta'],
  string: ['string', 'character', 'regexp', 'attributeValue'],
  number: ['number'],
  name: [
    'typeName',
    'type',
    'className',
    'tagName',
    'tag',
    'propertyName',
    'property',
    'attributeName',
    'attribute',
    'def',
  ],
  comment: ['comment'],
} as const;

type CodeColor = keyof typeof namesByColor;

/** A part of code. What has no color is shown as text. */
export interface CodePart {
  text: string;
  color?: CodeColor | undefined;
}

/** The parts of code; joined, they are the code. */
export type Colorize = (code: string) => CodePart[];

const colors = Object.entries(namesByColor) as [CodeColor, readonly string[]][];
const colorByName = new Map(colors.flatMap(([color, names]) => names.map((name) => [name, color] as const)));

const highlighter = tagHighlighter(
  colors.map(([color, names]) => ({
    tag: names.map((name) => tags[name as keyof typeof tags]).filter((tag): tag is Tag => typeof tag === 'object'),
    class: color,
  })),
);

/** Colors by a syntax tree: languages in which text, tags and code are mixed. */
const byTree =
  (parser: { parse: (code: string) => Parameters<typeof highlightCode>[1] }): Colorize =>
  (code) => {
    const parts: CodePart[] = [];
    highlightCode(
      code,
      parser.parse(code),
      highlighter,
      (text, classes) => parts.push({ text, color: (classes.split(' ').at(-1) as CodeColor | '') || undefined }),
      () => parts.push({ text: '\n' }),
    );
    return parts;
  };

const indent = 2;

/** Colors word by word: all other languages. */
const byLine =
  <State>(mode: StreamParser<State>): Colorize =>
  (code) => {
    const state = mode.startState?.(indent) ?? ({} as State);
    return code.split('\n').flatMap((line, place) => {
      const lead: CodePart[] = place === 0 ? [] : [{ text: '\n' }];
      if (line === '') mode.blankLine?.(state, indent);
      return [...lead, ...partsOfLine(mode, state, line)];
    });
  };

function partsOfLine<State>(mode: StreamParser<State>, state: State, line: string): CodePart[] {
  const parts: CodePart[] = [];
  const stream = new StringStream(line, indent, indent);
  while (!stream.eol()) {
    // An empty word only changes the state of the grammar.
    const style = mode.token(stream, state);
    if (stream.pos === stream.start) continue;
    // `variableName.special`, `string property`: the first known name counts.
    const name = style?.split(/[. ]/).find((word) => colorByName.has(word));
    const color = colorByName.get(name ?? '');
    const last = parts.at(-1);
    // Some grammars go character by character.
    if (last && last.color === color) last.text += stream.current();
    else parts.push({ text: stream.current(), color });
    stream.start = stream.pos;
  }
  return parts;
}

const script = async (dialect: string): Promise<Colorize> => {
  const { parser } = await import('@lezer/javascript');
  return byTree(parser.configure({ dialect }));
};

const markup = async (): Promise<Colorize> => {
  const [html, { parser }] = await Promise.all([import('@lezer/html'), import('@lezer/javascript')]);
  const nested = [{ tag: 'script', parser: parser.configure({ dialect: 'ts' }) }];
  return byTree(html.parser.configure({ wrap: html.configureNesting(nested) }));
};

const clike = async (name: 'csharp' | 'dart' | 'java' | 'kotlin'): Promise<Colorize> =>
  byLine((await import('@codemirror/legacy-modes/mode/clike'))[name]);

/** Languages by their name in a fence. Each loads its grammar when it is first shown. */
const languages: Readonly<Record<string, () => Promise<Colorize>>> = {
  csharp: () => clike('csharp'),
  dart: () => clike('dart'),
  erb: markup,
  go: async () => byLine((await import('@codemirror/legacy-modes/mode/go')).go),
  html: markup,
  ini: async () => byLine((await import('@codemirror/legacy-modes/mode/properties')).properties),
  java: () => clike('java'),
  js: () => script('jsx'),
  json: async () => byLine((await import('@codemirror/legacy-modes/mode/javascript')).json),
  jsx: () => script('jsx'),
  kotlin: () => clike('kotlin'),
  php: async () => byTree((await import('@lezer/php')).parser),
  python: async () => byLine((await import('@codemirror/legacy-modes/mode/python')).python),
  ruby: async () => byLine((await import('@codemirror/legacy-modes/mode/ruby')).ruby),
  sh: async () => byLine((await import('@codemirror/legacy-modes/mode/shell')).shell),
  svelte: markup,
  swift: async () => byLine((await import('@codemirror/legacy-modes/mode/swift')).swift),
  ts: () => script('ts'),
  tsx: () => script('jsx ts'),
  vue: markup,
  xml: async () => byLine((await import('@codemirror/legacy-modes/mode/xml')).xml),
  yaml: async () => byLine((await import('@codemirror/legacy-modes/mode/yaml')).yaml),
};

/** Loads what colors a language; nothing for one without colors. */
export const loadColorize = async (language: string): Promise<Colorize | undefined> =>
  Object.hasOwn(languages, language) ? languages[language]?.() : undefined;
