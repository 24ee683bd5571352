import { pageLanguages } from '@aldaba/contract/pages';
import { Button, Group, Radio, Select, Stack } from '@mantine/core';
import { useState } from 'react';
import { Changing } from '../../patterns/changing.tsx';
import { FormSection } from '../../patterns/form.tsx';
import { AddLanguage } from './add-language.tsx';
import { FieldProblem } from './field-problem.tsx';
import { PhraseEditor } from './phrase-editor.tsx';
import { experiencePhrases } from './phrases.ts';
import { useSettings } from './settings.tsx';
import { isBuiltIn, nameOf } from './values.ts';

const optionsOf = (languages: readonly string[]) => languages.map((value) => ({ value, label: nameOf(value) }));

/** The language of the pages, and their phrases. */
export function LanguagesTab() {
  const t = experiencePhrases.use();
  return (
    <>
      <FormSection
        title={t('languages.title')}
        description={t('languages.detail', { count: String(pageLanguages.length) })}
      >
        <Language />
      </FormSection>
      <FormSection title={t('words.title')} description={t('words.detail')}>
        <Phrases />
      </FormSection>
    </>
  );
}

function Language() {
  const t = experiencePhrases.use();
  const { form } = useSettings();
  const { languageInfo, phrases } = form.values;
  return (
    <>
      <Radio.Group
        label={t('languages.choice')}
        value={languageInfo.autoDetect ? 'browser' : 'one'}
        onChange={(value) => form.set('languageInfo', { ...languageInfo, autoDetect: value === 'browser' })}
      >
        <Stack gap={8} mt={8}>
          <Radio value="browser" label={t('languages.browser')} description={t('languages.browserHelp')} />
          <Radio value="one" label={t('languages.one')} description={t('languages.oneHelp')} />
        </Stack>
      </Radio.Group>
      <Select
        label={t(languageInfo.autoDetect ? 'languages.fallback' : 'languages.only')}
        allowDeselect={false}
        data={optionsOf(Object.keys(phrases))}
        value={languageInfo.fallbackLanguage}
        onChange={(value) => value && form.set('languageInfo', { ...languageInfo, fallbackLanguage: value })}
      />
      <FieldProblem of="languageInfo" />
    </>
  );
}

function Phrases() {
  const t = experiencePhrases.use();
  const { form, previewIn } = useSettings();
  const { languageInfo, phrases } = form.values;
  const [chosen, setChosen] = useState(languageInfo.fallbackLanguage);
  const language = Object.keys(phrases).find((each) => each === chosen) ?? 'en';
  // What is written shows where it appears.
  const choose = (next: string) => {
    setChosen(next);
    previewIn(next);
  };
  const remove = () => {
    const { [language]: _, ...others } = phrases;
    form.set('phrases', others as never);
  };
  return (
    <>
      <Group align="end" gap={8}>
        <Select
          flex="1 1 14rem"
          label={t('words.language')}
          allowDeselect={false}
          data={optionsOf(Object.keys(phrases))}
          value={language}
          onChange={(value) => value && choose(value)}
        />
        <Changing>
          {!isBuiltIn(language) && language !== languageInfo.fallbackLanguage && (
            <Button variant="default" onClick={remove}>
              {t('words.remove')}
            </Button>
          )}
          <AddLanguage onAdd={choose} />
        </Changing>
      </Group>
      <PhraseEditor key={language} language={language} />
      <FieldProblem of="phrases" />
    </>
  );
}
