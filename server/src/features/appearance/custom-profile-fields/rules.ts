import type { ErrorCode, ProfileFieldChange } from '@aldaba/contract';

const identifiers = new Set(['username', 'email', 'phone', 'primaryEmail', 'primaryPhone', 'password']);
/** Members of a user that are not asked for as custom fields. */
const builtIn = new Set([
  'id',
  'tenantId',
  'passwordEncrypted',
  'passwordEncryptionMethod',
  'hasPassword',
  'profile',
  'identities',
  'ssoIdentities',
  'logtoConfig',
  'mfaVerifications',
  'applicationId',
  'isSuspended',
  'isPasswordExpired',
  'lastSignInAt',
  'passwordUpdatedAt',
  'createdAt',
  'updatedAt',
]);
const components = {
  Address: ['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country'],
  Fullname: ['givenName', 'middleName', 'familyName'],
};

type FieldProblem = Exclude<
  Extract<ErrorCode, `custom_profile_fields.${string}`>,
  'custom_profile_fields.conflicted_sie_order' | 'custom_profile_fields.entity_not_exists_with_names'
>;

/** The first rule that a field, or one of its parts, violates; undefined if none. */
export function findFieldProblem(
  field: Pick<ProfileFieldChange, 'type' | 'config'> & { name: string },
): FieldProblem | undefined {
  const { name, type, config } = field;
  if (name === '') return 'custom_profile_fields.name_required';
  if (!/^[A-Za-z][A-Za-z0-9_]{0,127}$/.test(name)) return 'custom_profile_fields.invalid_name';
  if (builtIn.has(name)) return 'custom_profile_fields.name_conflict_built_in_prop';
  if (name === 'customData') return 'custom_profile_fields.name_conflict_custom_data';
  if (identifiers.has(name)) return 'custom_profile_fields.name_conflict_sign_in_identifier';
  const { minLength, maxLength, minValue, maxValue, options, defaultValue, format, parts } = config;
  const isReversed = (low: number | undefined, high: number | undefined) =>
    low !== undefined && high !== undefined && low > high;
  if (isReversed(minLength, maxLength) || isReversed(minValue, maxValue))
    return 'custom_profile_fields.invalid_min_max_input';
  switch (type) {
    case 'Select': {
      const values = (options ?? []).map(({ value }) => value);
      return values.length === 0 || new Set(values).size < values.length
        ? 'custom_profile_fields.invalid_options'
        : undefined;
    }
    case 'Checkbox':
      return defaultValue === undefined || ['true', 'false'].includes(defaultValue)
        ? undefined
        : 'custom_profile_fields.invalid_default_value';
    case 'Regex':
      return format !== undefined && canCompile(format) ? undefined : 'custom_profile_fields.invalid_regex_format';
    case 'Address':
    case 'Fullname': {
      if (parts?.some((part) => part.type in components)) return 'custom_profile_fields.invalid_sub_component_type';
      const isKnown = (parts ?? []).every((part) => components[type].includes(part.name));
      if (!isKnown || !parts?.some((part) => part.enabled))
        return type === 'Address'
          ? 'custom_profile_fields.invalid_address_components'
          : 'custom_profile_fields.invalid_fullname_components';
      const problems = parts.map(({ name, type, config = {} }) => findFieldProblem({ name, type, config }));
      return problems.find((problem) => problem !== undefined);
    }
    default:
      return undefined;
  }
}

function canCompile(format: string): boolean {
  try {
    new RegExp(format, 'v');
    return true;
  } catch {
    // An invalid pattern is the operator's mistake and reported as one.
    return false;
  }
}
