import { X509Certificate } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type AuditKey, type PortalSsoProvider, type PortalSsoStatus, portalSsoProviders } from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { OrganizationJit } from '../../organizations/organization-jit/index.ts';
import type { Organizations } from '../../organizations/organizations/index.ts';
import { type CheckedConfig, type OwnedKey, type OwnedSso, providerOf, type SsoRow } from '../sso-connectors/index.ts';
import { mergedConfig, type SettingsDraft } from './settings.ts';
import * as store from './store.ts';
import { createTestSignIns, type Saved, type TestSignIns } from './tests.ts';

export interface OrganizationSsoNeeds {
  clock: Clock;
  vault: Vault;
  logs: Audit;
  events: Events<Transaction>;
  organizations: Pick<Organizations, 'get'>;
  organizationJit: Pick<OrganizationJit, 'addConnectors'>;
  ssoConnectors: { owned: OwnedSso };
  signInExperiences: { get: (tenant: Tenant) => Promise<{ singleSignOnEnabled: boolean }> };
}

/** Who acts, for the audit log. */
type Actor = Readonly<Record<string, string>>;

/** A connector as its administrators see it: with the settings that were saved last, without secrets. */
export interface ConnectorState {
  row: Pick<SsoRow, 'id' | 'domains' | 'roleMappings'>;
  provider: PortalSsoProvider;
  type: 'oidc' | 'saml';
  /** The issuer is known for the kind of provider. */
  hasFixedIssuer: boolean;
  name: string;
  status: PortalSsoStatus;
  config: Readonly<Record<string, unknown>>;
  hasSecret: boolean;
  addresses: Record<string, string>;
  /** When the certificates of a SAML provider end. */
  certificateEnds: number[];
  /** Why what a SAML provider publishes now is not used. */
  metadataProblem: SsoRow['metadataProblem'];
}

export interface OrganizationSso extends TestSignIns {
  /** The oldest first. */
  list: (tenant: Tenant, organizationId: string) => Promise<ConnectorState[]>;
  /** @throws AldabaError `entity.not_found` */
  get: (tenant: Tenant, key: OwnedKey) => Promise<ConnectorState>;
  /** @throws AldabaError `organization_sso.too_many` */
  create: (
    tenant: Tenant,
    organizationId: string,
    draft: { providerName: PortalSsoProvider; displayName: string },
    by: Actor,
  ) => Promise<string>;
  /**
   * Saves settings, which wait for a test; those in use stay in use.
   * @throws AldabaError `entity.not_found`, `connector.invalid_config`, `organization_sso.secret_required`
   */
  save: (tenant: Tenant, key: OwnedKey, draft: SettingsDraft & { displayName: string }, by: Actor) => Promise<void>;
  /** Goes back to the settings in use. @throws AldabaError `entity.not_found` */
  discard: (tenant: Tenant, key: OwnedKey, by: Actor) => Promise<void>;
  /**
   * Signs users in from now on, with the tested settings; they join the organization.
   * @throws AldabaError `entity.not_found`, `organization_sso.not_tested`, `organization_sso.no_domain`,
   *   `organization_sso.switched_off`
   */
  turnOn: (tenant: Tenant, key: OwnedKey, by: Actor) => Promise<void>;
  /** @throws AldabaError `entity.not_found` */
  turnOff: (tenant: Tenant, key: OwnedKey, by: Actor) => Promise<void>;
  /** @throws AldabaError `entity.not_found` */
  remove: (tenant: Tenant, key: OwnedKey, by: Actor) => Promise<void>;
  /** The role of a group; null for none. @throws AldabaError `entity.not_found`, `organization_sso.too_many_groups` */
  map: (
    tenant: Tenant,
    key: OwnedKey,
    given: { attribute: string; value: string; roleId: string | null },
    by: Actor,
  ) => Promise<void>;
  /** Whether the operator lets enterprise connectors sign users in. */
  isSwitchedOff: (tenant: Tenant) => Promise<boolean>;
}

