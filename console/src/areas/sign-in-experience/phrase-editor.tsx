import { getBuiltInPhrases } from '@aldaba/contract/routes';
import { ActionIcon, Button, Checkbox, Skeleton, Textarea, TextInput, Tooltip } from '@mantine/core';
import { IconRestore, IconSearch } from '@tabler/icons-react';
import { memo, useCallback, useState } from 'react';
import { useItem } from '../../api/queries.ts';
import { patternPhrases } from '../../patterns/phrases.ts';
import classes from './phrase-editor.module.css';
import { experiencePhrases } from './phrases.ts';
import { useSettings } from './settings.tsx';
import { isBuiltIn, type Words } from './values.ts';

/** Every phrase of a language with the built-in text beside it. */
export function PhraseEditor({ language }: { language: string }) {
  const t = experiencePhrases.use();
  const words = patternPhrases.use();
  const { form } = useSettings();
  const { data, error, refetch } = useItem(getBuiltInPhrases, { params: { languageTag: language } });
  const [query, setQuery] = useState('');
  const [isOnlyChanged, setOnlyChanged] = useState(false);
  const own = form.values.phrases[language] ?? {};
  const [isOnlyMissing, setOnlyMissing] = useState(false);
  const { set } = form;
  const change = useCallback(
    (key: string, text: string | undefined) =>
      set(`phrases.${language}`, ((old: Words) => withPhrase(old, key, text)) as never),
    [set, language],
  );
  if (error)
    return (
      <p>
        {error.message} <Button onClick={() => void refetch()}>{words('retry')}</Button>
      </p>
    );
  if (!data) return <Skeleton height={480} />;
  const found = Object.entries(data.phrases).filter(
    ([key, text]) =>
      (!isOnlyChanged || key in own) &&
      (!isOnlyMissing || !(key in own)) &&
      matches(`${key} ${text} ${own[key] ?? ''}`, query.trim().toLowerCase()),
  );
  const changed = Object.keys(own).length;
  const missing = Object.keys(data.phrases).filter((key) => !(key in own)).length;
  return (
    <div>
      <div className={classes.tools}>
        <TextInput
          className={classes.search ?? ''}
          type="search"
          aria-label={t('words.search')}
          placeholder={t('words.search')}
          leftSection={<IconSearch size={16} stroke={1.5} />}
          value={query}
          onChange={({ currentTarget }) => setQuery(currentTarget.value)}
        />
        <Checkbox
          label={t('words.onlyChanged', { count: String(changed) })}
          checked={isOnlyChanged}
          onChange={({ currentTarget }) => setOnlyChanged(currentTarget.checked)}
        />
        {!isBuiltIn(language) && (
          <Checkbox
            label={t('words.onlyMissing', { count: String(missing) })}
            checked={isOnlyMissing}
            onChange={({ currentTarget }) => setOnlyMissing(currentTarget.checked)}
          />
        )}
      </div>
      <p className={classes.count} role="status">
        {t('words.found', { count: found.length })}
      </p>
      <ul className={classes.list}>
        {found.map(([key, text]) => (
          <Phrase key={key} name={key} language={language} builtIn={text} own={own[key]} onChange={change} />
        ))}
      </ul>
    </div>
  );
}

const matches = (text: string, query: string): boolean => query === '' || text.toLowerCase().includes(query);

/** A phrase that equals the built-in one is none of the operator's. */
function withPhrase(words: Words, key: string, text: string | undefined): Words {
  const { [key]: _, ...others } = words;
  return text === undefined ? others : { ...words, [key]: text };
}

interface PhraseProps {
  name: string;
  language: string;
  builtIn: string;
  own: string | undefined;
  onChange: (key: string, text: string | undefined) => void;
}

const Phrase = memo(function Phrase({ name, language, builtIn, own, onChange }: PhraseProps) {
  const t = experiencePhrases.use();
  const lost = own === undefined ? [] : placesOf(builtIn).filter((place) => !own.includes(place));
  return (
    <li className={classes.phrase} data-changed={own !== undefined || undefined}>
      <div className={classes.builtIn}>
        <code className={classes.key}>{name}</code>
        <span>{builtIn}</span>
      </div>
      <div className={classes.own}>
        <Textarea
          className={classes.text ?? ''}
          aria-label={t('words.own', { key: name })}
          lang={language}
          dir="auto"
          rows={rowsOf(own ?? builtIn)}
          maxLength={1024}
          placeholder={builtIn}
          value={own ?? ''}
          onChange={({ currentTarget: { value } }) =>
            onChange(name, value === '' || value === builtIn ? undefined : value)
          }
        />
        {own !== undefined && (
          <Tooltip label={t('words.reset')}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={t('words.resetNamed', { key: name })}
              onClick={() => onChange(name, undefined)}
            >
              <IconRestore size={16} stroke={1.5} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      {lost.length > 0 && <p className={classes.lost}>{t('words.lost', { places: lost.join(', ') })}</p>}
    </li>
  );
});

/** For browsers that cannot size a field by its content; measuring hundreds of fields by a script is slow. */
const rowsOf = (text: string): number => Math.min(6, Math.ceil(text.length / 36));

/** The places of a phrase that are filled when it is shown, e.g. `{name}`. */
const placesOf = (text: string): string[] => text.match(/\{\w+\}/g) ?? [];
