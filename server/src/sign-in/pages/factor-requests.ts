/** What the pages of second factors share: they are for an identified user, at the step that the sign-in is at. */
import type { Request } from '../../http/types.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { FactorAnswer } from '../factors/second-factor.ts';
import type { SecondFactorType } from '../machine/policy.ts';
import type { Proof } from '../machine/state.ts';
import type { Prompt, SignInEvent } from '../machine/vocabulary.ts';
import type { Identified } from '../steps/identified.ts';
import type { StepResult } from '../steps/run.ts';
import type { FactorSession } from '../steps/second-factors.ts';
import { openPage, type PageRequest, type PageRoutes } from './page-requests.ts';

export type FactorPrompt = 'show-factor' | 'add-factor' | 'make-backup-codes';

/** A request of a user whose sign-in is at a prompt of `Kind`. */
export interface FactorRequest<Kind extends FactorPrompt> extends Identified {
  page: PageRequest;
  prompt: Extract<Prompt, { kind: Kind }>;
  /** The factor that the page's URL names, if it is asked for. */
  factor: SecondFactorType | undefined;
  answer: FactorAnswer;
  /** For steps after which the user stays on the page. */
  session: FactorSession;
  /** For steps that complete the sign-in when nothing is missing any more. `then`: events that follow the proof. */
  completing: (then?: (proof: Proof) => SignInEvent[]) => FactorSession<StepResult>;
  /** On to what the sign-in asks for, after a step or as it is. */
  proceed: (result?: StepResult) => void;
  redirect: (path: string) => void;
}

/** Routes for users whose sign-in is at a prompt of `kind`; redirects other users to their prompt. */
export function factorRequests<Kind extends FactorPrompt>({ signIn, get, post }: PageRoutes, kind: Kind) {
  type Work = (given: FactorRequest<Kind>) => Promise<unknown>;
  const handle = async (page: PageRequest, work: Work) => {
    const { request, interaction, context, field, redirect } = page;
    const found = await signIn.findIdentified(interaction);
    if (!found) return page.proceed({ prompt: await signIn.promptOf(interaction) });
    const { prompt } = found;
    const proceed = (result?: StepResult) => page.proceed(result ?? { prompt });
    if (!isOf(kind, prompt)) return proceed();
    const options = { locale: context.language, userAgent: request.headers['user-agent'] };
    return work({
      ...found,
      page,
      prompt,
      factor: 'factors' in prompt ? namedFactor(request, prompt.factors) : undefined,
      answer: { code: field('code'), payload: parseJson(field('payload')) },
      session: signIn.factorSession(found, options),
      completing: (then) => signIn.factorSession(found, { ...options, completes: true, ...(then ? { then } : {}) }),
      proceed,
      redirect,
    });
  };
  return {
    get: (path: string, work: Work) =>
      get(path, (page) =>
        handle(page, work).catch(async (error: unknown) => {
          // Opened twice at once, e.g. by a double click: the challenge is stored, so the slower request asks again.
          if (!(error instanceof AldabaError) || error.code !== 'session.not_found') throw error;
          const interaction = await signIn.open(page.request);
          return handle(await openPage(signIn, page.request, page.reply, interaction), work);
        }),
      ),
    post: (path: string, work: Work) => post(path, (page) => handle(page, work)),
  };
}

const isOf = <Kind extends FactorPrompt>(kind: Kind, prompt: Prompt): prompt is Extract<Prompt, { kind: Kind }> =>
  prompt.kind === kind;

const namedFactor = ({ params }: Request, factors: readonly SecondFactorType[]): SecondFactorType | undefined =>
  factors.find((factor) => factor === (params as { factor?: string }).factor);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
