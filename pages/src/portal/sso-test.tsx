/** The test sign-in: how it is started, and what the last one found. */
import type { PortalSsoTest } from '@aldaba/contract/pages';
import { Tick } from '../icons.tsx';
import { Form, groupAddress, instantOf, type ScreenProps } from './parts.tsx';
import { type PortalWord, word } from './words.ts';

type Props = ScreenProps<'sso-connection'>;

export const SsoTest = (props: Props) => {
  const { frame, view, screen } = props;
  const t = (key: PortalWord) => word(view.language, key);
  const { status, test } = screen;
  return (
    <section class="portal-proof" id="test">
      <h2>{t('stepTest')}</h2>
      <p class="hint">{t(status === 'new' ? 'saveFirst' : 'testLead')}</p>
      {test && <Finding {...props} test={test} />}
      {status !== 'new' && (
        <Form
          frame={frame}
          path={`/sso/${encodeURIComponent(screen.id)}/test`}
          submit={t(test ? 'testAgain' : 'startTest')}
          look="outlined"
        />
      )}
    </section>
  );
};

/** What the last test found. The way back from a test leads to its heading, which then has the focus. */
const Finding = (props: Props & { test: PortalSsoTest }) => {
  const { view, test } = props;
  const t = (key: PortalWord, values?: Record<string, string>) => word(view.language, key, values);
  return (
    <>
      <h3 id="test-result" class={test.reason === undefined ? 'notice' : 'portal-warning'} tabIndex={-1}>
        {test.reason === undefined && <Tick />}
        <span>{test.reason === undefined ? t('testPassed') : `${t('testFailed')} ${t(`reason.${test.reason}`)}`}</span>
      </h3>
      {test.detail !== undefined && <p class="hint">{t('problemDetail', { detail: test.detail })}</p>}
      <p class="hint">{t('testTime', { date: instantOf(view, test.time) })}</p>
      {test.mapped && <Mapped {...props} mapped={test.mapped} />}
      {test.claims.length > 0 && <Claims {...props} />}
    </>
  );
};

const Mapped = ({ view, screen, mapped }: Props & { mapped: NonNullable<PortalSsoTest['mapped']> }) => {
  const t = (key: PortalWord) => word(view.language, key);
  const { id, name = t('mappedNone'), email = t('mappedNone') } = mapped;
  return (
    <>
      <h3 class="small-heading">{t('mapped')}</h3>
      <dl class="record">
        <dt>{t('mappedEmail')}</dt>
        <dd>{email}</dd>
        <dt>{t('mappedName')}</dt>
        <dd>{name}</dd>
        <dt>{t(screen.type === 'saml' ? 'mappedNameId' : 'mappedId')}</dt>
        <dd>{id}</dd>
      </dl>
    </>
  );
};

const Claims = ({ frame, view, screen, test }: Props & { test: PortalSsoTest }) => {
  const t = (key: PortalWord) => word(view.language, key);
  return (
    <details class="guide" open>
      <summary>{t('arrived')}</summary>
      <dl class="record" dir="ltr">
        {test.claims.flatMap((claim) => [
          <dt key={claim.name}>{claim.name}</dt>,
          ...claim.values.map((value) => (
            <dd key={`${claim.name} ${value}`}>
              {value}
              {claim.isGroups && value !== '' && (
                <a
                  class="portal-map"
                  href={groupAddress(frame, screen.id, { attribute: claim.name, value })}
                  aria-label={`${t('mapGroup')}: ${value}`}
                >
                  {t('mapGroup')}
                </a>
              )}
            </dd>
          )),
        ])}
      </dl>
    </details>
  );
};
