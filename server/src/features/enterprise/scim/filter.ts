/**
 * Parses filters and the paths of PATCH (RFC 7644 sections 3.4.2.2 and 3.5.2) into a tree whose attributes are known.
 * Pure. A tokenizer without backtracking, then recursive descent with a limit of depth: a filter is the input of a
 * stranger.
 */
import { type ScimAttribute, type ScimResourceType, scimLimits } from '@aldaba/contract/scim';
import { whyUnstorable } from '../../../kernel/storable.ts';
import { type AttributePath, findExtension, findPath, findSub } from './attributes.ts';
import { invalid, type ScimError } from './errors.ts';

const comparisons = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
type Comparison = (typeof comparisons)[number];
type Operand = string | number | boolean | null;

export type Filter<Target = AttributePath> =
  | { op: 'and' | 'or'; filters: Filter<Target>[] }
  | { op: 'not'; filter: Filter<Target> }
  | { op: 'pr'; target: Target }
  | { op: Comparison; target: Target; value: Operand }
  /** A value path: one value of the attribute fulfills the filter about its sub-attributes. */
  | { op: 'any'; target: Target; filter: Filter<ScimAttribute> };

/** The path of a PATCH operation. Without `path`, the whole extension. */
export interface PatchPath {
  extension: string | undefined;
  path: AttributePath | undefined;
  filter: Filter<ScimAttribute> | undefined;
}

interface Token {
  kind: 'word' | 'value' | 'mark' | 'end';
  text: string;
}

// A word may contain what attribute names and URNs consist of; a value is JSON.
const pattern = /\s*(?:([A-Za-z$][\w$.:-]*)|("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)|([()[\]]|\.(?=[A-Za-z$])))/y;
const maximumDepth = 20;

function tokenize(text: string, fail: (why: string) => ScimError): Token[] {
  if (text.length > scimLimits.filterLength) throw fail(`it must have at most ${scimLimits.filterLength} characters`);
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  pattern.lastIndex = 0;
  for (let at = 0; at < end; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) throw fail(`unexpected text at position ${at + 1}`);
    const [, word, value, mark] = found;
    if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (value !== undefined) tokens.push({ kind: 'value', text: value });
    else tokens.push({ kind: 'mark', text: mark as string });
  }
  return tokens;
}

type Resolve<Target> = (name: string) => Target;

class Parser {
  readonly #tokens: Token[];
  readonly #fail: (why: string) => ScimError;
  #at = 0;

  constructor(text: string, fail: (why: string) => ScimError) {
    this.#fail = fail;
    this.#tokens = tokenize(text, fail);
  }

  peek = (): Token => this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  take = (): Token => {
    const token = this.peek();
    this.#at += 1;
    return token;
  };
  isNext = (kind: Token['kind'], text: string): boolean =>
    this.peek().kind === kind && this.peek().text.toLowerCase() === text;
  expect(kind: Token['kind'], text: string): void {
    if (!this.isNext(kind, text)) throw this.unexpected(`"${text}"`);
    this.#at += 1;
  }
  unexpected = (wanted: string): ScimError =>
    this.#fail(`expected ${wanted}, found ${this.peek().kind === 'end' ? 'the end' : `"${this.peek().text}"`}`);

  /** `not` binds closest, then `and`, then `or`. */
  or<Target>(resolve: Resolve<Target>, depth: number): Filter<Target> {
    if (depth > maximumDepth) throw this.#fail(`it must not be nested deeper than ${maximumDepth} levels`);
    return this.#joined('or', () => this.#joined('and', () => this.#term(resolve, depth)));
  }

  #joined<Target>(op: 'and' | 'or', part: () => Filter<Target>): Filter<Target> {
    const filters = [part()];
    while (this.isNext('word', op)) {
      this.take();
      filters.push(part());
    }
    return filters.length === 1 ? (filters[0] as Filter<Target>) : { op, filters };
  }

  #term<Target>(resolve: Resolve<Target>, depth: number): Filter<Target> {
    const isNot = this.isNext('word', 'not');
    if (isNot) this.take();
    if (isNot || this.isNext('mark', '(')) {
      this.expect('mark', '(');
      const filter = this.or(resolve, depth + 1);
      this.expect('mark', ')');
      return isNot ? { op: 'not', filter } : filter;
    }
    if (this.peek().kind !== 'word') throw this.unexpected('an attribute');
    const target = resolve(this.take().text);
    if (this.isNext('mark', '[')) return this.#valuePath(target, resolve, depth);
    return this.#comparison(target);
  }

  #valuePath<Target>(target: Target, resolve: Resolve<Target>, depth: number): Filter<Target> {
    if (!isPath(target)) throw this.#fail('a value path must not contain another one');
    const { attribute, sub } = target;
    if (attribute.type !== 'complex' || sub) throw this.#fail(`${attribute.name} has no sub-attributes`);
    const filter = this.brackets(attribute, depth);
    if (!this.isNext('mark', '.')) return { op: 'any', target, filter };
    // `emails[type eq "work"].value co "@example.com"`: one value fulfills both.
    this.take();
    const named = this.#comparison(subOf(attribute, this.take().text, this.#fail));
    void resolve;
    return { op: 'any', target, filter: { op: 'and', filters: [filter, named] } };
  }

  brackets(attribute: ScimAttribute, depth: number): Filter<ScimAttribute> {
    this.expect('mark', '[');
    const filter = this.or((name) => subOf(attribute, name, this.#fail), depth + 1);
    this.expect('mark', ']');
    return filter;
  }

  #comparison<Target>(target: Target): Filter<Target> {
    const op = this.take().text.toLowerCase();
    if (op === 'pr') return { op, target };
    if (!comparisons.includes(op as Comparison)) {
      this.#at -= 1;
      throw this.unexpected('an operator');
    }
    return { op: op as Comparison, target, value: this.#operand(op as Comparison, definitionOf(target)) };
  }

  #operand(op: Comparison, definition: ScimAttribute): Operand {
    const { kind, text } = this.peek();
    const isLiteral = kind === 'value' || (kind === 'word' && ['true', 'false', 'null'].includes(text.toLowerCase()));
    if (!isLiteral) throw this.unexpected('a value in quotation marks, a number, true, false or null');
    this.take();
    let value: Operand;
    try {
      value = JSON.parse(kind === 'word' ? text.toLowerCase() : text) as Operand;
    } catch {
      throw this.#fail(`${text.slice(0, 40)} is not a JSON value`);
    }
    if (whyUnstorable(value, 1) !== undefined) throw this.#fail('a value contains a character that cannot be stored');
    // Microsoft Entra ID writes booleans as strings: `primary eq "True"`.
    if (definition.type === 'boolean' && typeof value === 'string' && /^(true|false)$/i.test(value))
      value = value.toLowerCase() === 'true';
    const isOrder = ['gt', 'ge', 'lt', 'le'].includes(op);
    const isPart = ['co', 'sw', 'ew'].includes(op);
    if ((isOrder || isPart) && (definition.type === 'boolean' || typeof value !== 'string'))
      throw this.#fail(`${op} does not apply to ${definition.name} and ${JSON.stringify(value)}`);
    if (isOrder && definition.type === 'dateTime' && Number.isNaN(Date.parse(value as string)))
      throw this.#fail(`${JSON.stringify(value)} is not a date`);
    return value;
  }
}