export function createOrganizationSso(needs: OrganizationSsoNeeds): OrganizationSso {
  const { clock, logs, events, organizationJit, signInExperiences } = needs;
  const { owned } = needs.ssoConnectors;
  const drafts = createDrafts(needs);
  const read = async (tenant: Tenant, key: OwnedKey): Promise<Saved> => {
    const row = await owned.get(tenant, key);
    return { row, draft: await drafts.find(tenant.db, row.id) };
  };
  const audit = (tx: Queries, key: AuditKey, { organizationId, id }: OwnedKey, params: Record<string, unknown>) =>
    tx.afterCommit(() =>
      logs.write(tx.tenantId, { key, result: 'Success', organizationId, params: { ssoConnectorId: id, ...params } }),
    );
  /** A change of one connector, with its entry of the audit log. */
  const change = async (
    tenant: Tenant,
    { key, event, by, more = {} }: { key: OwnedKey; event: AuditKey; by: Actor; more?: object },
    work: (tx: Transaction, saved: Saved) => Promise<void>,
  ) => {
    const saved = await read(tenant, key);
    await tenant.db.transaction(async (tx) => {
      await work(tx, saved);
      audit(tx, event, key, { connectorName: nameOf(saved.row), ...more, ...by });
    });
  };
  const announce = (
    tx: Transaction,
    event: 'OrganizationSsoConnector.TurnedOn' | 'OrganizationSsoConnector.TurnedOff',
    { organizationId, id }: OwnedKey,
  ) => events.publish(tx, event, { organizationId, ssoConnectorId: id, data: null });
  const isSwitchedOff = async (tenant: Tenant) => !(await signInExperiences.get(tenant)).singleSignOnEnabled;
  const shown = (tenant: Tenant, saved: Saved) => stateOf(saved, owned.addresses(tenant, saved.row));
  return {
    list: async (tenant, organizationId) => {
      const rows = await owned.list(tenant, organizationId);
      return Promise.all(rows.map(async (row) => shown(tenant, { row, draft: await drafts.find(tenant.db, row.id) })));
    },
    get: async (tenant, key) => shown(tenant, await read(tenant, key)),
    create: async (tenant, organizationId, { providerName, displayName }, by) => {
      const id = await tenant.db.transaction(async (tx) => {
        await needs.organizations.get(tx, organizationId);
        const created = await owned.create(tx, { organizationId, providerName, displayName });
        audit(
          tx,
          'Organization.AddSsoConnector',
          { organizationId, id: created },
          { connectorName: displayName, ...by },
        );
        return created;
      });
      if (providerOf(providerName).type === 'saml') await owned.prepare(tenant, { organizationId, id });
      return id;
    },
    save: async (tenant, key, { displayName, ...given }, by) => {
      const { row, draft } = await read(tenant, key);
      const settings = await owned.check(row.provider, mergedConfig(row, draft?.settings.config, given));
      await change(tenant, { key, event: 'Organization.ChangeSsoConnector', by }, async (tx) => {
        await owned.update(tx, key, { displayName });
        await drafts.save(tx, { row, draft }, settings);
        await store.deleteTests(tx, row.id);
      });
    },
    discard: (tenant, key, by) =>
      change(tenant, { key, event: 'Organization.ChangeSsoConnector', by }, async (tx, { row }) => {
        if (row.config === undefined) throw new AldabaError('entity.not_found');
        await store.deleteDraft(tx, row.id);
        await store.deleteTests(tx, row.id);
      }),
    turnOn: async (tenant, key, by) => {
      if (await isSwitchedOff(tenant)) throw new AldabaError('organization_sso.switched_off');
      await change(tenant, { key, event: 'Organization.TurnOnSsoConnector', by }, async (tx, { row, draft }) => {
        if (row.domains.length === 0) throw new AldabaError('organization_sso.no_domain');
        const settings = await drafts.takeTested(tx, row.id);
        if (!settings && (draft || row.config === undefined)) throw new AldabaError('organization_sso.not_tested');
        await owned.update(tx, key, { isActive: true, ...(settings ? { settings } : {}) });
        await organizationJit.addConnectors(tx, key.organizationId, [row.id]);
        if (!row.isActive) await announce(tx, 'OrganizationSsoConnector.TurnedOn', key);
      });
    },
    turnOff: (tenant, key, by) =>
      change(tenant, { key, event: 'Organization.TurnOffSsoConnector', by }, async (tx, { row }) => {
        await owned.update(tx, key, { isActive: false });
        if (row.isActive) await announce(tx, 'OrganizationSsoConnector.TurnedOff', key);
      }),
    remove: (tenant, key, by) =>
      change(tenant, { key, event: 'Organization.RemoveSsoConnector', by }, async (tx, { row }) => {
        await owned.remove(tx, key);
        if (row.isActive) await announce(tx, 'OrganizationSsoConnector.TurnedOff', key);
      }),
    map: (tenant, key, given, by) =>
      change(tenant, { key, event: 'Organization.MapSsoGroup', by, more: { groupName: given.value } }, (tx) =>
        owned.map(tx, key, given),
      ),
    isSwitchedOff,
    ...createTestSignIns({ ...needs, owned, read, now: () => clock.now() }),
  };
}

