/** The first page of the account: who is signed in, and what there is to see and change. */
import type { AccountSection, PageFrame } from '@aldaba/contract/pages';
import type { ComponentChildren } from 'preact';
import { webAddress } from '../addresses.ts';
import { Alert, Notice } from '../fields.tsx';
import { Onward } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { Portrait } from '../views/consent.tsx';
import { Heading, LeftToRight } from '../views/parts.tsx';
import { addressOf, Button, dateOf, type ScreenOf, type ScreenProps } from './parts.tsx';

const sectionNames: Readonly<Record<AccountSection, PhraseKey>> = {
  profile: 'account.profile',
  username: 'field.username',
  email: 'field.email',
  phone: 'field.phone',
  password: 'field.password',
  factors: 'account.factors',
  'factors/totp': 'factor.totp',
  'factors/passkey': 'factor.webAuthn',
  'factors/codes': 'factor.backupCode',
  social: 'account.social',
  sessions: 'account.sessions',
  applications: 'account.applications',
  data: 'account.data',
  language: 'account.language',
  delete: 'account.delete',
};

/** Sections whose value is an identifier. */
const identifiers: readonly AccountSection[] = ['username', 'email', 'phone'];

const Row = ({ href, name, value }: { href: string; name: string; value?: ComponentChildren }) => (
  <li>
    <a class="way" href={href}>
      <span>
        <span class="way-name">{name}</span>
        {value !== undefined && <small>{value}</small>}
      </span>
      <Onward />
    </a>
  </li>
);

export const Home = ({ frame, view, screen }: ScreenProps<ScreenOf<'home'>>) => {
  const { user, deletesAt } = screen;
  const t = (key: PhraseKey, values?: Record<string, string>) => phrase(frame.language, key, values);
  const deletionUrl = webAddress(screen.deletionUrl);
  return (
    <>
      <div class="pair">
        <Portrait image={user.avatar} name={user.name} shape="round" />
      </div>
      <Heading text={user.name} lead={user.detail && <LeftToRight>{user.detail}</LeftToRight>} />
      {view.notice === 'deletionCanceled' && <Notice>{t('account.deletionCanceled')}</Notice>}
      <Alert error={view.error} focus />
      {deletesAt !== undefined && (
        <div class="account pending">
          <p>{t('account.pending', { date: dateOf(frame, deletesAt) })}</p>
          <Button frame={frame} path="/delete/cancel" label="account.keep" />
        </div>
      )}
      <nav aria-label={t('account.title')}>
        <ul class="ways rows">
          {screen.sections.map(({ section, value }) => (
            <Row
              key={section}
              href={addressOf(frame, `/${section}`)}
              name={t(sectionNames[section])}
              value={identifiers.includes(section) && value ? <LeftToRight>{value}</LeftToRight> : value}
            />
          ))}
          {deletionUrl !== undefined && <Row href={deletionUrl} name={t('account.delete')} />}
        </ul>
      </nav>
      <p class="switch">
        <a href={`${frame.basePath}/oidc/session/end`}>{t('endSession.confirm')}</a>
      </p>
    </>
  );
};

export const Disabled = ({ frame }: { frame: PageFrame }) => (
  <Heading
    text={phrase(frame.language, 'account.disabledTitle')}
    lead={phrase(frame.language, 'account.disabledLead', { name: frame.branding.name })}
  />
);
