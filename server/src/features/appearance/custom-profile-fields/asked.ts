import type { ProfileField, SignInExperienceSettings } from '@aldaba/contract';

/** The fields that a sign-up asks for, in its order: the chosen ones that exist, or all while nothing was ever chosen. */
export const fieldsAsked = (
  all: readonly ProfileField[],
  chosen: SignInExperienceSettings['signUpProfileFields'],
): readonly ProfileField[] =>
  chosen === null ? all : chosen.flatMap(({ name }) => all.find((field) => field.name === name) ?? []);
