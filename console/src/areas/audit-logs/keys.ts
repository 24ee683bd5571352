import { type AuditKey, auditKeys } from '@aldaba/contract/audit-keys';

/** Whether a key is in the catalog; entries of other versions may have others. */
export const isAuditKey = (key: string): key is AuditKey => (auditKeys as readonly string[]).includes(key);

/** Where a key's phrases `done` and `failed` are; for a webhook, the name of its event. */
export function phrasePathOf(key: AuditKey): string {
  const [family, first, ...rest] = key.split('.');
  const step = rest.join('.');
  if (family === 'ExchangeTokenBy') return `tokens.${first}`;
  if (family === 'Team') return `team.${first}`;
  if (family === 'Account') return `account.${first}`;
  if (family === 'Organization') return `organization.${first}`;
  if (family === 'Scim') return `directory.${[first, ...rest].join('.')}`;
  if (family === 'Ldap') return `ldap.${[first, ...rest].join('.')}`;
  if (family === 'Inbox') return `inbox.${first}`;
  if (family === 'TrustedDevice') return `devices.${first}`;
  if (family === 'TriggerHook') return `hookEvents.${[first, ...rest].join('.')}`;
  if (family === 'SamlApplication') return `saml.${first}`;
  if (family === 'SsoConnector') return `sso.${first}`;
  if (family === 'Action' || family === 'JwtCustomizer') return `scripts.${key}`;
  if (family !== 'Interaction') return `revocations.${key}`;
  if (rest.length === 0 || first === 'Create') return `interaction.${[first, ...rest].join('.')}`;
  // What begins, changes and ends a flow is named after it; the steps between are the same in all.
  return rest.length === 1 ? `intents.${first}.${step}` : `steps.${step}`;
}

/** Groups of keys, in the order of the filter. */
export const groups = [
  'SignIn',
  'Register',
  'ForgotPassword',
  'tokens',
  'webhooks',
  'scripts',
  'saml',
  'account',
  'team',
  'organization',
  'directory',
  'inbox',
] as const;

export function groupOf(key: AuditKey): (typeof groups)[number] {
  const [family, first] = key.split('.');
  if (family === 'TriggerHook') return 'webhooks';
  if (family === 'Team') return 'team';
  if (family === 'Account') return 'account';
  if (family === 'Organization') return 'organization';
  if (family === 'Scim' || family === 'Ldap') return 'directory';
  if (family === 'Inbox') return 'inbox';
  if (family === 'SamlApplication' || family === 'SsoConnector') return 'saml';
  if (family === 'Action' || family === 'JwtCustomizer') return 'scripts';
  if (family === 'TrustedDevice') return 'SignIn';
  if (family !== 'Interaction') return 'tokens';
  return first === 'Register' || first === 'ForgotPassword' ? first : 'SignIn';
}
