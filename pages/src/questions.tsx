/** Fields for what an operator wants to know of new people. */
import type { PageError, PageFrame, ProfileQuestion } from '@aldaba/contract/pages';
import { Fragment } from 'preact';
import { type PhraseKey, phrase } from './phrases/index.ts';
import { Portrait } from './views/consent.tsx';

/** Standard fields: what the page calls them, and what browsers know them as (HTML, autofill). */
const standard: Readonly<Record<string, { label: PhraseKey; autocomplete?: string }>> = {
  name: { label: 'profile.name', autocomplete: 'name' },
  avatar: { label: 'account.picture' },
  givenName: { label: 'profile.givenName', autocomplete: 'given-name' },
  middleName: { label: 'profile.middleName', autocomplete: 'additional-name' },
  familyName: { label: 'profile.familyName', autocomplete: 'family-name' },
  nickname: { label: 'profile.nickname', autocomplete: 'nickname' },
  preferredUsername: { label: 'profile.preferredUsername' },
  profile: { label: 'profile.profile' },
  website: { label: 'profile.website', autocomplete: 'url' },
  gender: { label: 'profile.gender', autocomplete: 'sex' },
  birthdate: { label: 'profile.birthdate', autocomplete: 'bday' },
  zoneinfo: { label: 'profile.zoneinfo' },
  locale: { label: 'profile.locale', autocomplete: 'language' },
  formatted: { label: 'profile.formatted' },
  streetAddress: { label: 'profile.streetAddress', autocomplete: 'street-address' },
  locality: { label: 'profile.locality', autocomplete: 'address-level2' },
  region: { label: 'profile.region', autocomplete: 'address-level1' },
  postalCode: { label: 'profile.postalCode', autocomplete: 'postal-code' },
  country: { label: 'profile.country', autocomplete: 'country-name' },
};

interface Props {
  frame: PageFrame;
  question: ProfileQuestion;
  error: PageError | undefined;
}

/** What the label, the control and the places for words share. */
function partsOf({ frame, question, error }: Props) {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  const { name, required, description } = question;
  const id = name.replaceAll('.', '-');
  const key = name.slice(name.lastIndexOf('.') + 1);
  const known = standard[key];
  // What is wrong with a file is said without the question that asked for it.
  const isOwn = error?.field === name || (question.control === 'picture' && error?.field === 'file');
  const own = isOwn ? error : undefined;
  const describedBy = [`${id}-error`, description === undefined ? '' : `${id}-hint`];
  return {
    t,
    own,
    id,
    label: question.label ?? (known ? t(known.label) : key),
    attributes: {
      id,
      name,
      required,
      autocomplete: known?.autocomplete ?? 'off',
      'aria-invalid': own ? ('true' as const) : undefined,
      'aria-describedby': describedBy.filter(Boolean).join(' '),
      'data-missing': required ? t('profile.missing') : '',
      ...(own ? { autofocus: true } : {}),
    },
  };
}

type Parts = ReturnType<typeof partsOf>;

const Hint = ({ id, question }: { id: string; question: ProfileQuestion }) =>
  question.description === undefined ? null : (
    <p class="hint" id={`${id}-hint`}>
      {question.description}
    </p>
  );

const Complaint = ({ id, own }: Pick<Parts, 'id' | 'own'>) => (
  <p class="field-error" id={`${id}-error`} hidden={!own} data-code={own?.code}>
    {own?.message}
  </p>
);

const Box = ({ parts, question }: { parts: Parts; question: ProfileQuestion }) => (
  <div>
    <div class="check">
      <input type="checkbox" value="yes" checked={question.value === 'yes'} {...parts.attributes} />
      <label for={parts.id}>{parts.label}</label>
    </div>
    <Hint id={parts.id} question={question} />
    <Complaint id={parts.id} own={parts.own} />
  </div>
);

const Control = ({ parts, question }: { parts: Parts; question: ProfileQuestion }) => {
  const { control, value, placeholder } = question;
  const attributes = { ...parts.attributes, value, placeholder };
  switch (control) {
    case 'select':
      return (
        <select {...parts.attributes}>
          <option value="">{parts.t('profile.choose')}</option>
          {question.options?.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      );
    case 'date':
      return <input type="date" {...attributes} />;
    case 'url':
      return <input type="url" dir="ltr" {...attributes} />;
    case 'number':
      // Not of the type `number`: it takes what was mistyped for nothing, and changes with the wheel of a mouse.
      return <input type="text" dir="ltr" inputMode="decimal" {...attributes} />;
    default:
      return <input type="text" {...attributes} />;
  }
};

/** A picture is chosen as a file; one that was uploaded already is shown, and kept unless another one is chosen. */
const Picture = ({ parts, question }: { parts: Parts; question: ProfileQuestion }) => {
  const { name, required, ...attributes } = parts.attributes;
  return (
    <div class="picture-field">
      {question.value !== '' && <Portrait image={question.value} name={parts.label} shape="round" />}
      {question.value !== '' && <input type="hidden" name={name} value={question.value} />}
      <input
        type="file"
        accept="image/png,image/jpeg,image/gif,image/webp"
        {...attributes}
        name="file"
        required={required && question.value === ''}
      />
    </div>
  );
};

const Question = (props: Props) => {
  const { question } = props;
  const parts = partsOf(props);
  if (question.control === 'checkbox') return <Box parts={parts} question={question} />;
  return (
    <div class="field">
      <label for={parts.id}>
        {parts.label}
        {!question.required && <span class="optional"> {parts.t('profile.optional')}</span>}
      </label>
      {question.control === 'picture' ? (
        <Picture parts={parts} question={question} />
      ) : (
        <div class="box">
          <Control parts={parts} question={question} />
        </div>
      )}
      <Hint id={parts.id} question={question} />
      <Complaint id={parts.id} own={parts.own} />
    </div>
  );
};

/** Every question with its control and its place for an error. */
export const Questions = (props: {
  frame: PageFrame;
  questions: readonly ProfileQuestion[];
  error?: PageError | undefined;
}) => (
  <>
    {props.questions.map((question) => (
      <Fragment key={question.name}>
        <Question frame={props.frame} question={question} error={props.error} />
      </Fragment>
    ))}
  </>
);
