import type {
  Application,
  BodyOf,
  createSamlApplication,
  SamlApplication,
  updateSamlApplication,
} from '@aldaba/contract';
import type { Vault } from '../../../kernel/crypto.ts';
import { defined } from '../../../kernel/defined.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { hasUsableKey, nameIdFormats } from '../../../services/saml/index.ts';
import { constraintOf } from '../../../store/constraint.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Applications } from '../../applications/applications/index.ts';
import { createSamlSecrets, type SamlSecrets } from './secrets.ts';
import { createSamlSignIns, type SamlSignIns } from './sign-ins.ts';
import { createSamlSignOuts, type SamlSignOuts } from './sign-outs.ts';
import { createSamlSingleLogout, type SamlSingleLogout } from './single-logout.ts';
import { type SoapLogoutNeeds, startSoapLogout } from './soap-logout.ts';
import * as store from './store.ts';

export interface SamlApplicationsNeeds extends SoapLogoutNeeds {
  vault: Vault;
  applications: Pick<Applications, 'create' | 'update' | 'remove' | 'get' | 'findClient'>;
}

type Draft = BodyOf<typeof createSamlApplication>;

export interface SamlApplications {
  /** With a certificate for 3 years. @throws AldabaError `application.saml_entity_id_in_use` */
  create: (tenant: Tenant, draft: Draft) => Promise<SamlApplication>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  get: (tenant: Tenant, id: string) => Promise<SamlApplication>;
  update: (tenant: Tenant, id: string, patch: BodyOf<typeof updateSamlApplication>) => Promise<SamlApplication>;
  remove: (tenant: Tenant, id: string) => Promise<void>;
  secrets: SamlSecrets;
  signIns: SamlSignIns;
  signOuts: SamlSignOuts;
  singleLogout: SamlSingleLogout;
  /** The application's name for users; undefined once it is deleted. */
  nameOf: (tenant: Tenant, id: string) => Promise<string | undefined>;
  /** The metadata of the identity provider for this application, as XML. */
  metadata: (tenant: Tenant, id: string) => Promise<string>;
}

const firstLifeSpan = 3;
const empty: store.SamlConfiguration = {
  attributeMapping: {},
  entityId: null,
  acsUrl: null,
  additionalAcsUrls: [],
  encryption: null,
  nameIdFormat: nameIdFormats.persistent,
  singleLogoutUrl: null,
  requestCertificate: null,
};

export function createSamlApplications(given: SamlApplicationsNeeds): SamlApplications {
  const { clock, vault, applications } = given;
  const secrets = createSamlSecrets({ clock, vault });
  const configurationOf = async (q: Queries, id: string) => {
    const own = await store.findConfiguration(q, id);
    if (!own) throw new AldabaError('entity.not_exists_with_id', { name: 'SAML application', id });
    return own;
  };
  const save = async (tx: Transaction, id: string, own: store.SamlConfiguration) => {
    requireUsable(own);
    try {
      await store.saveConfiguration(tx, id, own);
    } catch (error) {
      if (constraintOf(error) === 'saml_applications_tenant_id_entity_id_key')
        throw new AldabaError('application.saml_entity_id_in_use', undefined, { cause: error });
      throw error;
    }
  };
  const get: SamlApplications['get'] = async (tenant, id) => {
    const own = await configurationOf(tenant.db, id);
    const { isAdmin: _isAdmin, ...application } = await applications.get(tenant, id);
    return toSamlApplication(application, own);
  };
  const needs = { clock, vault, secrets, configurationOf };
  startSoapLogout({ ...given, secrets, findConfiguration: store.findConfiguration });
  const signIns = createSamlSignIns(needs);
  const singleLogout = createSamlSingleLogout(needs);
  return {
    secrets,
    signIns,
    signOuts: createSamlSignOuts({ ...needs, singleLogout }),
    singleLogout,
    nameOf: async (tenant, id) => (await applications.findClient(tenant, id))?.name,
    metadata: async (tenant, id) => signIns.metadata(tenant, id, await configurationOf(tenant.db, id)),
    create: async (tenant, { name, description, customData, ...given }) => {
      const own = { ...empty, ...defined(given) };
      const secret = await secrets.make(firstLifeSpan);
      const application = await tenant.db.transaction(async (tx) => {
        const created = await applications.create(tx, { name, description, customData, type: 'SAML' });
        await save(tx, created.id, own);
        await secrets.add(tx, created.id, secret);
        return created;
      });
      return toSamlApplication(application, own);
    },
    get,
    update: async (tenant, id, { name, description, customData, ...given }) => {
      await tenant.db.transaction(async (tx) => {
        await save(tx, id, { ...(await configurationOf(tx, id)), ...defined(given) });
        await applications.update(tx, id, { name, description, customData });
      });
      return get(tenant, id);
    },
    remove: async (tenant, id) => {
      await configurationOf(tenant.db, id);
      await applications.remove(tenant.db, id);
    },
  };
}

function toSamlApplication(application: Application, own: store.SamlConfiguration): SamlApplication {
  const { secret, oidcClientMetadata, customClientMetadata, protectedAppMetadata, ...shown } = application;
  return { ...shown, ...own };
}

/** @throws AldabaError `guard.invalid_input` for certificates that could not be used, and half of an agreement */
function requireUsable(own: store.SamlConfiguration): void {
  const { encryption, requestCertificate, singleLogoutUrl, acsUrl, additionalAcsUrls } = own;
  const certificates = {
    'body.encryption.certificate': encryption?.encryptAssertion ? encryption.certificate : null,
    'body.requestCertificate': requestCertificate,
  };
  for (const [member, certificate] of Object.entries(certificates)) {
    if (certificate !== null && !hasUsableKey(certificate)) {
      const reason = `${member}: must be a PEM certificate with an RSA key of 2048 bits or more`;
      throw new AldabaError('guard.invalid_input', { reason });
    }
  }
  if (new Set(additionalAcsUrls.map(({ index }) => index)).size < additionalAcsUrls.length) {
    throw new AldabaError('guard.invalid_input', { reason: 'body.additionalAcsUrls: each index may occur once' });
  }
  if (additionalAcsUrls.length > 0 && acsUrl === null) {
    throw new AldabaError('guard.invalid_input', { reason: 'body.additionalAcsUrls: acsUrl has to be set too' });
  }
  if (singleLogoutUrl && requestCertificate === null) {
    const reason = 'body.singleLogoutUrl: requests to sign out are signed, so requestCertificate has to be set too';
    throw new AldabaError('guard.invalid_input', { reason });
  }
}
