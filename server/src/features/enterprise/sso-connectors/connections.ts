/** Ties a configured connector to its protocol. */
import type { Clock } from '../../../kernel/clock.ts';
import { hashToken } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Fetch } from '../../../kernel/outbound.ts';
import type { Connect } from '../../../kernel/outbound-socket.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { ldapConfig } from '../ldap-directories/index.ts';
import { translated } from './failures.ts';
import { createLdapConnection, type LdapTurns } from './ldap.ts';
import { createOidcConnection } from './oidc.ts';
import type { SsoConnection } from './protocol.ts';
import { oidcConfigOf } from './providers.ts';
import { createSamlConnection } from './saml.ts';
import { samlConfig } from './saml-config.ts';
import { samlSideOf } from './saml-side.ts';
import type { SsoSigningKeys } from './signing-keys.ts';
import * as store from './store.ts';
import type { SsoRow } from './views.ts';

interface Needs {
  clock: Clock;
  log: Log;
  outbound: Fetch;
  connect: Connect;
  turns: LdapTurns;
  signingKeys: Pick<SsoSigningKeys, 'open'>;
  /** Learns why a SAML message was refused. */
  note?: ((fields: Record<string, unknown>) => void) | undefined;
}

/** @throws AldabaError `connector.invalid_config` when the requests have to be signed, and no key is active */
export async function connect(
  { clock, log, outbound, connect: reach, turns, signingKeys, note }: Needs,
  tenant: Tenant,
  row: SsoRow,
): Promise<SsoConnection> {
  const { id, provider, config = {}, providerMetadata } = row;
  if (provider.type === 'oidc') {
    const world = { fetch: outbound, now: clock.now, log };
    const name = row.branding.displayName || row.connectorName;
    const settings = { name, config: oidcConfigOf(provider).parse(config), storesTokens: row.enableTokenStorage };
    return translated(createOidcConnection(settings, world));
  }
  if (provider.type === 'ldap') {
    const world = { connect: reach, log, take: turns(tenant.id, id) };
    return createLdapConnection({ id, config: ldapConfig.parse(config), domains: row.domains }, world);
  }
  if (!providerMetadata) throw new AldabaError('connector.invalid_config', { problems: [] });
  const { attributeMapping: mapping, signAuthnRequest, requestSignatureAlgorithm } = samlConfig.parse(config);
  const keys = await signingKeys.open(tenant.db, id);
  const active = keys.find((key) => key.active);
  const signs = signAuthnRequest === true || providerMetadata.wantsSignedRequests;
  if (signs && !active) {
    const problems = [{ path: 'signAuthnRequest', message: 'No signing key is active' }];
    throw new AldabaError('connector.invalid_config', { problems });
  }
  const algorithm = requestSignatureAlgorithm ?? 'rsa-sha256';
  return createSamlConnection({
    own: samlSideOf(tenant, id),
    provider: providerMetadata,
    mapping,
    signing: signs && active ? { ...active, algorithm } : undefined,
    key: active && { ...active, algorithm },
    decryptionKeys: keys.map(({ privateKey }) => privateKey),
    now: clock.now,
    useOnce: (assertionId, until) =>
      store.useId(tenant.db, id, { idHash: hashToken(assertionId), expiresAt: new Date(until) }),
    note: (fields, message) => {
      note?.(fields);
      log.warn({ connectorId: id, ...fields }, message);
    },
  });
}
