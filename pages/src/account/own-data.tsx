/** The user's data as a file, and the deletion of the account. */
import { phrase } from '../phrases/index.ts';
import { addressOf, Button, Part, type ScreenOf, type ScreenProps } from './parts.tsx';

export const OwnData = ({ frame, view }: ScreenProps<ScreenOf<'data'>>) => (
  <Part frame={frame} view={view} title="account.data" lead="account.dataLead">
    <a class="button primary" href={addressOf(frame, '/data/download')} download>
      <span class="button-label">{phrase(frame.language, 'account.download')}</span>
    </a>
  </Part>
);

export const Deletion = ({ frame, view, screen }: ScreenProps<ScreenOf<'delete'>>) => (
  <Part frame={frame} view={view} title="account.delete">
    <p>{phrase(frame.language, 'account.deleteLead', { days: String(screen.days) })}</p>
    <Button frame={frame} path="/delete" label="account.deleteSubmit" look="danger" />
  </Part>
);
