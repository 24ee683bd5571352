/**
 * Connectors that the administrators of an organization set up. Every call names the organization, and reaches its
 * connectors alone: an operator's, or those of another organization, do not exist for it.
 */
import type { SsoProviderName } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import { shortId } from '../../../kernel/ids.ts';
import type { Transaction } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { CheckedConfig } from './configs.ts';
import type { SsoConnection } from './protocol.ts';
import { type SsoProvider, ssoProviders } from './providers.ts';
import { samlSideOf } from './saml-side.ts';
import type { SsoSigningKeys } from './signing-keys.ts';
import * as store from './store.ts';
import type { SsoRow } from './views.ts';

/** A connector of an organization. */
export interface OwnedKey {
  organizationId: string;
  id: string;
}

interface OwnedPatch {
  /** What users see in place of the provider's name. */
  displayName?: string;
  isActive?: boolean;
  settings?: CheckedConfig;
}

export interface OwnedSso {
  /** The oldest first. */
  list: (tenant: Tenant, organizationId: string) => Promise<SsoRow[]>;
  /** @throws AldabaError `entity.not_found` */
  get: (tenant: Tenant, key: OwnedKey) => Promise<SsoRow>;
  /**
   * Adds an inactive connector without settings; returns its id. `prepare` follows the commit.
   * @throws AldabaError `organization_sso.too_many`
   */
  create: (
    tx: Transaction,
    draft: { organizationId: string; providerName: SsoProviderName; displayName: string },
  ) => Promise<string>;
  /** Makes the key of the tenant's side, for a provider that wants one. */
  prepare: (tenant: Tenant, key: OwnedKey) => Promise<void>;
  /** @throws AldabaError `entity.not_found` */
  update: (tx: Transaction, key: OwnedKey, patch: OwnedPatch) => Promise<void>;
  /** @throws AldabaError `entity.not_found` */
  remove: (tx: Transaction, key: OwnedKey) => Promise<void>;
  /**
   * Gives members a role of the organization for a value, in place of a former one; null takes it away.
   * @throws AldabaError `entity.not_found`, `organization_sso.too_many_groups`
   */
  map: (
    tx: Transaction,
    key: OwnedKey,
    given: { attribute: string; value: string; roleId: string | null },
  ) => Promise<void>;
  /** @throws AldabaError `connector.invalid_config`, naming the members that are wrong */
  check: (provider: SsoProvider, config: Record<string, unknown>) => Promise<CheckedConfig>;
  /** A connection with settings that sign no user in. `note` learns why a message was refused. */
  probe: (
    tenant: Tenant,
    row: SsoRow,
    given: { settings: CheckedConfig; note: (fields: Record<string, unknown>) => void },
  ) => Promise<SsoConnection>;
  /** What an administrator enters at the provider. */
  addresses: (tenant: Tenant, row: SsoRow) => Record<string, string>;
  /** The domains of an organization have changed. */
  domainsChanged: (tx: Transaction) => Promise<void>;
}

interface Needs {
  rows: (tenant: Tenant) => Promise<readonly SsoRow[]>;
  cache: { changed: (tx: Transaction, key: string) => Promise<void> };
  seal: (tenantId: string, id: string, config: Record<string, unknown>) => string;
  clock: { now: () => number };
  check: OwnedSso['check'];
  signingKeys: Pick<SsoSigningKeys, 'create'>;
  connect: (tenant: Tenant, row: SsoRow, note: (fields: Record<string, unknown>) => void) => Promise<SsoConnection>;
}

/** Connectors of one organization, and groups with a role of one connector, as many as operators can list. */
const maximum = 10;
const maximumGroups = 500;

export function createOwnedSso(needs: Needs): OwnedSso {
  const { rows, cache, clock } = needs;
  const now = () => new Date(clock.now());
  const requireFound = (found: number) => {
    if (found === 0) throw new AldabaError('entity.not_found');
  };
  return {
    list: async (tenant, organizationId) =>
      (await rows(tenant)).filter((row) => row.organizationId === organizationId).toReversed(),
    get: async (tenant, { organizationId, id }) => {
      const row = (await rows(tenant)).find((each) => each.id === id && each.organizationId === organizationId);
      if (!row) throw new AldabaError('entity.not_found');
      return row;
    },
    create: async (tx, { organizationId, providerName, displayName }) => {
      if ((await store.countOwned(tx, organizationId)) >= maximum)
        throw new AldabaError('organization_sso.too_many', { maximum });
      const id = shortId();
      await store.insertSsoConnector(tx, {
        ...{ id, organizationId, providerName, createdAt: now() },
        // The operator's list has one name for each connector; what users see may repeat.
        connectorName: nameOf(displayName, id),
        branding: { displayName },
        configSealed: needs.seal(tx.tenantId, id, {}),
        ...{ providerMetadata: null, metadataUrl: null, domains: [] },
        ...{ syncProfile: true, enableTokenStorage: false, requiresMfa: false, isActive: false },
      });
      await cache.changed(tx, '');
      return id;
    },
    prepare: async ({ db }, { id }) => {
      await needs.signingKeys.create(db, id, { active: true });
    },
    update: async (tx, key, { displayName, isActive, settings }) => {
      const named = displayName && { connectorName: nameOf(displayName, key.id), branding: { displayName } };
      const configured = settings && {
        configSealed: needs.seal(tx.tenantId, key.id, settings.config),
        providerMetadata: settings.providerMetadata,
        metadataUrl: settings.metadataUrl,
        metadataReadAt: now(),
      };
      requireFound(await store.updateSsoConnector(tx, key, { ...named, isActive, ...configured }));
      await cache.changed(tx, '');
    },
    remove: async (tx, key) => {
      requireFound(await store.deleteSsoConnector(tx, key));
      await cache.changed(tx, '');
    },
    map: async (tx, key, given) => {
      const count = await store.mapOwn(tx, key, given);
      if (count === undefined) throw new AldabaError('entity.not_found');
      if (count > maximumGroups) throw new AldabaError('organization_sso.too_many_groups', { maximum: maximumGroups });
      await cache.changed(tx, '');
    },
    check: needs.check,
    probe: (tenant, row, { settings, note }) => needs.connect(tenant, { ...row, ...settings }, note),
    addresses: (tenant, { id, provider }) =>
      provider.type === 'saml'
        ? { ...samlSideOf(tenant, id) }
        : {
            redirectUri: `${tenant.baseUrl}/callback/${id}`,
            logoutUrl: `${tenant.baseUrl}/api/authn/single-sign-on/oidc/${id}/backchannel-logout`,
          },
    domainsChanged: (tx) => cache.changed(tx, ''),
  };
}

const nameOf = (displayName: string, id: string): string => `${displayName.slice(0, 100)} (${id})`;

/** The kind of a provider. */
export const providerOf = (name: SsoProviderName): SsoProvider => ssoProviders[name];
