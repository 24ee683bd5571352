import type { AuditKey } from '@aldaba/contract';

/** An audit log entry. The client's address and user agent come from the current request. */
export interface AuditEntry {
  key: AuditKey;
  result: 'Success' | 'Error';
  /** Why it failed: the error itself, a sentence, or an object with `code` and `message`. */
  error?: unknown;
  userId?: string | undefined;
  applicationId?: string | undefined;
  /** Name of the client secret that the application used. */
  secretName?: string | undefined;
  sessionId?: string | undefined;
  /** The organization whose administrators may read the entry. */
  organizationId?: string | undefined;
  params?: Readonly<Record<string, unknown>> | undefined;
  /** Other members of the payload. */
  more?: Readonly<Record<string, unknown>> | undefined;
}

/** Writes to the audit log. Features take it as a need; `features/records/logs` implements it. */
export interface Audit {
  /**
   * Returns immediately and never throws; the entry is stored shortly after. Secrets are masked here, whatever the
   * caller passes.
   */
  write: (tenantId: string, entry: AuditEntry) => void;
}
