/** An account has the address of the person that a provider named: it is theirs, or they want another. */
import type { LinkAccountView, PageFrame } from '@aldaba/contract/pages';
import { pageLink } from '../addresses.ts';
import { Alert, Hidden, Notice, Submit } from '../fields.tsx';
import { Person } from '../icons.tsx';
import { type PhraseKey, phrase, phraseParts } from '../phrases/index.ts';
import { TermsCheckbox, TermsNotice } from '../terms.tsx';
import { Heading, LeftToRight } from './parts.tsx';

/** The sentence with the address, which stands out, and the provider. */
const Lead = ({ frame, view }: { frame: PageFrame; view: LinkAccountView }) => (
  <>
    {phraseParts(frame.language, 'linking.lead').map((part) => {
      if (typeof part === 'string') return part;
      if (part.place !== 'address') return <bdi key={part.place}>{view.provider}</bdi>;
      return (
        <LeftToRight key={part.place} strong>
          {view.maskedAddress}
        </LeftToRight>
      );
    })}
  </>
);

export const LinkAccount = ({ frame, view }: { frame: PageFrame; view: LinkAccountView }) => {
  const { appId, error } = view;
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <>
      <Heading text={t('linking.title')} lead={<Lead frame={frame} view={view} />} />
      <Alert error={error} focus />
      <form class="main-form" method="post" action={`${frame.basePath}/social/link`}>
        <Hidden fields={{ app_id: appId }} />
        <Submit>{t('linking.submit')}</Submit>
      </form>
      <div class="asides">
        {view.registers && (
          <form class="plain-form" method="post" action={`${frame.basePath}/social/link/new-account`}>
            <Hidden fields={{ app_id: appId }} />
            {view.terms === 'checkbox' && <TermsCheckbox frame={frame} id="terms" error={error} />}
            <button type="submit" class="button outlined">
              <span class="button-label">{t('linking.newAccount')}</span>
            </button>
          </form>
        )}
        <a class="button plain" href={pageLink(frame, '/sign-in', appId)}>
          <span class="button-label">{t('link.otherWay')}</span>
        </a>
      </div>
      {view.registers && <TermsNotice frame={frame} terms={view.terms} />}
    </>
  );
};

/** On the pages of the sign-in that follows: what it is for. */
export const Connects = ({ frame, provider }: { frame: PageFrame; provider: string | undefined }) =>
  provider === undefined ? null : (
    <Notice sign={<Person />}>{phrase(frame.language, 'linking.notice', { provider })}</Notice>
  );
