import { type ErrorData, type ProfileField, type ProfileProblem, profileSchema } from '@aldaba/contract';
import { AldabaError } from '../../kernel/errors.ts';
import { matchesPattern } from '../../kernel/pattern.ts';
import type { ExtraProfile } from '../machine/state.ts';
import { dateFormat, isPlainDate, type Question, questionsOf, readDate } from './questions.ts';

type Values = Record<string, unknown>;

const longest = 2048;
const claimNames = new Set<string>(Object.keys(profileSchema.shape));
const columnLengths: Record<string, number> = { name: 128, avatar: 2048 };

/**
 * Reads the answers to the fields that a sign-up asks for: columns, standard claims, and custom data for custom fields.
 * Other keys are refused, except name, picture and standard claims: operators' scripts may rely on the other data of an
 * account, so the user must not set it.
 *
 * @throws AldabaError `guard.invalid_input` with the field (`profile.<key>`) and the problem in its data
 */
export function readAnswers(fields: readonly ProfileField[], values: Values): ExtraProfile {
  const rest: Values = { ...values };
  const result: ExtraProfile = {};
  for (const question of questionsOf(fields)) {
    const answer = readAnswer(question, takeOut(rest, question));
    if (answer !== undefined) put(result, question, answer);
  }
  for (const { name } of fields) {
    const unasked = Object.keys((rest[name] as object | undefined) ?? {});
    if (unasked.length > 0) refuseUnasked(`${name}.${unasked[0]}`);
    delete rest[name];
  }
  for (const name of ['name', 'avatar'] as const) {
    const given = takeOut(rest, freeText(name));
    if (given !== undefined) result[name] = readText(freeText(name), given);
  }
  const claims = profileSchema.strict().safeParse(rest);
  if (!claims.success) return refuseUnasked(claims.error.issues[0]?.message ?? '');
  if (Object.keys(claims.data).length > 0) result.claims = { ...claims.data, ...result.claims };
  return result;
}

/** The answer to a question; a part of an address or a name may stand in its whole or, of a name, by itself. */
function takeOut(rest: Values, { name, whole }: Question): unknown {
  const group = whole && rest[whole.name];
  if (whole && typeof group === 'object' && group !== null && Object.hasOwn(group, name)) {
    const { [name]: answer, ...others } = group as Values;
    rest[whole.name] = others;
    return answer;
  }
  if (whole?.type === 'Address') return undefined;
  const { [name]: answer } = rest;
  delete rest[name];
  return answer;
}

/** A column of the account that users may set although no field asks for it. */
const freeText = (name: string): Question => ({
  name,
  key: name,
  type: 'Text',
  label: '',
  description: undefined,
  required: false,
  config: {},
});

function refuseUnasked(what: string): never {
  throw new AldabaError('guard.invalid_input', { reason: `body.values: ${what}` });
}

function put(result: ExtraProfile, { name, whole }: Question, answer: string | number | boolean): void {
  if (whole?.type === 'Address') {
    const at = whole.name === 'address' ? 'claims' : 'customData';
    const before = result[at]?.[whole.name] as Values | undefined;
    result[at] = { ...result[at], [whole.name]: { ...before, [name]: String(answer) } };
  } else if (name === 'name' || name === 'avatar') {
    result[name] = String(answer);
  } else if (claimNames.has(name) && name !== 'address') {
    result.claims = { ...result.claims, [name]: String(answer) };
  } else {
    result.customData = { ...result.customData, [name]: answer };
  }
}

/** Undefined for an optional answer that was left empty. */
function readAnswer(question: Question, given: unknown): string | number | boolean | undefined {
  const value = typeof given === 'string' ? given.trim() : given;
  const isUnchecked = question.type === 'Checkbox' && (value === false || value === 'false');
  if (isUnchecked || (value ?? '') === '') {
    if (question.required) refuse(question, 'missing');
    return question.type === 'Checkbox' && value !== undefined ? false : undefined;
  }
  switch (question.type) {
    case 'Number':
      return readNumber(question, value);
    case 'Checkbox':
      return value === true || value === 'true' ? true : refuse(question, 'notOffered');
    default:
      return readText(question, value);
  }
}

function readNumber(question: Question, value: unknown): number {
  const { minValue, maxValue } = question.config;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return refuse(question, 'notNumber');
  if (minValue !== undefined && number < minValue) return refuse(question, 'tooSmall', { min: minValue });
  if (maxValue !== undefined && number > maxValue) return refuse(question, 'tooLarge', { max: maxValue });
  return number;
}

function readText(question: Question, value: unknown): string {
  const { config, type, name } = question;
  if (typeof value !== 'string') return refuse(question, 'wrongFormat');
  const { minLength = 0, maxLength = longest } = config;
  const max = Math.min(maxLength, longest, question.whole ? longest : (columnLengths[name] ?? longest));
  if (value.length > max) return refuse(question, 'tooLong', { max });
  if (value.length < minLength) return refuse(question, 'tooShort', { min: minLength });
  switch (type) {
    case 'Select':
      return config.options?.some((option) => option.value === value) ? value : refuse(question, 'notOffered');
    case 'Url':
      return isWebAddress(value) ? value : refuse(question, 'notUrl');
    case 'Date': {
      const format = dateFormat(config);
      const isDate = !isPlainDate(format) || readDate(value, format) !== undefined;
      return isDate ? value : refuse(question, 'notDate', { format });
    }
    case 'Regex':
      return matchesPattern(config.format ?? '', value) ? value : refuse(question, 'wrongFormat');
    default:
      // Always a URL: pages and applications load the picture.
      return name === 'avatar' && !isWebAddress(value) ? refuse(question, 'notUrl') : value;
  }
}

const isWebAddress = (text: string): boolean => /^https?:\/\/./i.test(text) && URL.canParse(text);

type Limits = Pick<ErrorData['guard.invalid_input'], 'min' | 'max' | 'format'>;

function refuse(question: Question, problem: ProfileProblem, limits: Limits = {}): never {
  throw new AldabaError('guard.invalid_input', {
    reason: `body.values.${question.key}: ${problem}`,
    field: `profile.${question.key}`,
    problem,
    ...limits,
  });
}
