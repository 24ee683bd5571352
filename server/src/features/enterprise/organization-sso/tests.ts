/** Test sign-ins: off to the provider and back, for one portal session. Nothing is left but what was found. */
import { X509Certificate } from 'node:crypto';
import type { PortalSsoTest } from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import { hashToken, type Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { OutgoingMessage } from '../../../services/saml/index.ts';
import type { Queries } from '../../../store/index.ts';
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
   * Begins a test sign-in of a portal session; returns the way to the provider, or undefined if the test has failed
   * before that: `lastTest` tells why.
   * @throws AldabaError `entity.not_found`, `organization_sso.not_tested` without settings
   */
  beginTest: (tenant: Tenant, key: OwnedKey, portalLinkId: string) => Promise<OutgoingMessage | undefined>;
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
      const ends = settings.providerMetadata?.certificates.map((each) =>
        new X509Certificate(each).validToDate.getTime(),
      );
      const isCertificateEnded = ends?.every((end) => end < now()) ?? false;
      return failureOf(error, { refusal, isCertificateEnded });
    }
  };
  const audit = (
    tx: Queries,
    { row, result, portalLinkId }: { row: SsoRow; result: TestResult; portalLinkId: string },
  ) =>
    tx.afterCommit(() =>
      logs.write(tx.tenantId, {
        key: 'Organization.TestSsoConnector',
        result: result.reason === undefined ? 'Success' : 'Error',
        ...(row.organizationId === null ? {} : { organizationId: row.organizationId }),
        params: {
          ssoConnectorId: row.id,
          connectorName: row.branding.displayName || row.connectorName,
          ...(result.reason === undefined ? {} : { reason: result.reason }),
          portalLinkId,
        },
      }),
    );
  return {
    beginTest: async (tenant, key, portalLinkId) => {
      const saved = await read(tenant, key);
      const settings = settingsOf(saved);
      if (!settings) throw new AldabaError('organization_sso.not_tested');
      const connection = await owned.probe(tenant, saved.row, { settings, note: () => undefined });
      const [id, state] = [standardId(), newTestState()];
      let session: unknown;
      const request = { state, redirectUri: redirectUriOf(tenant, key) };
      const kept = {
        get: async () => ({}),
        set: async (data: object) => {
          session = data;
        },
      };
      let failure: TestResult | undefined;
      const message = await connection.begin(request, kept).catch((error: unknown) => {
        // The way to a provider is found by its discovery document.
        failure = { ...failureOf(error, {}), reason: 'discovery' };
        return undefined;
      });
      await tenant.db.transaction(async (tx) => {
        await store.insertTest(tx, {
          id,
          connector_id: key.id,
          portal_link_id: portalLinkId,
          revision: saved.draft?.revision ?? null,
          state_hash: hashToken(state),
          session_sealed: seal(tenant, id, session ?? {}),
          expires_at: new Date(now() + lifetime),
        });
        if (!failure) return;
        const given = { stateHash: hashToken(state), now: new Date(now()) };
        await store.takeTest(tx, { connectorId: key.id, portalLinkId }, given);
        await store.saveResult(tx, { id, resultSealed: seal(tenant, id, failure) });
        audit(tx, { row: saved.row, result: failure, portalLinkId });
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
        audit(tx, { row: saved.row, result, portalLinkId });
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
