import type { ConnectionVariable } from './common/connection.ts';
import type { Profile, Project, WorkloadSettings } from './model.ts';
import { imageReference } from './wiring.ts';

/** The variable with the address and key of a project in Sentry: a secret one of the project. */
export const sentryDsn = 'SENTRY_DSN';

/** The variables that a project with `sentry` gets beside its DSN. */
export const sentryNames = ['SENTRY_ENVIRONMENT', 'SENTRY_RELEASE'] as const;

/**
 * The variables by which Sentry's libraries tell where an error is from: the profile, and `PROJECT@VERSION` of the image.
 *
 * @see https://docs.sentry.io/platforms/python/configuration/environments/
 */
export function sentryVariables(
  profile: Profile,
  project: Project,
  { settings }: { readonly settings: Pick<WorkloadSettings, 'image'> },
): ConnectionVariable[] {
  if (!project.sentry) return [];
  const [environment, release] = sentryNames;
  return [
    { name: environment, value: profile.name },
    { name: release, value: `${project.name}@${versionOf(imageReference(profile, project.name, settings.image))}` },
  ];
}

/** The tag of an image reference, or the beginning of its digest. */
function versionOf(reference: string): string {
  const [, digest, tag] = /@sha256:([0-9a-f]{12})|:([\w.-]+)$/.exec(reference) ?? [];
  return digest ?? tag ?? 'unknown';
}
