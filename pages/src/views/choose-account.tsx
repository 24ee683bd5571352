import type { ChooseAccountView, PageFrame } from '@aldaba/contract/pages';
import { pageLink } from '../addresses.ts';
import { Hidden } from '../fields.tsx';
import { Onward, Person } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { Portrait } from './consent.tsx';
import { Heading, LeftToRight } from './parts.tsx';

/** The account that is signed in, and another one: any, or the one that the application named. */
export const ChooseAccount = ({ frame, view }: { frame: PageFrame; view: ChooseAccountView }) => {
  const { account, applicationName: application } = view;
  const t = (key: PhraseKey) => phrase(frame.language, key, { application });
  return (
    <>
      <Heading text={t('chooseAccount.title')} lead={t('chooseAccount.lead')} />
      <ul class="ways">
        <li>
          <form method="post" action={`${frame.basePath}/select-account`}>
            <Hidden fields={{ app_id: view.appId, account: account.id }} />
            <button type="submit" class="way">
              <Portrait image={account.avatar} name={account.name} shape="round" />
              <span>
                <span class="way-name">{account.name}</span>
                <small>
                  {account.detail ? <LeftToRight>{account.detail}</LeftToRight> : t('chooseAccount.signedIn')}
                </small>
              </span>
              <Onward />
            </button>
          </form>
        </li>
        <li>
          <a class="way" href={pageLink(frame, view.signInPath, view.appId)}>
            <Person />
            <span>
              <span class="way-name">{t('chooseAccount.other')}</span>
              {view.expected && (
                <small>
                  <LeftToRight>{view.expected}</LeftToRight>
                </small>
              )}
            </span>
            <Onward />
          </a>
        </li>
      </ul>
    </>
  );
};
