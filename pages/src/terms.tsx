import type { PageError, PageFrame, Terms } from '@aldaba/contract/pages';
import { webAddress } from './addresses.ts';
import { type PhraseKey, phrase, phraseParts } from './phrases/index.ts';

/** Addresses of two documents: the tenant's own, or an application's on the consent page. */
export interface Documents {
  termsOfUseUrl?: string | undefined;
  privacyPolicyUrl?: string | undefined;
}

const DocumentLinks = ({ frame, documents }: { frame: PageFrame; documents: Documents }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  const links = [
    { href: webAddress(documents.termsOfUseUrl), text: t('terms.use') },
    { href: webAddress(documents.privacyPolicyUrl), text: t('terms.privacy') },
  ].flatMap(({ href, text }) => (href === undefined ? [] : [{ href, text }]));
  if (links.length === 0) return <>{t('terms.ours')}</>;
  return (
    <>
      {links.map(({ href, text }, position) => (
        <>
          {position > 0 && t('terms.and')}
          <a href={href} target="_blank" rel="noopener noreferrer">
            {text}
          </a>
        </>
      ))}
    </>
  );
};

/** A phrase whose place `{links}` becomes the links to the documents; other places are filled with `values`. */
export const WithDocuments = (props: {
  frame: PageFrame;
  sentence: PhraseKey;
  documents: Documents;
  values?: Record<string, string>;
}) => (
  <>
    {phraseParts(props.frame.language, props.sentence).map((part) => {
      if (typeof part === 'string') return part;
      if (part.place === 'links') return <DocumentLinks frame={props.frame} documents={props.documents} />;
      return <bdi>{props.values?.[part.place]}</bdi>;
    })}
  </>
);

/** The checkbox alone; `id` differs where a page repeats it for browsers without scripts. */
export const TermsCheckbox = (props: { frame: PageFrame; id: string; error?: PageError | undefined }) => {
  const own = props.error?.field === 'terms' ? props.error : undefined;
  return (
    <div class="terms-check">
      <div class="check">
        <input
          type="checkbox"
          id={props.id}
          name="terms"
          value="yes"
          required
          aria-invalid={own ? 'true' : undefined}
          aria-describedby={`${props.id}-error`}
          data-missing={phrase(props.frame.language, 'terms.required')}
        />
        <label for={props.id}>
          <WithDocuments frame={props.frame} sentence="terms.agree" documents={props.frame} />
        </label>
      </div>
      <p class="field-error" id={`${props.id}-error`} hidden={!own} data-code={own?.code}>
        {own?.message}
      </p>
    </div>
  );
};

/** The sentence that says what continuing means. */
export const TermsNotice = ({ frame, terms }: { frame: PageFrame; terms: Terms }) =>
  terms === 'notice' ? (
    <p class="terms-notice">
      <WithDocuments frame={frame} sentence="terms.notice" documents={frame} />
    </p>
  ) : null;
