import type { Application, BodyOf, createApplication, SigningAlgorithm, updateApplication } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { defined } from '../../../kernel/defined.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId, standardSecret } from '../../../kernel/ids.ts';
import type { CacheRegistry } from '../../../store/cache.ts';
import type { Database, Queries, Transaction } from '../../../store/database.ts';
import type { Listed, Slice } from '../../../store/list.ts';
import { searching } from '../../../store/search.ts';
import { atomic } from '../../../store/transaction.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { createRoleHolders, managementRoleId, type RoleHolders, type Roles } from '../../authorization/roles/index.ts';
import { builtInApplication, builtInClient } from './built-in.ts';
import { isBuiltIn } from './built-in-ids.ts';
import type { ApplicationType, Client, CustomClientMetadata } from './client.ts';
import { requireMetadata } from './metadata.ts';
import { samlCallbackUrl } from './saml-callback.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import * as store from './store.ts';

export interface ApplicationsNeeds {
  /** Every address of the Console, without trailing slash. */
  consoleUrl: string;
  database: Database;
  caches: CacheRegistry;
  clock: Clock;
  vault: Vault;
  roles: Pick<Roles, 'assign' | 'replace' | 'unassign' | 'addHolders' | 'list' | 'get' | 'isHeldBy'>;
  keys: {
    /** @throws AldabaError `oidc.signing_key_missing` if no current key of the tenant signs with the algorithm */
    requireAlgorithm: (tx: Transaction, algorithm: SigningAlgorithm | undefined) => Promise<void>;
  };
  grants: {
    /** Revokes every grant and token of an application, in the transaction that deletes it. */
    endOfApplication: (tx: Transaction, applicationId: string) => Promise<void>;
  };
}

type OidcMetadata = Application['oidcClientMetadata'];
/** `null`, and '' for an address, remove an optional member. */
type OidcMetadataPart = { [Member in keyof OidcMetadata]?: OidcMetadata[Member] | null | undefined };

export type ApplicationDraft = Omit<BodyOf<typeof createApplication>, 'protectedAppMetadata'>;
type ApplicationPatch = BodyOf<typeof updateApplication>;

export interface Applications extends Secrets, RoleHolders<Application> {
  /** The client of a protocol request; cached. Includes the built-in `demo-app`. */
  findClient: (tenant: Tenant, clientId: string) => Promise<Client | undefined>;

  list: (q: Queries, filter: store.ApplicationFilter, slice?: Slice) => Promise<Listed<Application>>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  get: (tenant: Tenant, id: string) => Promise<Application & { isAdmin: boolean }>;
  /**
   * Creates an application. `secret` in the result is the value of its first named secret; public clients have none.
   * @throws AldabaError `guard.invalid_input` for addresses that may not be registered
   */
  create: (q: Queries, draft: ApplicationDraft) => Promise<Application>;
  update: (q: Queries, id: string, patch: ApplicationPatch) => Promise<Application>;
  mergeCustomData: (q: Queries, id: string, part: Record<string, unknown>) => Promise<Record<string, unknown>>;
  remove: (q: Queries, id: string) => Promise<void>;
}

/** Types that can keep a secret (RFC 6749 section 2.1). */
const confidential: ReadonlySet<ApplicationType> = new Set(['Traditional', 'MachineToMachine', 'Protected']);
const firstSecretName = 'Default secret';
const emptyMetadata: OidcMetadata = { redirectUris: [], postLogoutRedirectUris: [] };

