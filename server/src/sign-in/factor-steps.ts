/** What the pages of second factors share: they are for somebody who is identified, at the step where the sign-in stands. */
import type { User } from '../features/people/users/index.ts';
import type { Reply, Request } from '../http/index.ts';
import { AldabaError } from '../kernel/errors.ts';
import { promptFor } from './machine/machine.ts';
import { resolvePolicy, type SecondFactorType } from './machine/policy.ts';
import type { SignInState } from './machine/state.ts';
import type { Account, Prompt, SignInEvent } from './machine/vocabulary.ts';
import { formField, type PageDoor, pageAddress } from './pages/page-door.ts';
import type { PageContext } from './pages/page-views.ts';
import type { Interaction } from './port.ts';
import type { SignIn } from './service.ts';

export type FactorKind = 'show-factor' | 'add-factor' | 'make-backup-codes';

/** One request of somebody whose sign-in stands at a prompt of `Kind`. */
export interface FactorStep<Kind extends FactorKind> {
  request: Request;
  reply: Reply;
  interaction: Interaction;
  state: SignInState;
  context: PageContext;
  user: User;
  account: Account;
  prompt: Extract<Prompt, { kind: Kind }>;
  /** Takes steps of the machine, and completes the sign-in when nothing is missing any more; then on to what comes next. */
  advance(...events: SignInEvent[]): Promise<void>;
  /** Takes a step of the machine and stays. */
  take(event: SignInEvent): Promise<void>;
  /** On to where the sign-in stands. */
  proceed(): void;
  redirect(path: string): void;
}

type Handler = (request: Request, reply: Reply) => Promise<Reply>;

/** Routes for those whose sign-in stands at a prompt of `kind`; everybody else is sent on to what is asked of them. */
export function factorSteps<Kind extends FactorKind>(signIn: SignIn, door: PageDoor, kind: Kind) {
  type Work = (step: FactorStep<Kind>) => Promise<unknown>;
  const handle = async (
    request: Request,
    reply: Reply,
    { interaction, work }: { interaction: Interaction; work: Work },
  ) => {
    const context = await door.context(interaction, request);
    const found = await findPerson(signIn, interaction, context);
    if (!found) return door.proceed(reply, interaction, { prompt: await door.standing(interaction) });
    const { prompt, account } = found;
    const proceed = () => door.proceed(reply, interaction, { prompt });
    if (!isOf(kind, prompt)) return proceed();
    const { settings } = context;
    return work({
      ...found,
      request,
      reply,
      interaction,
      context,
      prompt,
      proceed,
      redirect: (path) => reply.redirect(pageAddress(path, interaction), 303),
      async advance(...events) {
        const standing = await signIn.run(interaction, events, { settings, complete: { account } });
        door.proceed(reply, interaction, standing);
      },
      async take(event) {
        await signIn.run(interaction, [event], { settings });
      },
    });
  };
  return {
    get: (work: Work): Handler =>
      door.page((request, reply, interaction) =>
        handle(request, reply, { interaction, work }).catch(async (error: unknown) => {
          // Opened twice at once, as with a double click: what the page asks is stored, so one was overtaken, and asks again.
          if (!(error instanceof AldabaError) || error.code !== 'session.not_found') throw error;
          return handle(request, reply, { interaction: await signIn.open(request), work });
        }),
      ),
    post: (work: Work): Handler =>
      door.form((request, reply, interaction) => handle(request, reply, { interaction, work })),
  };
}

const isOf = <Kind extends FactorKind>(kind: Kind, prompt: Prompt): prompt is Extract<Prompt, { kind: Kind }> =>
  prompt.kind === kind;

/** The identified person, and what they are asked for; undefined while nobody is identified. */
async function findPerson(
  { stateOf, needs, accounts }: SignIn,
  interaction: Interaction,
  { settings }: PageContext,
): Promise<{ state: SignInState; user: User; account: Account; prompt: Prompt } | undefined> {
  const { tenant } = interaction;
  const state = interaction.state === null ? undefined : stateOf(interaction);
  const user = state?.userId === undefined ? undefined : await needs.users.find(tenant.db, state.userId);
  if (state?.userId !== undefined && !user) throw new AldabaError('user.user_not_exist');
  if (!state || !user) return undefined;
  const account = await accounts.of(interaction, settings, user);
  return { state, user, account, prompt: promptFor(state, resolvePolicy(settings), account) };
}

/** The factor that the address of a page names, if it is one of those that are asked for. */
export const namedFactor = ({ params }: Request, factors: readonly SecondFactorType[]): SecondFactorType | undefined =>
  factors.find((factor) => factor === (params as { factor?: string }).factor);

/** What the page's script wrote of a passkey. @throws AldabaError `session.mfa.webauthn_verification_failed` if it cannot be one */
export function passkeyAnswer<T>(
  request: Request,
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
): T {
  const parsed = schema.safeParse(parseJson(formField(request, 'payload')));
  if (!parsed.success) throw new AldabaError('session.mfa.webauthn_verification_failed');
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
