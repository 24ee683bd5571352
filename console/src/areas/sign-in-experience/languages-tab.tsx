import { type PageLanguage, pageLanguages } from '@aldaba/contract/pages';
import { Radio, SegmentedControl, Select, Stack } from '@mantine/core';
import { useState } from 'react';
import { FormSection } from '../../patterns/form.tsx';
import { FieldProblem } from './field-problem.tsx';
import { PhraseEditor } from './phrase-editor.tsx';
import { experiencePhrases } from './phrases.ts';
import { languageNames } from './preview-panel.tsx';
import { useSettings } from './settings.tsx';

const options = pageLanguages.map((value) => ({ value, label: languageNames[value] }));

/** The language of the pages, and their phrases. */
export function LanguagesTab() {
  const t = experiencePhrases.use();
  const { form } = useSettings();
  const { languageInfo } = form.values;
  const [language, setLanguage] = useState<PageLanguage>(
    pageLanguages.find((each) => each === languageInfo.fallbackLanguage) ?? 'en',
  );
  return (
    <>
      <FormSection title={t('languages.title')} description={t('languages.detail')}>
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
          data={options}
          value={languageInfo.fallbackLanguage}
          onChange={(value) => value && form.set('languageInfo', { ...languageInfo, fallbackLanguage: value })}
        />
        <FieldProblem of="languageInfo" />
      </FormSection>
      <FormSection title={t('words.title')} description={t('words.detail')}>
        <SegmentedControl
          aria-label={t('words.language')}
          data={options}
          value={language}
          onChange={(value) => setLanguage(value as PageLanguage)}
        />
        <PhraseEditor key={language} language={language} />
        <FieldProblem of="phrases" />
      </FormSection>
    </>
  );
}
