import type { Audit } from '../../../kernel/audit.ts';
import {
  certificateFingerprint,
  expiryOf,
  expiryStage,
  hasUsableKey,
  normalizeCertificate,
} from '../../../services/saml/index.ts';
import type { Database } from '../../../store/index.ts';
import * as store from './store.ts';

interface Needs {
  database: Database;
  logs: Audit;
}

/** Milliseconds between two passes of one process. What was written is noted, so passes may overlap. */
const interval = 6 * 3_600_000;
/** Milliseconds after its end that a warning is remembered. */
const remembered = 90 * 86_400_000;

/** Writes what is due. Returns how many warnings were written. */
export type CertificateWarnings = (now: number, isStopped: () => boolean) => Promise<number>;

export function createCertificateWarnings({ database, logs }: Needs): CertificateWarnings {
  let next = 0;
  return async (now, isStopped) => {
    if (now < next) return 0;
    next = now + interval;
    const { system } = database;
    await store.forgetWarnings(system, new Date(now - remembered));
    let written = 0;
    for (let after: store.Place | undefined = store.start; after && !isStopped(); ) {
      const page = await store.findHolders(system, after);
      for (const holder of page.holders)
        for (const found of holder.certificates.flatMap((given) => warningOf(given, now) ?? []))
          if (await store.noteWarning(system, holder, found)) {
            write(logs, holder, found);
            written += 1;
          }
      after = page.next;
    }
    return written;
  };
}

/** Of several certificates for one purpose, the one that ends last counts: it is the next one. */
function warningOf({ purpose, pems }: store.Held, now: number): store.Warning | undefined {
  // A certificate that is not used yet may be anything.
  const usable = pems.filter(hasUsableKey).map((given) => {
    const pem = normalizeCertificate(given);
    return { fingerprint: certificateFingerprint(pem), expiresAt: expiryOf(pem) };
  });
  const last = usable.sort((a, b) => b.expiresAt - a.expiresAt)[0];
  const stage = last && expiryStage(last.expiresAt, now);
  return stage && { ...last, stage, purpose };
}

function write(logs: Audit, { tenantId, kind, ownerId, organizationId }: store.Holder, found: store.Warning): void {
  const { stage, purpose, fingerprint, expiresAt } = found;
  const end = new Date(expiresAt).toISOString();
  const params = { certificate: purpose, fingerprint, expiresAt: end, stage };
  // Nothing has failed yet.
  const entry = { result: 'Success' } as const;
  if (kind === 'application')
    logs.write(tenantId, { ...entry, key: 'SamlApplication.Certificate', applicationId: ownerId, params });
  else
    logs.write(tenantId, {
      ...entry,
      key: 'SsoConnector.Certificate',
      organizationId: organizationId ?? undefined,
      params: { connectorId: ownerId, ...params },
    });
}
