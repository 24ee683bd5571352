/** Test sign-ins: off to the provider and back, for one portal session. Nothing is left but what was found. */
import type { PortalSsoTest } from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import { hashToken, type Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { OutgoingMessage } from '../../../services/saml/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { CheckedConfig, OwnedKey, OwnedSso, SsoRow } from '../sso-connectors/index.ts';
import { failureOf, findingOf, type TestResult } from './findings.ts';
import { newTestState } from './states.ts';
import * as store from './store.ts';

/** What is saved for a connector: the settings in use, and those for the next test. */
export interface Saved {
  row: SsoRow;
  draft: { revision: string; isTested: boolean; settings: CheckedConfig } | undefined;
}

export interface TestSignIns {
  /**
   * Begins a test sign-in of a portal session; returns the way to the provider.
   * @throws AldabaError `entity.not_found`, `organization_sso.not_tested` without settings, `connector.…`
   */
  beginTest: (tenant: Tenant, key: OwnedKey, portalLinkId: string) => Promise<OutgoingMessage>;
  /** The provider's answer, once. @throws AldabaError `entity.not_found`, `organization_sso.test_ended` */
  finishTest: (
    tenant: Tenant,
    key: OwnedKey,
    answer: { portalLinkId: string; state: string; data: Record<string, unknown> },
  ) => Promise<void>;
  /** What the last test of a portal session found. */
  lastTest: (tenant: Tenant, key: OwnedKey, portalLinkId: string) => Promise<PortalSsoTest | undefined>;
}

interface Needs {
  logs: Audit;
  vault: Vault;
  owned: OwnedSso;
  read: (tenant: Tenant, key: OwnedKey) => Promise<Saved>;
  now: () => number;
}

/** Milliseconds from the start of a test to its answer. */
const lifetime = 10 * 60_000;

export function createTestSignIns({ logs, vault, owned, read, now }: Needs): TestSignIns {
  const contextOf = (tenant: Tenant, id: string) => `${tenant.id}/sso-tests/${id}`;
  const seal = (tenant: Tenant, id: string, value: unknown) => vault.seal(JSON.stringify(value), contextOf(tenant, id));
  const open = (tenant: Tenant, id: string, sealed: string) => JSON.parse(vault.open(sealed, contextOf(tenant, id)));
  const redirectUriOf = (tenant: Tenant, { id }: OwnedKey) => `${tenant.baseUrl}/callback/${id}`;
  /** Asks the connection, and reads its answer as a sign-in would. */
  const find = async (
    tenant: Tenant,
    { row, settings }: { row: Saved['row']; settings: CheckedConfig },
    answer: { data: Record<string, unknown>; session: Record<string, unknown> },
  ): Promise<TestResult> => {
    let refusal: Record<string, unknown> = {};
    const note = (fields: Record<string, unknown>) => {
      refusal = fields;
    };
    let kept: Record<string, unknown> | undefined = answer.session;
    try {
      const connection = await owned.probe(tenant, row, { settings, note });
      const told = await connection.finish(answer.data, {
        // Read once: a nonce must not serve two answers.
        get: async () => {
          const found = kept;
          kept = undefined;
          if (!found) throw new AldabaError('organization_sso.test_ended');
          return found;
        },
        set: async (next) => {
          kept = { ...next };
        },
      });
      return findingOf(told, row.domains);
    } catch (error) {
      return failureOf(error, refusal);
    }
  };
  return {
    beginTest: async (tenant, key, portalLinkId) => {
      const saved = await read(tenant, key);
      const settings = settingsOf(saved);
      if (!settings) throw new AldabaError('organization_sso.not_tested');
      const connection = await owned.probe(tenant, saved.row, { settings, note: () => undefined });
      const [id, state] = [standardId(), newTestState()];
      let session: unknown;
      const message = await connection.begin(
        { state, redirectUri: redirectUriOf(tenant, key) },
        {
          get: async () => ({}),
          set: async (data) => {
            session = data;
          },
        },
      );
      await store.insertTest(tenant.db, {
        id,
        connector_id: key.id,
        portal_link_id: portalLinkId,
        revision: saved.draft?.revision ?? null,
        state_hash: hashToken(state),
        session_sealed: seal(tenant, id, session),
        expires_at: new Date(now() + lifetime),
      });
      return message;
    },
    finishTest: async (tenant, key, { portalLinkId, state, data }) => {
      const saved = await read(tenant, key);
      const place = { connectorId: key.id, portalLinkId };
      const given = { stateHash: hashToken(state), now: new Date(now()) };
      const test = await store.takeTest(tenant.db, place, given);
      const settings = settingsOf(saved);
      // Settings that were saved in between have not been tested by this.
      if (!test || !settings || test.revision !== (saved.draft?.revision ?? null))
        throw new AldabaError('organization_sso.test_ended');
      const session = open(tenant, test.id, test.session_sealed);
      const result = await find(
        tenant,
        { row: saved.row, settings },
        { data: { ...data, redirectUri: redirectUriOf(tenant, key) }, session },
      );
      const { revision } = test;
      await tenant.db.transaction(async (tx) => {
        await store.saveResult(tx, { id: test.id, resultSealed: seal(tenant, test.id, result) });
        if (result.reason === undefined && revision !== null)
          await store.markTested(tx, { connectorId: key.id, revision, now: new Date(now()) });
        const { branding, connectorName } = saved.row;
        tx.afterCommit(() =>
          logs.write(tenant.id, {
            key: 'Organization.TestSsoConnector',
            result: result.reason === undefined ? 'Success' : 'Error',
            organizationId: key.organizationId,
            params: {
              ssoConnectorId: key.id,
              connectorName: branding.displayName || connectorName,
              ...(result.reason === undefined ? {} : { reason: result.reason }),
              portalLinkId,
            },
          }),
        );
      });
    },
    lastTest: async (tenant, key, portalLinkId) => {
      const test = await store.findTest(tenant.db, { connectorId: key.id, portalLinkId });
      if (!test?.result_sealed || !test.answered_at) return undefined;
      return { ...open(tenant, test.id, test.result_sealed), time: test.answered_at.getTime() };
    },
  };
}

/** What a test runs with: the settings that wait, else those in use. */
function settingsOf({ row, draft }: Saved): CheckedConfig | undefined {
  if (draft) return draft.settings;
  const { config, providerMetadata, metadataUrl } = row;
  return config && { config, providerMetadata, metadataUrl };
}
