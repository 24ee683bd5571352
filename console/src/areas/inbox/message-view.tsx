import { getInboxMessage, type InboxMessage } from '@aldaba/contract/routes';
import { Anchor } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useItem, useTenant } from '../../api/queries.ts';
import { CopyButton, CopyField, HiddenSecret } from '../../patterns/copy.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { useIsReadOnly } from '../../session/administrator.ts';
import classes from './inbox-page.module.css';
import { inboxPhrases } from './phrases.ts';
import { recipientOf, useMessageWords } from './words.ts';

/** One message: the code large, the link, and the text as the user would see it. */
export function MessageView({ id }: { id: string }) {
  const t = inboxPhrases.use();
  const tenant = useTenant();
  const { data: message, error } = useItem(getInboxMessage, { params: { id } });
  return (
    <section className={classes.message} aria-label={t('message')} aria-busy={!message && !error}>
      <Link to="/t/$tenant/inbox" params={{ tenant }} className={classes.back ?? ''}>
        <IconArrowLeft size={16} stroke={1.5} aria-hidden />
        {t('back')}
      </Link>
      {message && <Message message={message} />}
      {error && <p className={classes.gone}>{error.status === 404 ? t('gone') : error.message}</p>}
    </section>
  );
}

function Message({ message }: { message: InboxMessage }) {
  const t = inboxPhrases.use();
  const isReadOnly = useIsReadOnly();
  const { purposeOf } = useMessageWords();
  const { subject, code, link, kind, createdAt } = message;
  const to = recipientOf(message);
  return (
    <>
      <h2 className={classes.subject} dir="auto">
        {isReadOnly || !subject ? purposeOf(message) : subject}
      </h2>
      <p className={classes.facts}>
        {t(`kinds.${kind}`)} · <span dir="ltr">{to}</span> · {purposeOf(message)} · <RelativeTime time={createdAt} />
      </p>
      {isReadOnly ? (
        <HiddenSecret />
      ) : (
        <>
          {code && (
            <div className={classes.code}>
              <output aria-label={t('code')}>{code}</output>
              <CopyButton value={code} name={t('codeTo', { to })} />
            </div>
          )}
          {link && (
            <div className={classes.link}>
              <CopyField label={t('link')} value={link} name={t('link')} />
              {/^https?:/.test(link) && (
                <Anchor href={link} target="_blank" rel="noreferrer" fz="sm">
                  {t('openLink')}
                </Anchor>
              )}
            </div>
          )}
          <Content message={message} />
        </>
      )}
    </>
  );
}

/**
 * The text of a message. HTML is shown in a frame that runs no scripts, submits no forms, opens nothing and loads
 * nothing but embedded images: names that users chose are in it, and an operator's template can have anything.
 */
function Content({ message: { content, contentType } }: { message: InboxMessage }) {
  const t = inboxPhrases.use();
  if (contentType === 'text/plain') return <pre className={classes.plain}>{content}</pre>;
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="color-scheme" content="light">`;
  return (
    <iframe
      className={classes.frame}
      title={t('content')}
      sandbox=""
      referrerPolicy="no-referrer"
      srcDoc={`<!doctype html><head>${head}</head>${content}`}
    />
  );
}
