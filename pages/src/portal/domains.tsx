/** The domains of the organization, and how one is verified. */
import type { PortalDomain, PortalView } from '@aldaba/contract/pages';
import { Onward } from '../icons.tsx';
import { phrase } from '../phrases/index.ts';
import { LeftToRight } from '../views/parts.tsx';
import { addressOf, Form, Part, Removal, type ScreenProps, TextField, timeOf } from './parts.tsx';
import { type PortalWord, word } from './words.ts';

/** What the list says of a domain, and what its own page says. */
const words = {
  unverified: { label: 'unverified', lead: 'unverifiedLead' },
  verified: { label: 'verified', lead: 'verifiedLead' },
  confirmed: { label: 'confirmed', lead: 'confirmedLead' },
  'record-missing': { label: 'recordMissing', lead: 'recordMissingLead' },
  expiring: { label: 'expiring', lead: 'expiringLead' },
} as const satisfies Record<PortalDomain['state'], { label: PortalWord; lead: PortalWord }>;

const dateIn = (view: PortalView, time: number | undefined): Record<string, string> =>
  time === undefined ? {} : { date: timeOf(view, time) };

export const Domains = ({ frame, view, screen }: ScreenProps<'domains'>) => {
  const t = (key: PortalWord, values?: Record<string, string>) => word(view.language, key, values);
  return (
    <Part frame={frame} view={view} title={t('domains')}>
      {screen.domains.length === 0 && <p class="hint">{t('noDomains')}</p>}
      {screen.domains.length > 0 && (
        <ul class="ways rows">
          {screen.domains.map(({ domain, state, losesAt }) => (
            <li key={domain}>
              <a class="way" href={addressOf(frame, `/domains/${encodeURIComponent(domain)}`)}>
                <span>
                  <span class="way-name">
                    <LeftToRight>{domain}</LeftToRight>
                  </span>
                  <small>{t(words[state].label, dateIn(view, losesAt))}</small>
                </span>
                <Onward />
              </a>
            </li>
          ))}
        </ul>
      )}
      <Form frame={frame} path="/domains" submit={t('addDomain')}>
        <TextField name="domain" label={t('domain')} missing={t('domainMissing')} mode="url" value={screen.typed} />
      </Form>
    </Part>
  );
};

export const Domain = ({ frame, view, screen }: ScreenProps<'domain'>) => {
  const t = (key: PortalWord, values?: Record<string, string>) => word(view.language, key, values);
  const { domain, state, losesAt } = screen.domain;
  const lead = t(words[state].lead, dateIn(view, losesAt));
  const isAtRisk = state === 'record-missing' || state === 'expiring';
  const path = `/domains/${encodeURIComponent(domain)}`;
  return (
    <Part frame={frame} view={view} title={domain} lead={isAtRisk ? undefined : lead} back="/domains">
      {isAtRisk && <p class="portal-warning">{lead}</p>}
      {state !== 'verified' && <DnsProof frame={frame} view={view} screen={screen} />}
      {state !== 'verified' && state !== 'confirmed' && <EmailProof frame={frame} view={view} screen={screen} />}
      <Removal
        frame={frame}
        path={`${path}/remove`}
        fields={{}}
        label={t('removeDomain')}
        consequence={t('removeDomainLead')}
      />
    </Part>
  );
};

const DnsProof = ({ frame, view, screen }: ScreenProps<'domain'>) => {
  const t = (key: PortalWord, values?: Record<string, string>) => word(view.language, key, values);
  const path = `/domains/${encodeURIComponent(screen.domain.domain)}`;
  return (
    <section class="portal-proof">
      <h2>{t('byDns')}</h2>
      <p class="hint">{t('byDnsLead')}</p>
      <dl class="record" dir="ltr">
        <dt>{t('recordType')}</dt>
        <dd>
          <code>TXT</code>
        </dd>
        <dt>{t('recordName')}</dt>
        <dd>
          <code>{screen.record.name}</code>
        </dd>
        <dt>{t('recordValue')}</dt>
        <dd>
          <code>{screen.record.value}</code>
        </dd>
      </dl>
      <Form frame={frame} path={`${path}/check`} submit={t('checkRecord')} />
    </section>
  );
};

const EmailProof = ({ frame, view, screen }: ScreenProps<'domain'>) => {
  const t = (key: PortalWord, values?: Record<string, string>) => word(view.language, key, values);
  const path = `/domains/${encodeURIComponent(screen.domain.domain)}`;
  return (
    <section class="portal-proof">
      <h2>{t('byEmail')}</h2>
      <p class="hint">{t('byEmailLead', { email: screen.email })}</p>
      {screen.isCodeSent && (
        <Form frame={frame} path={`${path}/code`} submit={t('verifyCode')}>
          <TextField
            name="code"
            label={phrase(frame.language, 'field.code')}
            missing={phrase(frame.language, 'field.codeMissing')}
            mode="numeric"
          />
        </Form>
      )}
      <Form
        frame={frame}
        path={`${path}/send`}
        submit={t(screen.isCodeSent ? 'resendCode' : 'sendCode')}
        look={screen.isCodeSent ? 'plain' : 'outlined'}
      />
    </section>
  );
};
