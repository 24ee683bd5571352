/**
 * The closed list of error codes that Aldaba answers with, each bound to its HTTP status once.
 * A contract route may override a status for wire compatibility (`statuses`); nothing else may.
 * The sentence is what a person reads: it says what to do. `{name}` is filled from the error's data.
 */
export const errorCatalog = {
  // auth: the caller of an API
  'auth.authorization_header_missing': [401, 'Send an access token in the Authorization header.'],
  'auth.authorization_token_type_not_supported': [401, 'Send the access token as a Bearer token.'],
  'auth.unauthorized': [401, 'The access token is missing, expired or not valid for this API. Get a new one.'],
  'auth.forbidden': [403, 'You do not have permission to do this. Ask an administrator for the permission.'],
  'auth.expected_role_not_found': [401, 'The account lacks the role that this needs.'],
  // guard: the shape of a request
  'guard.invalid_input': [400, 'The request is not valid: {reason}. Correct it and send it again.'],
  'guard.invalid_pagination': [400, 'Use a page of 1 or more and a page_size from 1 to 100.'],
  'guard.invalid_target': [400, 'The target of the request is not valid.'],
  'guard.payload_too_large': [413, 'The request is too large. Send less at a time.'],
  'guard.file_size_exceeded': [400, 'The file is too large. Choose a smaller one.'],
  'guard.mime_type_not_allowed': [400, 'Files of this kind cannot be uploaded. Choose an image.'],
  'guard.unsupported_media_type': [415, 'Send the body as application/json.'],
  // request
  'request.invalid_input': [400, 'The request is not valid: {details}'],
  'request.not_found': [404, 'There is nothing at this address. Check the path and the method.'],
  'request.method_not_allowed': [405, 'This address does not accept that method.'],
  'request.message_rate_limited': [429, 'Too many messages were sent. Wait a few minutes and try again.'],
  'request.too_many_sign_ins': [
    429,
    'Too many sign-ins were started from your network. Wait a few minutes and try again.',
  ],
  'request.overloaded': [503, 'The server is busy. Try again in a few seconds.'],
  'request.unavailable': [503, 'The service is not available at the moment. Try again in a few seconds.'],
  'request.not_ready': [503, 'The server is not ready: {failed} failed. Its log says why.'],
  'request.feature_not_supported': [422, 'This server does not support that feature as it is configured.'],
  'request.cross_site': [403, 'This form was sent from another site. Go back and open the page again.'],
  'request.internal': [500, 'Something went wrong on our side. Try again, and tell the operator if it happens again.'],
  // entity
  'entity.not_found': [404, 'The item does not exist or was deleted.'],
  'entity.not_exists_with_id': [404, 'There is no {name} with the id {id}.'],
  'entity.unique_integrity_violation': [422, 'An item with the same {field} exists already. Choose another.'],
  'entity.relation_foreign_key_not_found': [404, 'A related item does not exist. Check the ids in the request.'],
  'entity.db_constraint_violated': [422, 'A value is outside what is allowed.'],
  'entity.value_too_long': [422, 'A value is too long.'],
  'entity.create_failed': [422, 'The item could not be created.'],
  // oidc: protocol errors keep their own body; these are the codes beside them
  'oidc.invalid_request': [400, 'The request is missing a parameter or has one that is not valid.'],
  'oidc.invalid_client': [401, 'The application could not be authenticated. Check its id and secret.'],
  'oidc.invalid_grant': [400, 'The code or token is expired, used or not meant for this application. Sign in again.'],
  'oidc.unauthorized_client': [400, 'This application may not use this way to get a token.'],
  'oidc.unsupported_grant_type': [400, 'This way to get a token is not supported.'],
  'oidc.unsupported_response_type': [400, 'This response type is not supported.'],
  'oidc.unsupported_response_mode': [400, 'This response mode is not supported.'],
  'oidc.unsupported_token_type': [400, 'This kind of token is not supported here.'],
  'oidc.invalid_scope': [400, 'A requested scope is not available.'],
  'oidc.insufficient_scope': [403, 'The token lacks a scope that this needs.'],
  'oidc.insufficient_user_authentication': [403, 'Sign in again with a second factor.'],
  'oidc.invalid_target': [400, 'The requested resource does not exist.'],
  'oidc.invalid_token': [401, 'The access token is expired or not valid. Sign in again.'],
  'oidc.invalid_redirect_uri': [400, 'The redirect URI is not registered for this application.'],
  'oidc.access_denied': [400, 'The request was denied.'],
  'oidc.login_required': [400, 'The person has to sign in.'],
  'oidc.unmet_authentication_requirements': [400, 'The sign-in is not as strong as the application requires.'],
  'oidc.consent_required': [400, 'The person has to consent.'],
  'oidc.interaction_required': [400, 'The person has to take part in the sign-in.'],
  'oidc.request_not_supported': [400, 'Request objects are not supported.'],
  'oidc.request_uri_not_supported': [400, 'Request URIs are not supported.'],
  'oidc.registration_not_supported': [400, 'Registration in the request is not supported.'],
  'oidc.temporarily_unavailable': [503, 'The server is busy. Try again in a few seconds.'],
  'oidc.server_error': [500, 'Something went wrong on our side. Try again.'],
  'oidc.session_not_found': [404, 'There is no such session. It may have ended.'],
  'oidc.only_previous_key_can_be_deleted': [
    422,
    'Only a previous key can be deleted. Rotate the keys first, then delete the key that was replaced.',
  ],
  'oidc.signing_key_missing': [
    422,
    'The tenant has no current key for this algorithm. Create one with "aldaba keys rotate --algorithm <algorithm>" or POST /api/configs/oidc/private-keys/rotate; it signs 10 minutes later.',
  ],
  // session: a sign-in that is going on
  'session.not_found': [400, 'This sign-in has expired or was finished elsewhere. Go back to the app and start again.'],
  'session.invalid_credentials': [422, 'The account or the password is wrong. Check both and try again.'],
  'session.verification_session_not_found': [404, 'This step has expired. Start it again.'],
  'session.verification_failed': [400, 'The check did not succeed. Try again.'],
  'session.verification_blocked_too_many_attempts': [400, 'Too many attempts. Try again {relativeTime}.'],
  'session.identifier_not_found': [404, 'Say who you are first.'],
  'session.identity_conflict': [409, 'Another account is signing in already. Start again.'],
  'session.connector_validation_session_not_found': [
    400,
    'The sign-in with the other service has expired. Start it again.',
  ],
  'session.invalid_connector_id': [422, 'This way to sign in is not available any more. Choose another.'],
  'session.connector_id_mismatch': [
    400,
    'The answer came from another service than the one that was asked. Start again.',
  ],
  'session.not_supported_for_forgot_password': [400, 'This cannot be done while resetting a password.'],
  'session.interaction_not_found': [404, 'Start the sign-in first.'],
  'session.unsupported_prompt_name': [400, 'This kind of prompt is not supported.'],
  'session.mfa.backup_code_can_not_be_alone': [
    422,
    'Backup codes stand in for another second factor. Add an authenticator app or a passkey first.',
  ],
  'session.mfa.require_mfa_verification': [403, 'A second factor is needed. Show it to go on.'],
  'session.mfa.backup_code_required': [422, 'Make backup codes before you go on.'],
  'session.mfa.suggest_additional_mfa': [422, 'Add another second factor, or skip it.'],
  'session.mfa.mfa_factor_not_enabled': [400, 'This second factor cannot be used here. Choose another.'],
  'session.mfa.mfa_policy_not_user_controlled': [422, 'A second factor is required here, so it cannot be skipped.'],
  'session.mfa.invalid_totp_code': [400, 'The code is wrong or was used already. Wait for the next one and try again.'],
  'session.mfa.invalid_backup_code': [400, 'This backup code is wrong or was used already. Try another.'],
  'session.mfa.webauthn_address_not_supported': [
    422,
    'Passkeys cannot be used at this address: they need HTTPS and a host name, not an IP address. Choose another way, or tell the people who run this service.',
  ],
  'session.mfa.webauthn_verification_failed': [400, 'The passkey was not accepted. Try again or choose another way.'],
  'session.email_blocklist.email_not_allowed': [422, 'This email address is not accepted here. Use another.'],
  'session.email_blocklist.email_subaddressing_not_allowed': [
    422,
    'Email addresses with a plus sign are not accepted here. Use the address without it.',
  ],
  'session.email_blocklist.disposable_email_not_allowed': [
    422,
    'Addresses of disposable mailboxes are not accepted here. Use one that you keep.',
  ],
  'session.social_state_mismatch': [400, 'This answer does not belong to your sign-in. Start again.'],
  // user
  'user.user_not_exist': [404, 'There is no account with this identifier.'],
  'user.identity_not_exist': [404, 'This social account is not linked to any account yet.'],
  'user.identity_already_in_use': [422, 'This social account belongs to another account already.'],
  'user.identity_exists_in_profile': [422, 'Your account has this social account already.'],
  'user.missing_profile': [422, 'Some details are missing. Fill them in to continue.'],
  'user.suggest_mfa': [422, 'Set up a second factor, or skip it.'],
  'user.missing_mfa': [422, 'Set up a second factor to continue.'],
  'user.new_password_required_in_profile': [422, 'Choose a new password first.'],
  'user.email_exists_in_profile': [422, 'Your account has an email address already.'],
  'user.phone_exists_in_profile': [422, 'Your account has a phone number already.'],
  'user.suspended': [401, 'This account is suspended. Ask the operator of this service.'],
  'user.terms_required': [422, 'Agree to the terms before you continue.'],
  'user.sign_in_method_not_enabled': [422, 'This way to sign in is switched off. Choose another.'],
  'user.sign_up_method_not_enabled': [422, 'This way to create an account is switched off. Choose another.'],
  'user.username_already_in_use': [422, 'This username is taken. Choose another.'],
  'user.username_rejected': [422, 'This username does not meet the rules. Choose another; data.issues says why.'],
  'user.username_uppercase_not_allowed': [422, 'Capital letters are not allowed in a username. Use lowercase.'],
  'user.username_exists_in_profile': [422, 'Your account has a username already.'],
  'user.email_already_in_use': [422, 'This email address belongs to another account.'],
  'user.phone_already_in_use': [422, 'This phone number belongs to another account.'],
  'user.invalid_email': [400, 'This is not an email address.'],
  'user.email_not_verified': [422, 'The email address is not verified, so its owner may be another person.'],
  'user.invalid_phone': [422, 'This is not a phone number. Give its country code first.'],
  'user.username_required': [422, 'A username is needed.'],
  'user.password_required': [422, 'A password is needed.'],
  'user.same_password': [422, 'This is your old password. Choose another.'],
  'user.password_exists_in_profile': [422, 'Your account has a password already.'],
  'user.personal_access_token_name_exists': [
    422,
    'The account has a personal access token with this name already. Choose another name.',
  ],
  'user.totp_already_in_use': [422, 'The account has an authenticator app already. Remove it first.'],
  'user.totp_secret_invalid': [422, 'The secret must be at least 16 characters of base32 (A to Z, 2 to 7).'],
  'user.passkey_already_in_use': [422, 'This passkey belongs to an account already. Make another.'],
  'user.backup_code_already_in_use': [422, 'The account has backup codes that are not used yet. Remove them first.'],
  'user.wrong_backup_code_format': [422, 'Backup codes are ten different ones of ten hexadecimal digits.'],
  'user.role_exists': [422, 'The account has this role already.'],
  'user.invalid_role_type': [422, 'A role of that type cannot be given to a person.'],
  // password
  'password.rejected': [422, 'This password does not meet the rules. Choose another.'],
  'password.invalid_legacy_password_format': [
    422,
    'The password digest does not have the form of its algorithm, or verifying it would cost too much.',
  ],
  'password.expired': [422, 'Your password has expired. Choose a new one.'],
  // connector
  'connector.not_found_with_connector_id': [422, 'There is no connector of this kind here. Check connectorId.'],
  'connector.cannot_overwrite_metadata_for_non_standard_connector': [
    400,
    'Name, target and logo of this connector are its own. Leave metadata out.',
  ],
  'connector.not_found': [404, 'There is no connector of this kind. Whoever runs this service can add one.'],
  'connector.unexpected_type': [400, 'The connector is of another type than needed here.'],
  'connector.general': [
    400,
    'The other service answered with an error. Try again; if it happens again, tell the operator. {errorDescription}',
  ],
  'connector.not_implemented': [501, 'The connector does not offer this.'],
  'connector.invalid_metadata': [400, 'The connector\u2019s metadata is not valid.'],
  'connector.invalid_config_guard': [400, 'The connector does not declare its configuration.'],
  'connector.invalid_request_parameters': [400, 'The connector refused the request.'],
  'connector.insufficient_request_parameters': [400, 'Parameters are missing for the connector.'],
  'connector.invalid_config': [
    400,
    'The connector\u2019s configuration is not valid. Correct the fields named in data.',
  ],
  'connector.invalid_certificate': [400, 'The connector\u2019s certificate is not valid.'],
  'connector.invalid_response': [400, 'The other service gave an answer that could not be understood. Try again.'],
  'connector.template_not_found': [400, 'The connector has no template for this message.'],
  'connector.template_not_supported': [400, 'The connector does not support this template.'],
  'connector.rate_limit_exceeded': [429, 'The other service asks to wait. Try again later.'],
  'connector.usage_limit_exceeded': [429, 'The limit of the other service is used up. Try again later.'],
  'connector.social_auth_code_invalid': [
    401,
    'The other service did not accept this sign-in: it was used already or has expired. Try again.',
  ],
  'connector.social_invalid_access_token': [401, 'The other service ended the sign-in. Try again.'],
  'connector.social_invalid_id_token': [401, 'The answer of the other service could not be trusted. Try again.'],
  'connector.authorization_failed': [
    401,
    'The sign-in with the other service was cancelled. Try again or choose another way.',
  ],
  'connector.multiple_instances_not_supported': [422, 'This connector is added already. Change the one that exists.'],
  'connector.multiple_target_with_same_platform': [
    422,
    'A connector with the same target and platform exists already.',
  ],
  'connector.can_not_modify_target': [400, 'The target of a connector cannot be changed. Add a new connector.'],
  'connector.token_storage_not_supported': [422, 'This connector cannot store tokens.'],
  'connector.more_than_one_connector_factory': [422, 'Two connector packages use the same id. Remove one of them.'],
  'connector.timeout': [504, 'The other service did not answer in time. Try again.'],
  // application
  'application.role_exists': [422, 'The application has this role already.'],
  'application.invalid_role_type': [422, 'A role of that type cannot be given to an application.'],
  'application.invalid_type': [422, 'This cannot be done with an application of this type.'],
  'application.secret_not_found': [404, 'There is no secret with this name.'],
  'application.secret_name_exists': [422, 'A secret with this name exists already. Choose another name.'],
  'application.no_legacy_secret_found': [400, 'The application has no legacy secret.'],
  'application.third_party_application_only': [422, 'This is for third-party applications only.'],
  'application.user_consent_scopes_not_found': [422, 'A scope in the request does not exist. Check its id.'],
  'application.invalid_third_party_application_type': [400, 'Applications of this type cannot be third-party.'],
  'application.cannot_delete_built_in': [400, 'This application is part of Aldaba and cannot be deleted.'],
  // role, resource, scope
  'role.name_in_use': [422, 'A role with this name exists already. Choose another name.'],
  'role.scope_exists': [422, 'The role has this permission already.'],
  'role.user_exists': [422, 'The account has this role already.'],
  'role.application_exists': [422, 'The application has this role already.'],
  'role.management_api_scopes_not_assignable_to_user_role': [
    422,
    'Permissions of the Management API are for machine-to-machine roles of the tenant only, not for roles in organizations.',
  ],
  'role.default_role_missing': [422, 'A default role does not exist.'],
  'role.internal_role_violation': [403, 'Internal roles cannot be changed.'],
  // organization
  'organization.require_membership': [422, 'The member does not belong to the organization. Add the member first.'],
  'organization.role_names_not_found': [422, 'There are no organization roles with these names.'],
  'resource.resource_identifier_in_use': [422, 'A resource with this identifier exists already.'],
  'resource.cannot_delete_management_api': [400, 'The Management API resource cannot be deleted.'],
  'resource.cannot_modify_management_api': [400, 'The Management API resource cannot be changed.'],
  'scope.name_exists': [422, 'A permission with this name exists already.'],
  'scope.name_with_space': [400, 'The name of a permission cannot contain spaces.'],
  // sign-in experience
  'sign_in_experiences.enabled_connector_not_found': [422, 'An enabled connector does not exist. Add it first.'],
  'sign_in_experiences.not_one_and_only_one_primary_sign_in_method': [
    422,
    'Choose exactly one primary sign-in method.',
  ],
  'sign_in_experiences.username_requires_password': [422, 'Signing up with a username needs a password.'],
  'sign_in_experiences.passwordless_requires_verify': [422, 'Signing up with email or phone needs verification.'],
  'sign_in_experiences.miss_sign_up_identifier_in_sign_in': [422, 'Every sign-up identifier must be a way to sign in.'],
  'sign_in_experiences.password_sign_in_must_be_enabled': [
    422,
    'Sign-up asks for a password, so sign-in must accept it.',
  ],
  'sign_in_experiences.code_sign_in_must_be_enabled': [
    422,
    'Sign-up asks for no password, so sign-in by code must be on.',
  ],
  'sign_in_experiences.at_least_one_authentication_factor': [422, 'Keep at least one way to sign in.'],
  'sign_in_experiences.unsupported_default_language': [422, 'This language is not available.'],
  'sign_in_experiences.username_policy_case_conflicts_exist': [
    409,
    'Some usernames differ in case only. Change them first; see data for how many there are.',
  ],
  'sign_in_experiences.duplicated_mfa_factors': [422, 'Name each second factor once.'],
  'sign_in_experiences.email_verification_code_cannot_be_used_for_mfa': [
    422,
    'Codes by email sign people in already, so they cannot be a second factor too.',
  ],
  'sign_in_experiences.phone_verification_code_cannot_be_used_for_mfa': [
    422,
    'Codes by text message sign people in already, so they cannot be a second factor too.',
  ],
  'sign_in_experiences.forgot_password_method_requires_connector': [
    422,
    'A forgotten password is replaced by a code. Add the connector that sends it first.',
  ],
  'sign_in_experiences.backup_code_cannot_be_enabled_alone': [
    422,
    'Backup codes stand in for another second factor. Enable one beside them.',
  ],
  // storage: where the bytes of uploads lie
  'storage.unavailable': [503, 'Files cannot be reached at the moment. Try again in a few seconds.'],
  'storage.refused': [500, 'The file store refused the request. Ask the operator: the log says why.'],
  // custom UI: uploaded sign-in pages
  'custom_ui.archive_invalid': [400, 'The file is not a zip archive that can be read: {reason}. Pack it anew.'],
  'custom_ui.too_large': [
    400,
    'Unpacked, the archive is larger than {maximum} bytes. Leave out what the pages do not need.',
  ],
  'custom_ui.file_too_large': [
    400,
    '{path} is larger than {maximum} bytes, unpacked. Make it smaller, or load it from somewhere else.',
  ],
  'custom_ui.too_many_files': [
    400,
    'The archive holds more than {maximum} files. Leave out what the pages do not need.',
  ],
  'custom_ui.path_not_allowed': [
    400,
    'The archive holds a path that leads elsewhere: {path}. Use relative paths only.',
  ],
  'custom_ui.link_not_allowed': [400, 'The archive holds a link or a special file: {path}. Pack plain files only.'],
  'custom_ui.index_missing': [
    400,
    'There is no index.html at the top of the archive. Pack the files, not their folder.',
  ],
  'custom_ui.not_found': [422, 'There are no uploaded pages with the id {id}. Upload them first.'],
  // hook
  'hook.missing_events': [400, 'Name at least one event for the webhook.'],
  'hook.endpoint_responded_with_error': [422, 'The address answered with an error. See what it answered in data.'],
  'hook.send_test_payload_failed': [422, 'The address could not be called: {reason}'],
  // custom phrases, profile fields
  'localization.invalid_translation_structure': [422, 'Some keys are not among the words of the pages. See data.'],
  'localization.cannot_delete_default_language': [409, 'The words of the default language cannot be deleted.'],
  'custom_profile_fields.name_required': [400, 'Give the field a name.'],
  'custom_profile_fields.invalid_name': [
    400,
    'Use letters, digits and _ for the name of a field, 128 at most, and begin with a letter.',
  ],
  'custom_profile_fields.name_conflict_built_in_prop': [400, 'Every user has something of this name. Choose another.'],
  'custom_profile_fields.name_conflict_custom_data': [
    400,
    'This is the name of custom data as a whole. Choose another.',
  ],
  'custom_profile_fields.invalid_sub_component_type': [
    400,
    'A part of a field cannot have parts. Choose another type.',
  ],
  'custom_profile_fields.conflicted_sie_order': [400, 'Give each field a place of its own.'],
  'custom_profile_fields.name_exists': [422, 'There is a field with this name already. Choose another.'],
  'custom_profile_fields.name_conflict_sign_in_identifier': [
    400,
    'Identifiers are not profile fields. Choose another name.',
  ],
  'custom_profile_fields.entity_not_exists_with_names': [400, 'Some of the fields do not exist. See data.'],
  'custom_profile_fields.invalid_min_max_input': [400, 'The least value must not be above the greatest.'],
  'custom_profile_fields.invalid_options': [400, 'Name at least one option, each value once.'],
  'custom_profile_fields.invalid_default_value': [
    400,
    'The default of a checkbox is \u201ctrue\u201d or \u201cfalse\u201d.',
  ],
  'custom_profile_fields.invalid_regex_format': [400, 'The pattern is not a regular expression.'],
  'custom_profile_fields.invalid_address_components': [
    400,
    'An address consists of its own parts, at least one of them enabled.',
  ],
  'custom_profile_fields.invalid_fullname_components': [
    400,
    'A name consists of its own parts, at least one of them enabled.',
  ],
  // one-time tokens, verification codes
  'one_time_token.token_not_found': [404, 'This link is not valid. Ask for a new one.'],
  'one_time_token.email_mismatch': [400, 'This link was made for another email address.'],
  'one_time_token.interaction_event_mismatch': [400, 'This link was made for something else. Ask for a new one.'],
  'one_time_token.token_consumed': [400, 'This link was used already. Ask for a new one.'],
  'one_time_token.token_revoked': [400, 'This link was withdrawn. Ask for a new one.'],
  'one_time_token.token_expired': [400, 'This link has expired. Ask for a new one.'],
  'one_time_token.cannot_reactivate_token': [400, 'A token that has ended stays so. Make a new one.'],
  'verification_code.not_found': [400, 'There is no code for this address. Ask for one.'],
  'verification_code.expired': [400, 'This code has expired. Ask for a new one.'],
  'verification_code.code_mismatch': [400, 'The code is wrong. Check it and try again.'],
  'verification_code.email_mismatch': [400, 'This code was sent to another email address.'],
  'verification_code.phone_mismatch': [400, 'This code was sent to another phone.'],
  'verification_code.exceed_max_try': [400, 'The code was tried too often. Ask for a new one.'],
  // actions: scripts that are asked during a sign-in
  'action.access_denied': [403, 'You cannot sign in here. {message}'],
  'action.execution_failed': [422, 'A script of this service failed. Try again later, or tell the operator.'],
  // custom claims
  'jwt_customizer.general': [422, 'The script failed: {reason}'],
  'jwt_customizer.can_not_create_for_admin_tenant': [403, 'Tokens of the admin tenant get no custom claims.'],
  // tenant, setup, sandbox
  'tenant.not_found': [404, 'There is no tenant at this address.'],
  'setup.link_invalid': [
    404,
    'This link was used already or has expired. Make a new one with \u201c./aldaba admin link\u201d.',
  ],
  'sandbox.not_enabled': [404, 'The sandbox is switched off for this tenant.'],
} as const satisfies Record<string, readonly [status: number, sentence: string]>;

export type ErrorCode = keyof typeof errorCatalog;

/** The body of every JSON error answer. `data` is for programs and never holds a secret. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  data?: unknown;
  details?: string;
}

/** Whether a string is one of the known codes. */
export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCatalog, code);
