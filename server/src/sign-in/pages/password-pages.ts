/** Pages of a forgotten password: who forgot it, and the new one. The code between them is in `code-pages.ts`. */
import { pageErrorOf, passwordRules } from '../../features/appearance/hosted-pages/words.ts';
import type { Http, Reply, Request } from '../../http/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { resolvePolicy } from '../machine/policy.ts';
import type { Interaction } from '../port.ts';
import type { SignIn } from '../service.ts';
import { addressOf } from '../typed-identifiers.ts';
import { asFormError, formField, type PageDoor, pageAddress } from './page-door.ts';
import { recoveryForm, typesOf } from './page-views.ts';

export function passwordPageRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  recoveryRoutes(http, signIn, door);
  resetRoutes(http, signIn, door);
}

interface Shown {
  interaction: Interaction;
  typedAddress?: string;
  failure?: AldabaError;
}

function recoveryRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  const show = async (request: Request, reply: Reply, { interaction, typedAddress, failure }: Shown) => {
    const context = await door.context(interaction, request);
    const form = recoveryForm(context);
    if (!form) return reply.redirect(pageAddress('/sign-in', interaction), 303);
    return door.show(request, reply, {
      interaction,
      view: {
        kind: 'forgot-password',
        appId: context.appId,
        form,
        ...(typedAddress ? { typedAddress } : {}),
        ...(failure ? { error: pageErrorOf(failure, context.language) } : {}),
      },
      ...(failure ? { status: failure.status } : {}),
    });
  };
  http.get(
    '/forgot-password',
    door.page(async (request, reply, interaction) => {
      const { loginHint = '' } = interaction.request;
      return show(request, reply, { interaction, typedAddress: loginHint.includes('@') ? loginHint : '' });
    }),
  );
  http.post(
    '/forgot-password',
    door.form(async (request, reply, interaction) => {
      const context = await door.context(interaction, request);
      const typedAddress = formField(request, 'address').trim();
      try {
        const identifier = addressOf(typedAddress, typesOf(recoveryForm(context)));
        const given = { intent: 'ForgotPassword' as const, identifier, locale: context.language };
        return door.proceed(reply, interaction, await signIn.beginCode(interaction, given));
      } catch (error) {
        return show(request, reply, { interaction, typedAddress, failure: asFormError(error) });
      }
    }),
  );
}

function resetRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  /** Leads to where the sign-in stands when it is not the moment for a new password. */
  const show = async (request: Request, reply: Reply, { interaction, failure }: Shown) => {
    const prompt = await door.standing(interaction);
    if (prompt.kind !== 'reset-password') return door.proceed(reply, interaction, { prompt });
    const { settings, language } = await door.context(interaction, request);
    const username = await signInName(signIn, interaction);
    return door.show(request, reply, {
      interaction,
      view: {
        kind: 'reset-password',
        appId: interaction.applicationId,
        ...(username === undefined ? {} : { username }),
        passwordRules: passwordRules(settings, language),
        ...(failure ? { error: pageErrorOf(failure, language) } : {}),
      },
      ...(failure ? { status: failure.status } : {}),
    });
  };
  http.get(
    '/forgot-password/reset',
    door.page((request, reply, interaction) => show(request, reply, { interaction })),
  );
  http.post(
    '/forgot-password/reset',
    door.form(async (request, reply, interaction) => {
      const prompt = await door.standing(interaction);
      if (prompt.kind !== 'reset-password') return door.proceed(reply, interaction, { prompt });
      try {
        const password = formField(request, 'password');
        if (password.trim() === '') throw new AldabaError('user.password_required');
        await signIn.resetPassword(interaction, { password });
      } catch (error) {
        return show(request, reply, { interaction, failure: asFormError(error) });
      }
      return reply.redirect(`${pageAddress('/sign-in', interaction)}&notice=password-changed`, 303);
    }),
  );
}

/** What the account signs in with, for the password manager to keep the new password under. */
async function signInName(signIn: SignIn, interaction: Interaction): Promise<string | undefined> {
  const { tenant } = interaction;
  const { userId } = signIn.stateOf(interaction);
  const user = userId === undefined ? undefined : await signIn.needs.users.find(tenant.db, userId);
  if (!user) return undefined;
  const names = { username: user.username, email: user.primaryEmail, phone: user.primaryPhone };
  const { passwordIdentifiers } = resolvePolicy(await signIn.settings(tenant));
  return passwordIdentifiers.map((type) => names[type]).find((name) => name !== null) ?? undefined;
}
