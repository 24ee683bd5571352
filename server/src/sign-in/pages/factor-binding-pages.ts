/** Pages on which a user sets up a second factor, or goes on without one. */
import type { PageView } from '@aldaba/contract';
import { pageErrorOf } from '../../features/appearance/hosted-pages/words.ts';
import type { Http } from '../../http/index.ts';
import type { AldabaError } from '../../kernel/errors.ts';
import type { BindingPage } from '../factors/second-factor.ts';
import { isBackup, secondFactorTraits, secondFactorTypes } from '../machine/factors.ts';
import type { SecondFactorType } from '../machine/policy.ts';
import type { SignIn } from '../service.ts';
import { addressOf } from '../typed-identifiers.ts';
import { type FactorRequest, factorRequests } from './factor-requests.ts';
import { asFormError, formField, type PageDoor } from './page-door.ts';

type Given = FactorRequest<'add-factor'>;

const pathOf = (factor: SecondFactorType): string => `/mfa-binding/${factor}`;
const addressTypeOf = (factor: SecondFactorType) => secondFactorTraits(factor)?.address;

/** Factors that need nothing but the user's choice: codes to an address of the account. */
const readyFactors = ({ prompt, account, state: { profile } }: Given): SecondFactorType[] =>
  prompt.factors.filter((factor) => {
    const type = addressTypeOf(factor);
    return type !== undefined && (account[type] || profile[type] !== undefined);
  });

const showing =
  (door: PageDoor) =>
  (
    { request, reply, interaction, context }: Pick<Given, 'request' | 'reply' | 'interaction' | 'context'>,
    view: PageView,
    failure?: AldabaError,
  ) =>
    door.show(request, reply, {
      interaction,
      view: failure ? ({ ...view, error: pageErrorOf(failure, context.language) } as PageView) : view,
      ...(failure ? { status: failure.status } : {}),
    });

export function factorBindingPageRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  choiceRoutes(http, signIn, door);
  backupCodeRoutes(http, signIn, door);
  const { secondFactors } = signIn;
  const { get, post } = factorRequests(signIn, door, 'add-factor');
  const show = showing(door);

  http.get(
    '/mfa-binding/:factor',
    get(async (given) => {
      const view = given.factor && (await bindingView(signIn, given, given.factor));
      return view ? show(given, view) : given.proceed();
    }),
  );
  http.post(
    '/mfa-binding/:factor',
    post(async (given) => {
      const { request, interaction, context, account, factor: type, answer, proceed } = given;
      if (!type) return proceed();
      const typedAddress = formField(request, 'address');
      try {
        if (readyFactors(given).includes(type))
          return proceed(await signIn.chooseFactors(interaction, 'enabled', { completes: true }));
        const channel = addressTypeOf(type);
        if (channel) {
          const identifier = addressOf(typedAddress.trim(), [channel]);
          await signIn.sendCode(interaction, { identifier, locale: context.language });
          return proceed();
        }
        const session = given.completing((proof) => [{ type: 'factor-added', proofId: proof.id, account }]);
        const verified = await secondFactors.verify(session, { type, mode: 'bind' }, { answer });
        // Nothing was begun, or it is set up already: it begins anew.
        return verified ? proceed(verified.kept) : given.redirect(pathOf(type));
      } catch (error) {
        const failure = asFormError(error);
        const view = await bindingView(signIn, given, type);
        if (!view) throw failure;
        return show(given, view.kind === 'continue' ? { ...view, typedAddress } : view, failure);
      }
    }),
  );
}

function choiceRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  const { get, post } = factorRequests(signIn, door, 'add-factor');
  const show = showing(door);
  http.get(
    '/mfa-binding',
    get(async (given) => {
      const { factors, skippable, additional } = given.prompt;
      const ready = readyFactors(given);
      const [only] = factors;
      if (only && factors.length === 1 && ready.length === 0) return given.redirect(pathOf(only));
      return show(given, {
        kind: 'choose-factor',
        appId: given.context.appId,
        factors: [...factors],
        ready,
        skippable,
        ...(additional ? { additional: true } : {}),
      });
    }),
  );
  http.post(
    '/mfa-binding/skip',
    post(async ({ prompt, interaction, proceed }) => {
      if (!prompt.skippable) return proceed();
      const choice = prompt.additional ? 'suggestionSkipped' : 'skipped';
      return proceed(await signIn.chooseFactors(interaction, choice, { completes: true }));
    }),
  );
}

/** The factor that stands in for the others: its codes are generated, and are shown until the user confirms that they are kept. */
function backupCodeRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  const { get, post } = factorRequests(signIn, door, 'make-backup-codes');
  const show = showing(door);
  for (const type of secondFactorTypes.filter(isBackup)) {
    const { bindingView } = signIn.secondFactors.factors[type];
    http.get(
      pathOf(type),
      get(async (given) => {
        const shown = await signIn.secondFactors.resume(given.session, { type, mode: 'bind' });
        const view = bindingView?.(shown);
        return view ? show(given, { ...view, appId: given.context.appId } as PageView) : given.proceed();
      }),
    );
    http.post(
      pathOf(type),
      post(async (given) => {
        const made = given.state.proofs.find((proof) => !proof.used && 'factor' in proof && proof.factor.type === type);
        // Codes that were not shown are not kept.
        if (!made) return given.proceed();
        return given.proceed(await signIn.bindFactor(given, { type, verificationId: made.id, completes: true }));
      }),
    );
  }
}

/** The page on which a factor is set up; undefined for one that needs no page. */
async function bindingView(
  { secondFactors }: SignIn,
  given: Given,
  type: SecondFactorType,
): Promise<PageView | undefined> {
  const { context, prompt, session } = given;
  const { appId } = context;
  const { bindingView: view } = secondFactors.factors[type];
  if (view) {
    const page: BindingPage = view(await secondFactors.resume(session, { type, mode: 'bind' }));
    return { ...page, appId, hasOthers: prompt.factors.length > 1, skippable: prompt.skippable } as PageView;
  }
  const address = addressTypeOf(type);
  if (!address || readyFactors(given).includes(type)) return undefined;
  return { kind: 'continue', appId, address, addressPath: pathOf(type), missing: [], questions: [], passwordRules: [] };
}
