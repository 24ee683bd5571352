import type { LogRecord } from '@aldaba/contract';
import { useLanguage } from '../../language/phrases.ts';
import { isAuditKey, phrasePathOf } from './keys.ts';
import { logPhrases } from './phrases.ts';

type Payload = LogRecord['payload'];
type Translate = ReturnType<typeof logPhrases.use>;
/** A phrase without arguments; `keys.test.ts` asserts that every key has its phrases. */
type Phrase = 'results.Success';

/** What entries of the audit log say, in the Console's language. */
export function useLogWords() {
  const t = logPhrases.use();
  const language = useLanguage();
  const listFactors = (payload: Payload) => new Intl.ListFormat(language).format(factorsOf(t, payload));
  return {
    /** What happened by key, e.g. "Tokens refreshed". */
    nameOf: (key: string, result: Payload['result'] = 'Success') => nameOf(t, key, result),
    /** The same of an entry; a completed sign-in names what the user proved. */
    eventOf({ key, payload }: LogRecord): string {
      const event = nameOf(t, key, payload.result);
      const isComplete = /^Interaction\.\w+\.Submit$/.test(key) && payload.result === 'Success';
      const factors = isComplete && listFactors(payload);
      return factors ? t('withFactors', { event, factors }) : event;
    },
    /** What the user proved until then. */
    factorsOf: ({ payload }: LogRecord) => listFactors(payload),
    /** Why an entry reports a failure; undefined for successes and where the entry does not say. */
    reasonOf: ({ payload }: LogRecord) => (payload.result === 'Error' ? reasonOf(t, payload) : undefined),
    /** What an administrator can do about a failure. */
    adviceOf: ({ key, payload }: LogRecord) => (payload.result === 'Error' ? adviceOf(t, key, payload) : undefined),
  };
}

function nameOf(t: Translate, key: string, result: Payload['result']): string {
  // Entries of other versions may have other keys.
  if (!isAuditKey(key)) return key;
  const outcome = result === 'Success' ? 'done' : 'failed';
  const path = phrasePathOf(key);
  return key.startsWith('TriggerHook.')
    ? t(`webhook.${outcome}`, { event: t(path as Phrase) })
    : t(`${path}.${outcome}` as Phrase);
}

/** Names of what the user proved during the sign-in, each once. */
function factorsOf(t: Translate, { interaction }: Payload): string[] {
  const records = (interaction as { verificationRecords?: { type: string }[] } | undefined)?.verificationRecords ?? [];
  const names = records.map(({ type }) => `factors.${type}` as Phrase).filter((path) => t.has(path));
  return [...new Set(names.map((path) => t(path)))];
}

function reasonOf(t: Translate, { error, response }: Payload): string | undefined {
  const status = (response as { statusCode?: number } | undefined)?.statusCode;
  if (status !== undefined) return t('receiverStatus', { status: String(status) });
  if (typeof error === 'string') {
    const path = `scriptFailures.${error}` as Phrase;
    return /^\w+$/.test(error) && t.has(path) ? t(path) : error;
  }
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const path = `reasons.${String(code)}` as Phrase;
  if (typeof code === 'string' && t.has(path)) return t(path);
  return [message, code].find((text) => typeof text === 'string');
}

function adviceOf(t: Translate, key: string, { error }: Payload): string | undefined {
  if (key.startsWith('TriggerHook.')) return t('webhookAdvice');
  if (typeof error === 'string') return t('scriptAdvice');
  const path = `advice.${String(error?.['code'])}` as Phrase;
  return t.has(path) ? t(path) : undefined;
}

/** The address or username that a step was about. */
export function identifierOf({ payload: { params } }: LogRecord): string | undefined {
  const value = (params?.['identifier'] as { value?: unknown } | undefined)?.value;
  return typeof value === 'string' ? value : undefined;
}
