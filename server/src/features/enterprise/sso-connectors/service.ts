import type { TokenResponse } from '@aldaba/connectors/kit';
import type {
  BodyOf,
  createSsoConnector,
  LdapTest,
  SsoConnector,
  SsoProviderType,
  updateSsoConnector,
} from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { hashToken, type Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { normalizeDomain } from '../../../kernel/identifiers.ts';
import { shortId } from '../../../kernel/ids.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Fetch } from '../../../kernel/outbound.ts';
import type { Connect } from '../../../kernel/outbound-socket.ts';
import { isPublicMailDomain } from '../../../kernel/public-mail-domains.ts';
import { serviceProviderMetadata } from '../../../services/saml/index.ts';
import { constraintOf } from '../../../store/constraint.ts';
import type { CacheRegistry, Database, Queries, Transaction } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { ldapConfig } from '../ldap-directories/index.ts';
import { type CheckedConfig, checkConfig, isConfigured } from './configs.ts';
import { connect } from './connections.ts';
import { discover, rememberDiscovery } from './discovery.ts';
import { createLdapTurns, openForSync, testDirectory } from './ldap.ts';
import { createMetadataRefresh } from './metadata-refresh.ts';
import { createOwnedSso, type OwnedSso } from './owned.ts';
import type { SsoConnection } from './protocol.ts';
import { isSsoProvider, ssoProviders } from './providers.ts';
import { samlSideOf } from './saml-side.ts';
import { createSsoSigningKeys, type SsoSigningKeys } from './signing-keys.ts';
import * as store from './store.ts';
import { isInUse, type OfferedSso, type SsoRow, toOffered, toSsoConnector } from './views.ts';

export interface SsoConnectorsNeeds {
  database: Database;
  caches: CacheRegistry;
  clock: Clock;
  vault: Vault;
  log: Log;
  logs: Audit;
  /** Providers are called through it alone. */
  outbound: Fetch;
  /** Directories are reached through it alone. */
  connect: Connect;
  tokenSets: {
    /** Removes the tokens that were stored for a connector. */
    forgetSso: (tx: Transaction, connectorId: string) => Promise<void>;
  };
}

type Draft = BodyOf<typeof createSsoConnector>;
type Patch = BodyOf<typeof updateSsoConnector>;

/** A connector at work: the settings that a sign-in with it follows, and the way to its provider. */
export interface BoundSso extends SsoConnection {
  row: Pick<SsoRow, 'id' | 'domains' | 'syncProfile' | 'enableTokenStorage' | 'requiresMfa' | 'roleMappings'>;
}

/** A connector for a sync: the settings that accounts follow, and the way to its directory. */
export interface SyncedDirectory {
  row: BoundSso['row'];
  open: () => ReturnType<typeof openForSync>;
}

/** The keys of one connector. */
interface BoundKeys {
  list: () => ReturnType<SsoSigningKeys['list']>;
  create: (options: { active: boolean }) => ReturnType<SsoSigningKeys['create']>;
  update: (keyId: string, patch: { active: boolean }) => ReturnType<SsoSigningKeys['update']>;
  remove: (keyId: string) => ReturnType<SsoSigningKeys['remove']>;
}

export interface SsoConnectors {
  /** The connectors that sign users in, the newest first; cached. */
  offered: (tenant: Tenant) => Promise<readonly OfferedSso[]>;
  /** The operator's own among them: every visitor may read their names, and not those of customers. */
  published: (tenant: Tenant) => Promise<readonly OfferedSso[]>;
  /** Undefined for an unknown connector, or one that signs no user in: inactive, not configured, without a domain. */
  connection: (tenant: Tenant, id: string) => Promise<BoundSso | undefined>;
  /** A new access token. @throws AldabaError `secrets.third_party_token_set.access_token_expired`, `connector.*` */
  refresh: (tenant: Tenant, id: string, refreshToken: string) => Promise<TokenResponse>;
  /**
   * Whose tokens count for an OpenID Connect connector, and where their keys are; read every 10 minutes.
   * @throws AldabaError `entity.not_found`, `connector.invalid_config` while the provider does not answer
   */
  publishedBy: (tenant: Tenant, id: string) => Promise<{ issuer: string; clientId: string; jwksUri: string }>;
  /** Notes an id that the provider may send once; returns whether it is new. */
  useId: (q: Queries, connectorId: string, id: string, expiresAt: number) => Promise<boolean>;

  /**
   * What an operator gives to a SAML provider, as an XML document.
   * @throws AldabaError `entity.not_found`, `single_sign_on.saml_only`
   */
  samlMetadata: (tenant: Tenant, id: string) => Promise<string>;
  /** The keys of a SAML connector. @throws AldabaError as `samlMetadata` */
  signingKeys: (tenant: Tenant, id: string) => Promise<BoundKeys>;
  /** Reads the metadata of SAML providers again, once an hour. Returns how many were read and used. */
  refreshMetadata: (now: number, isStopped: () => boolean) => Promise<number>;

  /** The connectors of organizations, as their administrators reach them. */
  owned: OwnedSso;
  /**
   * The directory of an LDAP connector, for a sync; undefined for a connector that is not one, or not configured.
   * `open` throws LdapError.
   */
  directory: (tenant: Tenant, id: string) => Promise<SyncedDirectory | undefined>;
  /**
   * Asks the directory of an LDAP connector, step by step.
   * @throws AldabaError `entity.not_found`, `single_sign_on.ldap_only`, `single_sign_on.not_configured`
   */
  test: (tenant: Tenant, id: string, username: string | undefined) => Promise<LdapTest>;
  list: (tenant: Tenant) => Promise<SsoConnector[]>;
  /** @throws AldabaError `entity.not_found` */
  get: (tenant: Tenant, id: string) => Promise<SsoConnector>;
  /** @throws AldabaError as the contract's routes say */
  create: (tenant: Tenant, draft: Draft) => Promise<SsoConnector>;
  update: (tenant: Tenant, id: string, patch: Patch) => Promise<SsoConnector>;
  remove: (tenant: Tenant, id: string) => Promise<void>;
  /** Takes a domain from the given connectors. Returns the names of the connectors that had it. */
  withdrawDomain: (tx: Transaction, ids: readonly string[], domain: string) => Promise<string[]>;
}

export function createSsoConnectors(needs: SsoConnectorsNeeds): SsoConnectors {
  const { database, caches, clock, vault, outbound } = needs;
  const open = (tenantId: string, { id, configSealed }: store.StoredSsoConnector): Record<string, unknown> =>
    JSON.parse(vault.open(configSealed, contextOf(tenantId, id)));
  const seal = (tenantId: string, id: string, config: Record<string, unknown>) =>
    vault.seal(JSON.stringify(config), contextOf(tenantId, id));
  const cache = caches.create<readonly SsoRow[]>({
    name: 'sso-connectors',
    maximum: 1000,
    maximumAge: 60_000,
    load: async (tenantId) =>
      (await store.findSsoConnectors(database.tenant(tenantId))).flatMap((stored) => {
        const { providerName } = stored;
        if (!isSsoProvider(providerName)) return [];
        const config = open(tenantId, stored);
        const provider = ssoProviders[providerName];
        return [{ ...stored, providerName, provider, config: isConfigured(provider, config) ? config : undefined }];
      }),
  });
  const signingKeys = createSsoSigningKeys({ vault, clock });
  const published = rememberDiscovery(outbound, clock);
  const connecting = { ...needs, signingKeys, turns: createLdapTurns() };
  const written = (tenant: Tenant, id: string, { config, ...resolved }: CheckedConfig) => ({
    configSealed: seal(tenant.id, id, config),
    ...resolved,
  });
  const rows = async (tenant: Tenant) => (await cache.get(tenant.id, '')) ?? [];
  const find = async (tenant: Tenant, id: string) => (await rows(tenant)).find((row) => row.id === id);
  const require = async (tenant: Tenant, id: string) => {
    const row = await find(tenant, id);
    if (!row) throw new AldabaError('entity.not_found');
    return row;
  };
  const requireSaml = async (tenant: Tenant, id: string) => {
    const row = await require(tenant, id);
    if (row.provider.type !== 'saml') throw new AldabaError('single_sign_on.saml_only');
    return row;
  };
  /** With what the provider publishes, if it answers: it may be down while an operator looks. */
  const shown = async (tenant: Tenant, row: SsoRow): Promise<SsoConnector> => {
    const { issuer } = (row.config ?? {}) as { issuer?: string };
    if (row.provider.type === 'saml')
      return toSsoConnector({ tenantId: tenant.id, now: clock.now() }, row, {
        serviceProvider: { ...samlSideOf(tenant, row.id) },
        ...(row.providerMetadata ? { identityProvider: { ...row.providerMetadata } } : {}),
      });
    const unlessRefused = (error: unknown) => {
      if (!(error instanceof AldabaError)) throw error;
      return undefined;
    };
    const metadata = issuer === undefined ? undefined : await discover(outbound, issuer).catch(unlessRefused);
    return toSsoConnector({ tenantId: tenant.id, now: clock.now() }, row, metadata && { ...metadata });
  };

  const owned = createOwnedSso({
    ...{ rows, cache, seal, clock, signingKeys },
    check: (provider, config) => checkConfig(needs, provider, config),
    connect: (tenant, row, note) => connect({ ...connecting, note }, tenant, row),
  });
  return {
    owned,
    offered: async (tenant) => (await rows(tenant)).filter(isInUse).map(toOffered),
    published: async (tenant) =>
      (await rows(tenant)).filter((row) => isInUse(row) && row.organizationId === null).map(toOffered),
    connection: async (tenant, id) => {
      const row = await find(tenant, id);
      if (!row || !isInUse(row)) return undefined;
      return { row, ...(await connect(connecting, tenant, row)) };
    },
    publishedBy: async (tenant, id) => {
      const { config = {} } = await require(tenant, id);
      const { issuer, clientId } = config as { issuer?: string; clientId?: string };
      if (issuer === undefined || clientId === undefined) throw new AldabaError('entity.not_found');
      return { issuer, clientId, jwksUri: (await published(issuer)).jwksUri };
    },
    refresh: async (tenant, id, refreshToken) => {
      const row = await find(tenant, id);
      const connection = row?.config && (await connect(connecting, tenant, row));
      if (!connection?.refresh) throw new AldabaError('secrets.third_party_token_set.access_token_expired');
      return connection.refresh(refreshToken);
    },
    useId: (q, connectorId, id, expiresAt) =>
      store.useId(q, connectorId, { idHash: hashToken(id), expiresAt: new Date(expiresAt) }),

    samlMetadata: async (tenant, id) => {
      const row = await requireSaml(tenant, id);
      const side = samlSideOf(tenant, id);
      const certificates = (await signingKeys.open(tenant.db, id)).map(({ certificate }) => certificate);
      const signsRequests = row.config?.signAuthnRequest === true || row.providerMetadata?.wantsSignedRequests === true;
      return serviceProviderMetadata({
        entityId: side.entityId,
        acsUrl: side.acsUrl,
        singleLogoutUrl: side.logoutUrl,
        signingCertificates: certificates,
        encryptionCertificates: certificates.slice(0, 1),
        signsRequests,
      });
    },
    signingKeys: async (tenant, id) => {
      await requireSaml(tenant, id);
      const { db } = tenant;
      return {
        list: () => signingKeys.list(db, id),
        create: (options) => signingKeys.create(db, id, options),
        update: (keyId, patch) => signingKeys.update(db, id, keyId, patch),
        remove: (keyId) => signingKeys.remove(db, id, keyId),
      };
    },
    refreshMetadata: createMetadataRefresh({ ...needs, cache }),

    directory: async (tenant, id) => {
      const row = await find(tenant, id);
      if (row?.provider.type !== 'ldap' || !row.config) return undefined;
      const config = ldapConfig.parse(row.config);
      return { row, open: () => openForSync(needs.connect, { config, domains: row.domains }) };
    },
    test: async (tenant, id, username) => {
      const { config, domains, provider } = await require(tenant, id);
      if (provider.type !== 'ldap') throw new AldabaError('single_sign_on.ldap_only');
      if (!config) throw new AldabaError('single_sign_on.not_configured');
      const given = { config: ldapConfig.parse(config), domains, username };
      return connecting.turns(tenant.id, id)((deadline) => testDirectory(needs.connect, { ...given, deadline }));
    },
    list: async (tenant) =>
      (await rows(tenant)).map((row) => toSsoConnector({ tenantId: tenant.id, now: clock.now() }, row)),
    get: async (tenant, id) => shown(tenant, await require(tenant, id)),
    create: async (tenant, { providerName, roleMappings = [], ...draft }) => {
      if (!isSsoProvider(providerName)) throw new AldabaError('connector.not_found', { type: providerName });
      const { type } = ssoProviders[providerName];
      const checked = draft.config && (await checkConfig(needs, ssoProviders[providerName], draft.config));
      requireTokenStorage(type, draft.enableTokenStorage);
      const id = shortId();
      const domains = checkedDomains(draft.domains ?? []);
      await tenant.db.transaction(async (tx) => {
        await precise(
          store.insertSsoConnector(tx, {
            id,
            providerName,
            connectorName: draft.connectorName,
            ...written(tenant, id, checked ?? { config: {}, providerMetadata: null, metadataUrl: null }),
            domains,
            branding: draft.branding ?? {},
            syncProfile: draft.syncProfile ?? false,
            enableTokenStorage: draft.enableTokenStorage ?? false,
            requiresMfa: draft.requiresMfa ?? false,
            organizationId: null,
            isActive: true,
            createdAt: new Date(clock.now()),
          }),
        );
        await store.replaceRoleMappings(tx, id, roleMappings);
        await cache.changed(tx, '');
      });
      // Metadata for the provider has a key from the start.
      if (type === 'saml') await signingKeys.create(tenant.db, id, { active: true });
      return shown(tenant, await require(tenant, id));
    },
    update: async (tenant, id, { roleMappings, config: given, domains: named, ...patch }) => {
      const { provider, ...row } = await require(tenant, id);
      const checked = given && (await checkConfig(needs, provider, given));
      requireTokenStorage(provider.type, patch.enableTokenStorage);
      const domains = domainsAfter(row, {
        organizationId: patch.organizationId,
        named: named && checkedDomains(named),
      });
      await tenant.db.transaction(async (tx) => {
        const config = checked && { ...written(tenant, id, checked), metadataReadAt: new Date(clock.now()) };
        if ((await precise(store.updateSsoConnector(tx, { id }, { ...patch, domains, ...config }))) === 0)
          throw new AldabaError('entity.not_found');
        if (roleMappings) await store.replaceRoleMappings(tx, id, roleMappings);
        if (patch.enableTokenStorage === false) await needs.tokenSets.forgetSso(tx, id);
        await cache.changed(tx, '');
      });
      return shown(tenant, await require(tenant, id));
    },
    withdrawDomain: async (tx, ids, domain) => {
      const names = await store.withdrawDomain(tx, ids, domain);
      await cache.changed(tx, '');
      return names;
    },
    remove: (tenant, id) =>
      tenant.db.transaction(async (tx) => {
        if ((await store.deleteSsoConnector(tx, { id })) === 0) throw new AldabaError('entity.not_found');
        await cache.changed(tx, '');
      }),
  };
}

const contextOf = (tenantId: string, id: string) => `${tenantId}/sso-connectors/${id}`;

/** An organization's domains are the connector's, until the operator takes it over with them. */
function domainsAfter(
  { organizationId, domains }: SsoRow | Omit<SsoRow, 'provider'>,
  change: { organizationId: null | undefined; named: string[] | undefined },
): string[] | undefined {
  if (organizationId === null) return change.named;
  if (change.organizationId === null) return change.named ?? domains;
  if (change.named) throw new AldabaError('single_sign_on.domains_of_organization');
  return undefined;
}

/** Only OpenID Connect providers issue tokens. */
function requireTokenStorage(type: SsoProviderType, enabled: boolean | undefined): void {
  if (enabled && type !== 'oidc') throw new AldabaError('connector.token_storage_not_supported');
}

/** @throws AldabaError `single_sign_on.*` */
function checkedDomains(given: readonly string[]): string[] {
  const named = given.map((typed) => ({ typed, domain: normalizeDomain(typed) }));
  const invalid = named.filter(({ domain }) => domain === undefined).map(({ typed }) => typed);
  if (invalid.length > 0) throw new AldabaError('single_sign_on.invalid_domain_format', { data: invalid });
  const domains = named.map(({ domain = '' }) => domain);
  const open = domains.filter(isPublicMailDomain);
  if (open.length > 0) throw new AldabaError('single_sign_on.forbidden_domains', { data: open });
  const repeated = domains.filter((domain, at) => domains.indexOf(domain) !== at);
  if (repeated.length > 0) throw new AldabaError('single_sign_on.duplicated_domains', { data: repeated });
  return domains;
}

/** Reports a name that is taken. */
async function precise<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (constraintOf(error) !== 'sso_connectors_tenant_id_connector_name_key') throw error;
    throw new AldabaError('single_sign_on.duplicate_connector_name', undefined, { cause: error });
  }
}