const isPath = (target: unknown): target is AttributePath =>
  typeof target === 'object' && target !== null && 'attribute' in target;

const definitionOf = (target: unknown): ScimAttribute => {
  const named = isPath(target) ? (target.sub ?? target.attribute) : (target as ScimAttribute);
  return comparedBy(named);
};

/** A complex attribute is compared by its `value` (RFC 7644 section 3.4.2.2). */
const comparedBy = (attribute: ScimAttribute): ScimAttribute =>
  attribute.type === 'complex' ? (findSub(attribute, 'value') ?? attribute) : attribute;

function subOf(attribute: ScimAttribute, name: string, fail: (why: string) => ScimError): ScimAttribute {
  const sub = findSub(attribute, name);
  if (!sub) throw fail(`${attribute.name} has no sub-attribute ${name.slice(0, 80)}`);
  return sub;
}

/** @throws ScimError `invalidFilter` */
export function parseFilter(type: ScimResourceType, text: string): Filter {
  const fail = (why: string) => invalid('invalidFilter', `The filter cannot be read: ${why}.`);
  const parser = new Parser(text, fail);
  const filter = parser.or((name) => {
    const path = findPath(type, name);
    if (!path) throw fail(`${type.name} has no attribute ${name.slice(0, 80)}`);
    return path;
  }, 0);
  if (parser.peek().kind !== 'end') throw parser.unexpected('"and", "or" or the end');
  return filter;
}

/** @throws ScimError `invalidPath`, and `invalidFilter` for what is in brackets */
export function parsePath(type: ScimResourceType, text: string): PatchPath {
  const fail = (why: string) => invalid('invalidPath', `The path ${text.slice(0, 80)} cannot be read: ${why}.`);
  const extension = findExtension(type, text.trim());
  if (extension) return { extension: extension.id, path: undefined, filter: undefined };
  const parser = new Parser(text, fail);
  const name = parser.peek().kind === 'word' ? parser.take().text : '';
  const path = findPath(type, name);
  if (!path) throw fail(`${type.name} has no attribute ${name.slice(0, 80) || 'of this name'}`);
  let filter: Filter<ScimAttribute> | undefined;
  let { sub } = path;
  if (parser.isNext('mark', '[')) {
    if (path.attribute.type !== 'complex' || !path.attribute.multiValued || sub)
      throw fail(`${path.attribute.name} does not have several values`);
    filter = parser.brackets(path.attribute, 0);
    if (parser.isNext('mark', '.')) {
      parser.take();
      sub = subOf(path.attribute, parser.take().text, fail);
    }
  }
  if (parser.peek().kind !== 'end') throw parser.unexpected('the end');
  return { extension: path.extension, path: { ...path, sub }, filter };
}