function createDrafts({ clock, vault }: OrganizationSsoNeeds) {
  const contextOf = (tenantId: string, id: string) => `${tenantId}/sso-drafts/${id}`;
  const settingsOf = (row: store.DraftRow): CheckedConfig => ({
    config: JSON.parse(vault.open(row.config_sealed, contextOf(row.tenant_id, row.connector_id))),
    providerMetadata: row.provider_metadata,
    metadataUrl: row.metadata_url,
  });
  return {
    find: async (q: Queries, connectorId: string): Promise<Saved['draft']> => {
      const row = await store.findDraft(q, connectorId);
      return row && { revision: row.revision, isTested: row.tested_at !== null, settings: settingsOf(row) };
    },
    /** Settings that are already there keep their test. */
    save: async (tx: Transaction, { row, draft }: Saved, settings: CheckedConfig) => {
      // With the metadata: at the same address, the provider may have other keys now.
      const partsOf = ({ config, providerMetadata }: Pick<SsoRow, 'config' | 'providerMetadata'>) =>
        JSON.parse(JSON.stringify([config ?? null, providerMetadata]));
      const isSame = (other: Pick<SsoRow, 'config' | 'providerMetadata'>) =>
        isDeepStrictEqual(partsOf(other), partsOf(settings));
      if (draft && isSame(draft.settings)) return;
      if (isSame(row)) return store.deleteDraft(tx, row.id);
      await store.saveDraft(tx, {
        connector_id: row.id,
        revision: standardId(),
        config_sealed: vault.seal(JSON.stringify(settings.config), contextOf(tx.tenantId, row.id)),
        provider_metadata: settings.providerMetadata,
        metadata_url: settings.metadataUrl,
        created_at: new Date(clock.now()),
      });
    },
    takeTested: async (tx: Transaction, connectorId: string): Promise<CheckedConfig | undefined> => {
      const row = await store.takeTested(tx, connectorId);
      return row && settingsOf(row);
    },
  };
}

const nameOf = ({ branding, connectorName }: SsoRow): string => branding.displayName || connectorName;

function statusOf({ row, draft }: Saved): PortalSsoStatus {
  const isOn = row.isActive && row.config !== undefined;
  if (draft) return isOn ? (draft.isTested ? 'on-tested' : 'on-untested') : draft.isTested ? 'tested' : 'untested';
  if (isOn) return 'on';
  return row.config === undefined ? 'new' : 'off';
}

function stateOf(saved: Saved, addresses: Record<string, string>): ConnectorState {
  const { row, draft } = saved;
  const { clientSecret, ...config } = draft?.settings.config ?? row.config ?? {};
  const metadata = draft ? draft.settings.providerMetadata : row.providerMetadata;
  const certificates = metadata?.certificates ?? [];
  const type = row.provider.type === 'saml' ? 'saml' : 'oidc';
  return {
    row,
    provider: portalSsoProviders.find((name) => name === row.providerName) ?? (type === 'saml' ? 'SAML' : 'OIDC'),
    type,
    hasFixedIssuer: row.provider.issuer !== undefined,
    name: nameOf(row),
    status: statusOf(saved),
    config,
    hasSecret: clientSecret !== undefined,
    addresses,
    metadataProblem: draft ? null : row.metadataProblem,
    certificateEnds: certificates.map((each) => new X509Certificate(each).validToDate.getTime()),
  };
}
