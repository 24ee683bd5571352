import type { Block, Code, Step } from '../../../guides/format.ts';
import { fillHtml } from '../../../guides/placeholders.ts';
import { AddressControl } from './address-control.tsx';
import { FilledCode, mask } from './filled-code.tsx';
import { useGuide } from './guide-context.tsx';
import { LiveLine } from './live-panel.tsx';
import { guidePhrases } from './phrases.ts';
import classes from './steps.module.css';

/** The numbered steps of a guide. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  const t = guidePhrases.use();
  return (
    <ol className={classes.steps} aria-label={t('guide.steps')}>
      {steps.map(({ title, blocks }) => (
        <li key={title} className={classes.step}>
          <h2 className={classes.title}>{title}</h2>
          <div className={classes.blocks}>
            {blocks.map((block, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a guide do not change.
              <BlockView key={place} block={block} />
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}

function BlockView({ block }: { block: Block }) {
  const t = guidePhrases.use();
  const { application } = useGuide();
  switch (block.kind) {
    case 'prose':
      return <ProseView html={block.html} />;
    case 'code':
      return <FilledCode text={block.text} name={nameOf(block, t)} language={block.language} />;
    case 'commands':
      return <FilledCode text={block.text} name={t('guide.commands')} language="sh" />;
    case 'live-check':
      return application ? <LiveLine applicationId={application.id} /> : null;
    default:
      return <AddressControl kind={block.kind} uri={block.uri} />;
  }
}

function nameOf({ file, continued }: Code, t: ReturnType<typeof guidePhrases.use>): string {
  if (!file) return t('guide.illustration');
  return continued ? t('guide.continued', { file }) : file;
}

function ProseView({ html }: { html: string }) {
  const { values } = useGuide();
  const shown = fillHtml(html, { ...values, appSecret: mask });
  // biome-ignore lint/security/noDangerouslySetInnerHtml: HTML of our own guides, with the values escaped.
  return <div className={classes.prose} dangerouslySetInnerHTML={{ __html: shown }} />;
}
