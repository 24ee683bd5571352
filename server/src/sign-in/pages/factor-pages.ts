/** Pages on which a user shows a second factor, one for each factor. */
import type { SecondFactorView } from '@aldaba/contract';
import { pageErrorOf } from '../../features/appearance/hosted-pages/words.ts';
import type { AldabaError } from '../../kernel/errors.ts';
import { maskAddress } from '../machine/factor.ts';
import { codeFactorOf, secondFactorTraits } from '../machine/factors.ts';
import type { SecondFactorType } from '../machine/policy.ts';
import { type FactorRequest, factorRequests } from './factor-requests.ts';
import { asFormError, type PageRoutes } from './page-requests.ts';

type Given = FactorRequest<'show-factor'>;

const pathOf = (factor: SecondFactorType): string => `/mfa-verification/${factor}`;
const isSent = (factor: SecondFactorType): boolean => secondFactorTraits(factor)?.address !== undefined;

export function factorPageRoutes(routes: PageRoutes): void {
  const { secondFactors } = routes.signIn;
  const { get, post } = factorRequests(routes, 'show-factor');
  /** The page of a factor that is asked for (a passkey) creates a new challenge each time: each takes one answer. */
  const show = async (given: Given, type: SecondFactorType, failure?: AldabaError): Promise<unknown> => {
    const { context, show: send } = given.page;
    const { show: procedure, view } = secondFactors.factors[type];
    let refusal = failure;
    let own = {};
    try {
      if (procedure.begin && !isSent(type))
        own = view?.(await secondFactors.begin(given.session, { type, mode: 'show' })) ?? {};
    } catch (error) {
      // E.g. passkeys of another host: the page still offers the other factors.
      refusal = asFormError(error);
    }
    const page: SecondFactorView = {
      kind: 'second-factor',
      appId: context.appId,
      factor: type,
      others: given.prompt.factors.filter((other) => other !== type),
      ...addressView(given, type, procedure.challenge),
      ...own,
      ...(given.account.risks.length > 0 ? { unusual: true } : {}),
      ...(refusal ? { error: pageErrorOf(refusal, context.language) } : {}),
    };
    return send(page, refusal);
  };
  /** A form about the factor that the page's address names; refused, the page is shown again with the reason. */
  const form = (path: string, work: (given: Given, type: SecondFactorType) => Promise<unknown>) =>
    post(path, async (given) => {
      const { factor } = given;
      if (!factor) return given.proceed();
      return work(given, factor).catch((error: unknown) => show(given, factor, asFormError(error)));
    });

  get('/mfa-verification/:factor', async (given) => (given.factor ? show(given, given.factor) : given.proceed()));
  form('/mfa-verification/:factor', async ({ completing, answer, proceed, redirect }, type) => {
    const verified = await secondFactors.verify(completing(), { type, mode: 'show' }, { answer });
    // No challenge is open: a new one is created.
    return verified ? proceed(verified.kept) : redirect(pathOf(type));
  });
  form('/mfa-verification/:factor/send', async ({ session, proceed, redirect }, type) => {
    if (!isSent(type)) return proceed();
    await secondFactors.begin(session, { type, mode: 'show' });
    return redirect(pathOf(type));
  });
}

/** Where codes of a factor go, and whether one was sent and waits for its answer. */
function addressView(
  { state, account }: Given,
  type: SecondFactorType,
  challenge: string | undefined,
): Pick<SecondFactorView, 'maskedAddress' | 'sent'> {
  const address = account.addresses.find((known) => codeFactorOf(known) === type);
  if (!address) return {};
  return { maskedAddress: maskAddress(address), sent: state.challenges.some((known) => known.type === challenge) };
}
