import { Button, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { CreateDialog } from '../../patterns/form.tsx';
import { useForm } from '../../patterns/use-form.ts';
import { experiencePhrases } from './phrases.ts';
import { useSettings } from './settings.tsx';

/** A language that the pages do not speak by themselves: the operator writes its phrases. */
export function AddLanguage({ onAdd }: { onAdd: (language: string) => void }) {
  const t = experiencePhrases.use();
  const { form } = useSettings();
  const [isOpen, dialog] = useDisclosure();
  const { phrases } = form.values;
  const adding = useForm({
    values: { tag: '' },
    validate: ({ tag }) => {
      const language = canonical(tag);
      if (language === undefined) return { tag: t('words.addWrong') };
      return { tag: language in phrases ? t('words.addKnown') : undefined };
    },
    save: async ({ tag }) => {
      const language = canonical(tag) as string;
      form.set('phrases', { ...phrases, [language]: {} } as never);
      onAdd(language);
    },
  });
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {t('words.add')}
      </Button>
      <CreateDialog
        isOpen={isOpen}
        onClose={dialog.close}
        title={t('words.addTitle')}
        submitLabel={t('words.add')}
        form={adding}
      >
        <TextInput
          label={t('words.addTag')}
          description={t('words.addTagHelp')}
          placeholder="nl"
          autoComplete="off"
          spellCheck={false}
          {...adding.input('tag')}
        />
      </CreateDialog>
    </>
  );
}

/** A tag as it is written (`pt-PT`), or undefined if it is none. */
function canonical(tag: string): string | undefined {
  try {
    const [language] = Intl.getCanonicalLocales(tag.trim().replaceAll('_', '-'));
    return language && /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language) ? language : undefined;
  } catch {
    return undefined;
  }
}
