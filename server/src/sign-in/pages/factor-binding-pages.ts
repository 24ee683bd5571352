/** Pages on which a user sets up a second factor, or goes on without one. */
import type { PageView } from '@aldaba/contract';
import { pageErrorOf } from '../../features/appearance/hosted-pages/words.ts';
import type { BindingPage } from '../factors/second-factor.ts';
import { isBackup, secondFactorTraits, secondFactorTypes } from '../machine/factors.ts';
import type { SecondFactorType } from '../machine/policy.ts';
import type { SignIn } from '../steps/index.ts';
import { addressOf } from '../typed-identifiers.ts';
import { type FactorRequest, factorRequests } from './factor-requests.ts';
import { asFormError, type PageRoutes } from './page-requests.ts';

type Given = FactorRequest<'add-factor'>;

const pathOf = (factor: SecondFactorType): string => `/mfa-binding/${factor}`;
const addressTypeOf = (factor: SecondFactorType) => secondFactorTraits(factor)?.address;

/** Factors that need nothing but the user's choice: codes to an address of the account. */
const readyFactors = ({ prompt, account, state: { profile } }: Given): SecondFactorType[] =>
  prompt.factors.filter((factor) => {
    const type = addressTypeOf(factor);
    return type !== undefined && (account[type] || profile[type] !== undefined);
  });

export function factorBindingPageRoutes(routes: PageRoutes): void {
  choiceRoutes(routes);
  backupCodeRoutes(routes);
  const { signIn } = routes;
  const { get, post } = factorRequests(routes, 'add-factor');

  get('/mfa-binding/:factor', async (given) => {
    const view = given.factor && (await bindingView(signIn, given, given.factor));
    return view ? given.page.show(view) : given.proceed();
  });
  post('/mfa-binding/:factor', async (given) => {
    const { page, interaction, account, factor: type, answer, proceed } = given;
    const { language: locale } = page.context;
    if (!type) return proceed();
    const typedAddress = page.field('address');
    try {
      if (readyFactors(given).includes(type))
        return proceed(await signIn.chooseFactors(interaction, 'enabled', { completes: true }));
      const channel = addressTypeOf(type);
      if (channel) {
        const identifier = addressOf(typedAddress.trim(), [channel]);
        await signIn.sendCode(interaction, { identifier, locale });
        return proceed();
      }
      const session = given.completing((proof) => [{ type: 'factor-added', proofId: proof.id, account }]);
      const verified = await signIn.secondFactors.verify(session, { type, mode: 'bind' }, { answer });
      // Nothing was begun, or the factor is set up already: starts again.
      return verified ? proceed(verified.kept) : given.redirect(pathOf(type));
    } catch (thrown) {
      const failure = asFormError(thrown);
      const view = await bindingView(signIn, given, type);
      if (!view) throw failure;
      const error = pageErrorOf(failure, locale);
      return page.show({ ...view, ...(view.kind === 'continue' ? { typedAddress } : {}), error } as PageView, failure);
    }
  });
}

function choiceRoutes(routes: PageRoutes): void {
  const { signIn } = routes;
  const { get, post } = factorRequests(routes, 'add-factor');
  get('/mfa-binding', async (given) => {
    const { factors, skippable, additional } = given.prompt;
    const ready = readyFactors(given);
    const [only] = factors;
    if (only && factors.length === 1 && ready.length === 0) return given.redirect(pathOf(only));
    return given.page.show({
      kind: 'choose-factor',
      appId: given.page.context.appId,
      factors: [...factors],
      ready,
      skippable,
      ...(additional ? { additional: true } : {}),
    });
  });
  post('/mfa-binding/skip', async ({ prompt, interaction, proceed }) => {
    if (!prompt.skippable) return proceed();
    const choice = prompt.additional ? 'suggestionSkipped' : 'skipped';
    return proceed(await signIn.chooseFactors(interaction, choice, { completes: true }));
  });
}

/** Backup codes: generated, and shown until the user confirms that they are saved. */
function backupCodeRoutes(routes: PageRoutes): void {
  const { signIn } = routes;
  const { get, post } = factorRequests(routes, 'make-backup-codes');
  for (const type of secondFactorTypes.filter(isBackup)) {
    const { bindingView } = signIn.secondFactors.factors[type];
    get(pathOf(type), async (given) => {
      const shown = await signIn.secondFactors.resume(given.session, { type, mode: 'bind' });
      const view = bindingView?.(shown);
      return view ? given.page.show({ ...view, appId: given.page.context.appId } as PageView) : given.proceed();
    });
    post(pathOf(type), async (given) => {
      const made = given.state.proofs.find((proof) => !proof.used && 'factor' in proof && proof.factor.type === type);
      // Codes that were not shown are not stored.
      if (!made) return given.proceed();
      return given.proceed(await signIn.bindFactor(given, { type, verificationId: made.id, completes: true }));
    });
  }
}

/** The page on which a factor is set up; undefined for one that needs no page. */
async function bindingView(
  { secondFactors }: SignIn,
  given: Given,
  type: SecondFactorType,
): Promise<PageView | undefined> {
  const {
    page: {
      context: { appId },
    },
    prompt,
    session,
  } = given;
  const { bindingView: view } = secondFactors.factors[type];
  if (view) {
    const own: BindingPage = view(await secondFactors.resume(session, { type, mode: 'bind' }));
    return { ...own, appId, hasOthers: prompt.factors.length > 1, skippable: prompt.skippable } as PageView;
  }
  const address = addressTypeOf(type);
  if (!address || readyFactors(given).includes(type)) return undefined;
  return { kind: 'continue', appId, address, addressPath: pathOf(type), missing: [], questions: [], passwordRules: [] };
}
