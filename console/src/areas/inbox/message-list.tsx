import type { ListedInboxMessage } from '@aldaba/contract/routes';
import { IconMail, IconMessage } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTenant } from '../../api/queries.ts';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import rowLink from '../../patterns/row-link.module.css';
import { useIsReadOnly } from '../../session/administrator.ts';
import classes from './inbox-page.module.css';
import { inboxPhrases } from './phrases.ts';
import { recipientOf, useMessageWords } from './words.ts';

interface MessageListProps {
  messages: readonly ListedInboxMessage[];
  /** ID of the message that is shown beside the list. */
  shown: string | undefined;
}

export function MessageList({ messages, shown }: MessageListProps) {
  const t = inboxPhrases.use();
  return (
    <nav className={classes.list} aria-label={t('messages')}>
      <ol>
        {messages.map((message) => (
          <Row key={message.id} message={message} isShown={message.id === shown} />
        ))}
      </ol>
    </nav>
  );
}

function Row({ message, isShown }: { message: ListedInboxMessage; isShown: boolean }) {
  const t = inboxPhrases.use();
  const tenant = useTenant();
  const isReadOnly = useIsReadOnly();
  const { purposeOf } = useMessageWords();
  const Icon = message.kind === 'Email' ? IconMail : IconMessage;
  return (
    <li className={classes.row} data-shown={isShown || undefined}>
      <span className={classes.icon} role="img" aria-label={t(`kinds.${message.kind}`)}>
        <Icon size={18} stroke={1.5} aria-hidden />
      </span>
      <div className={classes.words}>
        <Link
          to="/t/$tenant/inbox"
          params={{ tenant }}
          search={{ message: message.id }}
          className={`${rowLink.link} ${classes.to}`}
          aria-current={isShown || undefined}
        >
          {recipientOf(message)}
        </Link>
        <span className={classes.detail}>
          {purposeOf(message)} · <RelativeTime time={message.createdAt} />
        </span>
      </div>
      {message.code && !isReadOnly && <code className={classes.smallCode}>{message.code}</code>}
    </li>
  );
}
