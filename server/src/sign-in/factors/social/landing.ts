/**
 * Providers that are opened in a browser outside of the app: our landing page stores the way back into the app. Its
 * address is signed, so the landing page redirects only to addresses that the server made.
 */
import type { Clock } from '../../../kernel/clock.ts';
import { equalSecrets, type Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Tenant } from '../../../tenancy/index.ts';

/** Where a browser outside of the app goes: to the provider, and back to the app's own address. */
interface Landing {
  connectorId: string;
  redirectTo: string;
  nativeCallback: string;
}

export interface SocialLanding {
  /** The address to open: of the landing page, or the provider's own where there is no way back to keep. */
  through: (tenant: Tenant, landing: Landing) => string;
  /** What a landing page was opened for. @throws AldabaError `session.verification_failed` if it was not made here */
  open: (tenant: Tenant, connectorId: string, query: URLSearchParams) => Pick<Landing, 'redirectTo' | 'nativeCallback'>;
}

/** Seconds from the button in the app to the return from the provider. */
export const landingAge = 600;

/** Whether an address leads back into an app. */
export const isNativeCallback = (link: string): boolean =>
  URL.canParse(link) && new URL(link).protocol === 'logto-callback:' && link.length <= 512;

export function createSocialLanding({ clock, vault }: { clock: Clock; vault: Vault }): SocialLanding {
  const names = ['redirect_to', 'native_callback', 'expires'] as const;
  const sign = ({ id }: Tenant, connectorId: string, query: URLSearchParams) =>
    vault.sign(JSON.stringify([id, connectorId, ...names.map((name) => query.get(name))]), 'social-landing');
  return {
    through(tenant, { connectorId, redirectTo, nativeCallback }) {
      if (!/^https?:/i.test(redirectTo) || !isNativeCallback(nativeCallback)) return redirectTo;
      const expires = String(Math.floor(clock.now() / 1000) + landingAge);
      const query = new URLSearchParams({ redirect_to: redirectTo, native_callback: nativeCallback, expires });
      query.set('sig', sign(tenant, connectorId, query));
      return `${tenant.baseUrl}/social/landing/${connectorId}?${query}`;
    },
    open(tenant, connectorId, query) {
      const nativeCallback = query.get('native_callback') ?? '';
      const isFresh = Number(query.get('expires')) * 1000 >= clock.now();
      const isOurs = equalSecrets(query.get('sig') ?? '', sign(tenant, connectorId, query));
      if (!isOurs || !isFresh || !isNativeCallback(nativeCallback))
        throw new AldabaError('session.verification_failed');
      return { redirectTo: query.get('redirect_to') ?? '', nativeCallback };
    },
  };
}
