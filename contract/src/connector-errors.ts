/** Errors about connectors and the providers behind them: a part of the catalog in `errors.ts`. */
export const connectorErrors = {
  // connector
  'connector.not_found_with_connector_id': [422, 'No connector with this connectorId is available. Check connectorId.'],
  'connector.cannot_overwrite_metadata_for_non_standard_connector': [
    400,
    'The name, target and logo of this connector are fixed. Remove metadata from the request.',
  ],
  'connector.not_found': [404, 'No connector of this type exists. The operator of this service can add one.'],
  'connector.unexpected_type': [400, 'The connector has a different type than required here.'],
  'connector.general': [
    400,
    'The other service returned an error. Try again. If it happens again, contact the operator. {errorDescription}',
  ],
  'connector.not_implemented': [501, 'The connector does not support this operation.'],
  'connector.invalid_metadata': [400, 'The connector\u2019s metadata is not valid.'],
  'connector.invalid_config_guard': [400, 'The connector does not declare its configuration.'],
  'connector.invalid_request_parameters': [400, 'The connector rejected the request.'],
  'connector.insufficient_request_parameters': [400, 'Parameters required by the connector are missing.'],
  'connector.invalid_config': [
    400,
    'The connector\u2019s configuration is not valid. Correct the fields listed in data.',
  ],
  'connector.invalid_certificate': [400, 'The connector\u2019s certificate is not valid.'],
  'connector.invalid_response': [400, 'The other service returned an unexpected response. Try again.'],
  'connector.template_not_found': [400, 'The connector has no template for this message.'],
  'connector.template_not_supported': [400, 'The connector does not support this template.'],
  'connector.rate_limit_exceeded': [429, 'The other service is receiving too many requests. Try again later.'],
  'connector.usage_limit_exceeded': [429, 'The quota of the other service is used up. Try again later.'],
  'connector.social_auth_code_invalid': [
    401,
    'The other service did not accept this sign-in: it was already used or has expired. Try again.',
  ],
  'connector.social_invalid_access_token': [401, 'The other service ended the sign-in. Try again.'],
  'connector.social_invalid_id_token': [401, 'The response of the other service could not be verified. Try again.'],
  'connector.authorization_failed': [
    401,
    'The sign-in with the other service was canceled. Try again or choose another way.',
  ],
  'connector.multiple_instances_not_supported': [422, 'This connector was already added. Change the existing one.'],
  'connector.multiple_target_with_same_platform': [422, 'A connector with this target and platform already exists.'],
  'connector.can_not_modify_target': [400, 'The target of a connector cannot be changed. Add a new connector.'],
  'connector.token_storage_not_supported': [422, 'This connector cannot store tokens.'],
  'connector.more_than_one_connector_factory': [422, 'Two connector packages use the same ID. Remove one of them.'],
  'connector.timeout': [504, 'The other service did not answer in time. Try again.'],
  // secrets: tokens of social providers
  'secrets.third_party_token_set.token_not_found': [
    404,
    'No token of this provider is stored. Sign in with the provider again.',
  ],
  'secrets.third_party_token_set.access_token_expired': [
    401,
    'The token of the provider has expired and cannot be renewed. Sign in with the provider again.',
  ],
} as const satisfies Record<string, readonly [status: number, sentence: string]>;
