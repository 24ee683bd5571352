/** The second factor that a user shows at sign-in, one page for each, with links to the others that would do. */
import { pageLink } from '../addresses.ts';
import type { FactorProps } from '../factors/factor.tsx';
import { factorPages } from '../factors/index.ts';
import { Alert, Notice } from '../fields.tsx';
import { Shield } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { FactorLinks } from './factors.tsx';
import { Heading } from './parts.tsx';

export const SecondFactor = ({ frame, view }: FactorProps) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  const { factor, error } = view;
  const { Lead, Form, hasField } = factorPages[factor];
  return (
    <>
      <Heading text={t('secondFactor.title')} lead={<Lead frame={frame} view={view} />} />
      {view.unusual && <Notice sign={<Shield />}>{t('secondFactor.unusual')}</Notice>}
      <Alert error={error} focus={!hasField(view)} />
      <Form frame={frame} view={view} />
      {view.others.length > 0 && (
        <nav class="other-ways" aria-labelledby="other-ways">
          <h2 id="other-ways">{t('factor.others')}</h2>
          <FactorLinks frame={frame} appId={view.appId} path="/mfa-verification" factors={view.others} />
        </nav>
      )}
      <p class="switch">
        <a href={pageLink(frame, '/sign-in', view.appId)}>{t('secondFactor.otherUser')}</a>
      </p>
    </>
  );
};