export function createApplications(needs: ApplicationsNeeds): Applications {
  const { database, caches, clock, vault, roles, grants, keys, consoleUrl } = needs;
  const secrets = createSecrets({ vault, clock, changed: (tx, id) => clients.changed(tx, id) });
  const clients = caches.create<Client>({
    name: 'clients',
    maximum: 5000,
    maximumAge: 60_000,
    load: async (tenantId, id) => {
      const q = database.tenant(tenantId);
      const application = await store.findApplication(q, id);
      return application && toClient(application, await secrets.openAll(q, application));
    },
  });
  const shown = (q: Queries, { secretSealed, ...application }: store.StoredApplication): Application => {
    const secret = secretSealed === null ? undefined : secrets.openFirst(q, application.id, secretSealed);
    return { ...application, ...(secret === undefined ? {} : { secret }) };
  };
  const get = async (q: Queries, id: string) => {
    const application = await store.findApplication(q, id);
    if (!application) throw missing(id);
    return application;
  };
  const list: Applications['list'] = async (q, filter, slice) => {
    const { items, total } = await searching(q, filter.search, (bounded) =>
      store.findApplicationList(bounded, filter, slice),
    );
    return { items: items.map((item) => shown(q, item)), total };
  };

  return {
    ...secrets,
    findClient: async (tenant, clientId) =>
      isBuiltIn(clientId)
        ? builtInClient(tenant, clientId, consoleUrl)
        : withOwnAddress(tenant, await clients.get(tenant.id, clientId)),
    list,
    get: async (tenant, id) => {
      const builtIn = builtInClient(tenant, id, consoleUrl);
      if (builtIn) return { ...builtInApplication(tenant, builtIn), isAdmin: false };
      const application = shown(tenant.db, await get(tenant.db, id));
      return { ...application, isAdmin: await roles.isHeldBy(tenant.db, 'application', id, managementRoleId) };
    },
    create: atomic(async (tx, draft) => {
      requireCreatable(draft);
      requireFeatures(draft.customClientMetadata);
      const application = {
        id: standardId(),
        name: draft.name,
        type: draft.type,
        description: draft.description ?? null,
        oidcClientMetadata: mergeMetadata(emptyMetadata, draft.oidcClientMetadata ?? {}),
        customClientMetadata: draft.customClientMetadata ?? {},
        customData: draft.customData ?? {},
        isThirdParty: draft.isThirdParty ?? false,
        secretSealed: null,
      };
      requireMetadata(application);
      await keys.requireAlgorithm(tx, application.customClientMetadata.idTokenSignedResponseAlg);
      await store.insertApplication(tx, { ...application, createdAt: new Date(clock.now()) });
      const created = shown(tx, await get(tx, application.id));
      if (!confidential.has(draft.type)) return created;
      const secret = await secrets.addSecret(tx, application.id, { name: firstSecretName, value: standardSecret() });
      return { ...created, secret: secret.value };
    }),
    update: atomic(async (tx, id, { isAdmin, ...patch }) => {
      refuseBuiltIn(id);
      const before = await get(tx, id);
      requireFeatures(patch.customClientMetadata);
      if (before.type === 'SAML' && patch.oidcClientMetadata?.redirectUris?.length)
        throw new AldabaError('application.use_saml_app_api');
      const oidcClientMetadata = mergeMetadata(before.oidcClientMetadata, patch.oidcClientMetadata ?? {});
      const customClientMetadata = patch.customClientMetadata ?? before.customClientMetadata;
      requireMetadata({ type: before.type, oidcClientMetadata, customClientMetadata });
      await keys.requireAlgorithm(tx, patch.customClientMetadata?.idTokenSignedResponseAlg);
      if (isAdmin !== undefined) await setAdmin(tx, roles, before, isAdmin);
      const application = await store.updateApplicationRow(tx, id, {
        ...patch,
        oidcClientMetadata,
        customClientMetadata,
      });
      if (!application) throw missing(id);
      await clients.changed(tx, id);
      return shown(tx, application);
    }),
    mergeCustomData: async (q, id, part) => {
      const merged = await store.mergeCustomData(q, id, part);
      if (!merged) throw missing(id);
      return merged;
    },
    remove: atomic(async (tx, id) => {
      refuseBuiltIn(id);
      await grants.endOfApplication(tx, id);
      if ((await store.deleteApplicationRow(tx, id)) === 0) throw missing(id);
      await clients.changed(tx, id);
    }),
    deleteFirstSecret: atomic(async (tx, id) => {
      const application = await get(tx, id);
      if (application.secretSealed === null) throw new AldabaError('application.no_legacy_secret_found');
      await store.updateApplicationRow(tx, id, { secretSealed: null });
      await clients.changed(tx, id);
      return shown(tx, { ...application, secretSealed: null });
    }),
    ...createRoleHolders(roles, {
      holder: 'application',
      requireKnown: get,
      requireAble: async (q, id) => {
        if ((await get(q, id)).type !== 'MachineToMachine') throw new AldabaError('application.invalid_type');
      },
      checksEach: true,
      list,
    }),
  };
}

/** The stored members merged with the change; a cleared member is removed. */
function mergeMetadata(before: OidcMetadata, patch: OidcMetadataPart): OidcMetadata {
  const merged = Object.entries({ ...before, ...defined(patch) }).filter(([, value]) => value !== null && value !== '');
  return Object.fromEntries(merged) as OidcMetadata;
}

function toClient(application: store.StoredApplication, secrets: Client['secrets']): Client {
  const { redirectUris, postLogoutRedirectUris, backchannelLogoutUri, logoUri } = application.oidcClientMetadata;
  return {
    id: application.id,
    name: application.name,
    description: application.description,
    type: application.type,
    isThirdParty: application.isThirdParty,
    isAccessLimited: application.appLevelAccessControlEnabled,
    redirectUris,
    postLogoutRedirectUris,
    ...(backchannelLogoutUri === undefined ? {} : { backchannelLogoutUri }),
    ...(logoUri === undefined ? {} : { logoUri }),
    custom: application.customClientMetadata as CustomClientMetadata,
    customData: application.customData as Client['customData'],
    secrets: confidential.has(application.type) ? secrets : [],
  };
}

/** Sign-ins to a SAML application return to this server, which sends the response on; see saml-applications. */
const withOwnAddress = (tenant: Tenant, client: Client | undefined): Client | undefined =>
  client?.type === 'SAML' ? { ...client, redirectUris: [samlCallbackUrl(tenant.baseUrl, client.id)] } : client;

async function setAdmin(
  tx: Transaction,
  roles: ApplicationsNeeds['roles'],
  application: store.StoredApplication,
  isAdmin: boolean,
): Promise<void> {
  if (application.type !== 'MachineToMachine') throw new AldabaError('application.invalid_type');
  const isAlready = await roles.isHeldBy(tx, 'application', application.id, managementRoleId);
  if (isAdmin && !isAlready) await roles.assign(tx, 'application', application.id, [managementRoleId]);
  if (!isAdmin && isAlready) await roles.unassign(tx, 'application', application.id, managementRoleId);
}

const missing = (id: string) => new AldabaError('entity.not_exists_with_id', { name: 'application', id });

function refuseBuiltIn(id: string): void {
  if (isBuiltIn(id)) throw new AldabaError('application.cannot_delete_built_in');
}

function requireCreatable({ type, isThirdParty }: ApplicationDraft): void {
  if (type === 'Protected') throw new AldabaError('request.feature_not_supported', { type });
  if (isThirdParty && type === 'MachineToMachine')
    throw new AldabaError('application.invalid_third_party_application_type');
}

/** @throws AldabaError `request.feature_not_supported` for settings without effect, which the operator would rely on */
function requireFeatures(metadata: ApplicationDraft['customClientMetadata']): void {
  for (const setting of ['isDeviceFlow', 'tenantId'] as const)
    if (metadata?.[setting])
      throw new AldabaError('request.feature_not_supported', { setting: `customClientMetadata.${setting}` });
}
