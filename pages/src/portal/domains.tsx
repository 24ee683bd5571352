/** The domains of the organization, and how one is verified. */
import { Onward } from '../icons.tsx';
import { phrase } from '../phrases/index.ts';
import { LeftToRight } from '../views/parts.tsx';
import { addressOf, Form, Part, Removal, type ScreenProps, TextField } from './parts.tsx';
import { type PortalWord, word } from './words.ts';

export const Domains = ({ frame, view, screen }: ScreenProps<'domains'>) => {
  const t = (key: PortalWord) => word(view.language, key);
  return (
    <Part frame={frame} view={view} title={t('domains')}>
      {screen.domains.length === 0 && <p class="hint">{t('noDomains')}</p>}
      {screen.domains.length > 0 && (
        <ul class="ways rows">
          {screen.domains.map(({ domain, isVerified }) => (
            <li key={domain}>
              <a class="way" href={addressOf(frame, `/domains/${encodeURIComponent(domain)}`)}>
                <span>
                  <span class="way-name">
                    <LeftToRight>{domain}</LeftToRight>
                  </span>
                  <small>{t(isVerified ? 'verified' : 'unverified')}</small>
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
  const path = `/domains/${encodeURIComponent(screen.domain)}`;
  const { isVerified } = screen;
  return (
    <Part
      frame={frame}
      view={view}
      title={screen.domain}
      lead={t(isVerified ? 'verifiedLead' : 'unverifiedLead')}
      back="/domains"
    >
      {!isVerified && <Proofs frame={frame} view={view} screen={screen} />}
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

const Proofs = ({ frame, view, screen }: ScreenProps<'domain'>) => {
  const t = (key: PortalWord, values?: Record<string, string>) => word(view.language, key, values);
  const path = `/domains/${encodeURIComponent(screen.domain)}`;
  return (
    <>
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
    </>
  );
};
