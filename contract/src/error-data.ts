import { z } from 'zod';
import type { ErrorCode } from './errors.ts';
import { signInFactorSchema } from './mfa-factors.ts';

/*
 * Members of an error's `data`, by code. A code that is not listed has no data; `.optional()` marks codes that may come
 * without. `data` is sent to the client: it never holds a secret.
 */

const text = z.string();
const number = z.number();
const names = z.array(text).readonly();

/** Values that fill the sentence of an issue, e.g. `{ min: 8 }`. */
const interpolation = z.record(z.string(), z.union([text, number])).optional();

/** Rules of a password that it breaks. */
const passwordIssueSchema = z.object({
  code: z.templateLiteral([
    'password_rejected.',
    z.enum([
      'pwned',
      'too_short',
      'too_long',
      'character_types',
      'unsupported_characters',
      'restricted.repetition',
      'restricted.sequence',
      'restricted.user_info',
      'restricted.words',
    ]),
  ]),
  interpolation,
});
export type PasswordIssue = z.output<typeof passwordIssueSchema>;

/** Rules of a username that it breaks. */
const usernameIssueSchema = z.object({
  code: z.templateLiteral([
    'username_rejected.',
    z.enum([
      'too_short',
      'too_long',
      'starts_with_digit',
      'unsupported_characters',
      'uppercase_not_allowed',
      'lowercase_not_allowed',
      'numbers_not_allowed',
      'underscore_not_allowed',
    ]),
  ]),
  interpolation,
});
export type UsernameIssue = z.output<typeof usernameIssueSchema>;

/** What is wrong with the answer to a profile field. */
const profileProblemSchema = z.enum([
  'missing',
  'tooShort',
  'tooLong',
  'tooSmall',
  'tooLarge',
  'notNumber',
  'notDate',
  'notUrl',
  'notOffered',
  'wrongFormat',
]);
export type ProfileProblem = z.output<typeof profileProblemSchema>;

const requestIssue = z.object({ path: names, message: text });
const invalidInput = z.object({
  reason: text,
  issues: z.array(requestIssue).readonly().optional(),
  /** The answer to a profile field: `profile.<name>`, what is wrong with it, and the limits that it exceeds. */
  field: z.templateLiteral(['profile.', text]).optional(),
  problem: profileProblemSchema.optional(),
  min: number.optional(),
  max: number.optional(),
  format: text.optional(),
});

const seconds = z.object({ seconds: number });
const entity = z.object({ name: text, id: text });
const identifier = z.object({ identifier: text });
const issuesOf = <Issue extends z.ZodType>(issue: Issue) => z.object({ issues: z.array(issue).readonly() });
const factor = signInFactorSchema;
const factors = z.object({ availableFactors: z.array(factor).readonly(), skippable: z.boolean() });
const scriptFailure = z.object({
  reason: text,
  kind: z.enum(['load', 'error', 'time', 'memory', 'shape']),
  line: number.optional(),
});
const roles = z.object({ roleIds: names });
const maximum = z.object({ maximum: number });
const field = z.object({ name: text });
const path = z.object({ path: text });
/** What the provider answered: its members are the connector's. */
const provider = z.record(z.string(), z.unknown()).readonly().optional();

