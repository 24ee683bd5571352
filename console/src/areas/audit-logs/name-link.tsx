import { Link } from '@tanstack/react-router';
import type { FoundName } from '../../api/names.ts';
import { useTenant } from '../../api/queries.ts';
import classes from './name-link.module.css';
import { logPhrases } from './phrases.ts';

interface NameLinkProps {
  id: string;
  name: FoundName;
}

export function UserLink({ id, name }: NameLinkProps) {
  const t = logPhrases.use();
  return <NameLink path={`users/${id}`} name={name} deleted={t('deletedUser')} />;
}

export function ApplicationLink({ id, name }: NameLinkProps) {
  const t = logPhrases.use();
  return <NameLink path={`applications/${id}`} name={name} deleted={t('deletedApplication')} />;
}

/** A link to what still exists. @param path below `/t/<tenant>/` */
function NameLink({ path, name, deleted }: { path: string; name: FoundName; deleted: string }) {
  const tenant = useTenant();
  if (name === undefined) return null;
  if (name === null) return <span className={classes.deleted}>{deleted}</span>;
  return (
    <Link to={`/t/$tenant/${path}` as '/t/$tenant'} params={{ tenant }} className={classes.link ?? ''}>
      {name}
    </Link>
  );
}