export const errorData = {
  'guard.invalid_input': invalidInput,
  'guard.file_size_exceeded': maximum,
  'request.invalid_input': z.object({ details: text }),
  'request.range_not_satisfiable': z.object({ size: number }),
  'request.message_rate_limited': seconds,
  'request.too_many_sign_ins': seconds,
  'request.not_ready': z.object({ failed: text, checks: z.record(z.string(), z.enum(['ok', 'failed'])) }),
  'request.feature_not_supported': z.object({ setting: text.optional(), type: text.optional() }).optional(),
  'entity.not_exists_with_id': entity,
  'entity.unique_integrity_violation': z.object({ field: text }),
  'entity.relation_foreign_key_not_found': z
    .object({
      applicationIds: names,
      organizationId: text,
      organizationRoleId: text,
      organizationRoleIds: names,
      roleIds: names,
      scopeIds: names,
      ssoConnectorIds: names,
    })
    .partial()
    .optional(),
  'oidc.access_denied': z.object({ message: text.optional() }).optional(),
  'oidc.signing_key_missing': z.object({ algorithm: text }),
  'session.verification_blocked_too_many_attempts': seconds.extend({ relativeTime: text }),
  'session.invalid_connector_id': z.object({ connectorId: text }).optional(),
  'session.sso_enabled': z.object({
    ssoConnectors: z
      .array(z.object({ id: text, connectorName: text, logo: text, darkLogo: text.optional() }))
      .readonly(),
  }),
  'session.mfa.require_mfa_verification': z.object({
    availableFactors: z.array(factor).readonly(),
    maskedIdentifiers: z.record(z.string(), text),
  }),
  'session.mfa.suggest_additional_mfa': factors,
  'user.identity_not_exist': z
    .object({ relatedUser: z.object({ type: z.enum(['email', 'phone']), value: text }) })
    .optional(),
  'user.missing_profile': z.object({ missingProfile: names }),
  'user.suggest_mfa': factors,
  'user.missing_mfa': factors,
  'user.username_rejected': issuesOf(usernameIssueSchema),
  'user.username_uppercase_not_allowed': issuesOf(usernameIssueSchema),
  'user.invalid_role_type': roles.optional(),
  'application.invalid_role_type': roles,
  'password.rejected': issuesOf(passwordIssueSchema),
  'password.invalid_legacy_password_format': z.object({ method: text }).optional(),
  'password.expired': z.object({ verificationId: text }).optional(),
  'connector.not_found_with_connector_id': z.object({ connectorId: text }),
  'connector.not_found': z.object({ type: text }).optional(),
  'connector.general': z.looseObject({ errorDescription: text }).optional(),
  'connector.not_implemented': provider,
  'connector.unexpected_type': provider,
  'connector.invalid_metadata': provider,
  'connector.invalid_config_guard': provider,
  'connector.invalid_config': provider,
  'connector.invalid_certificate': provider,
  'connector.invalid_request_parameters': provider,
  'connector.insufficient_request_parameters': provider,
  'connector.invalid_response': provider,
  'connector.template_not_found': provider,
  'connector.template_not_supported': provider,
  'connector.rate_limit_exceeded': provider,
  'connector.usage_limit_exceeded': provider,
  'connector.social_auth_code_invalid': provider,
  'connector.social_invalid_access_token': provider,
  'connector.social_invalid_id_token': provider,
  'connector.authorization_failed': provider,
  'connector.timeout': provider,
  'single_sign_on.forbidden_domains': z.object({ data: names }),
  'single_sign_on.duplicated_domains': z.object({ data: names }),
  'single_sign_on.invalid_domain_format': z.object({ data: names }),
  'role.scope_exists': z.object({ scopeId: text }),
  'scim_token.too_many': z.object({ maximum: number }),
  'organization_domain.public': z.object({ domain: text }),
  'organization_domain.too_many': z.object({ maximum: number }),
  'organization_sso.too_many': z.object({ maximum: number }),
  'organization_sso.too_many_groups': z.object({ maximum: number }),
  'organization_domain.record_not_found': z.object({ name: text }),
  'organization_domain.lookup_failed': z.object({ domain: text }),
  'organization.role_names_not_found': z.object({ names }),
  'sign_in_experiences.enabled_connector_not_found': z.object({ type: text.optional(), targets: names.optional() }),
  'sign_in_experiences.miss_sign_up_identifier_in_sign_in': identifier,
  'sign_in_experiences.password_sign_in_must_be_enabled': identifier,
  'sign_in_experiences.code_sign_in_must_be_enabled': identifier,
  'sign_in_experiences.unsupported_default_language': z.object({ languages: names }),
  'sign_in_experiences.username_policy_case_conflicts_exist': z.object({ totalConflicts: number }),
  'sign_in_experiences.forgot_password_method_requires_connector': z.object({ method: text }),
  'custom_ui.archive_invalid': z.object({ reason: text }),
  'custom_ui.too_large': maximum,
  'custom_ui.file_too_large': maximum.extend({ path: text }),
  'custom_ui.too_many_files': maximum,
  'custom_ui.path_not_allowed': path,
  'custom_ui.link_not_allowed': path,
  'custom_ui.not_found': z.object({ id: text }),
  'hook.endpoint_responded_with_error': z.object({ responseStatus: number, responseBody: text }),
  'hook.send_test_payload_failed': z.object({ reason: text }),
  'localization.invalid_translation_structure': z.object({ keys: names }),
  'localization.cannot_delete_default_language': z.object({ languageTag: text }),
  'custom_profile_fields.name_required': field,
  'custom_profile_fields.invalid_name': field,
  'custom_profile_fields.name_conflict_built_in_prop': field,
  'custom_profile_fields.name_conflict_custom_data': field,
  'custom_profile_fields.invalid_sub_component_type': field,
  'custom_profile_fields.name_exists': field,
  'custom_profile_fields.name_conflict_sign_in_identifier': field,
  'custom_profile_fields.invalid_min_max_input': field,
  'custom_profile_fields.invalid_options': field,
  'custom_profile_fields.invalid_default_value': field,
  'custom_profile_fields.invalid_regex_format': field,
  'custom_profile_fields.invalid_address_components': field,
  'custom_profile_fields.invalid_fullname_components': field,
  'custom_profile_fields.entity_not_exists_with_names': z.object({ names }),
  'action.access_denied': z.object({ message: text.optional() }).optional(),
  'action.execution_failed': scriptFailure.optional(),
  'jwt_customizer.general': scriptFailure,
} as const satisfies Record<string, z.ZodType>;

export type ErrorData = { [Code in keyof typeof errorData]: z.input<(typeof errorData)[Code]> };

/** Codes without data. */
export type PlainErrorCode = Exclude<ErrorCode, keyof ErrorData>;

/** What an error's `data` holds, by code; undefined for a code without data. */
export type DataOf<Code extends ErrorCode> = Code extends keyof ErrorData ? ErrorData[Code] : undefined;

/** A code with its data, as values that are passed on before they become an error or an answer. */
export type ErrorWithData<Code extends ErrorCode = ErrorCode> = {
  [Each in Code]: undefined extends DataOf<Each>
    ? { code: Each; data?: DataOf<Each> }
    : { code: Each; data: DataOf<Each> };
}[Code];

/** The body of every JSON error answer. */
export interface ErrorBody<Code extends ErrorCode = ErrorCode> {
  code: Code;
  message: string;
  data?: DataOf<Code>;
  details?: string;
}
