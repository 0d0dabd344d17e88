import { projectObjects } from '../../charts/app.ts';
import { backupField } from '../../charts/common/scheduled-backup.ts';
import type { Environment, Profile } from '../../charts/model.ts';
import { declareEnvironment, declareProject, type Given } from './declared.ts';
import type { Objects } from './objects.ts';

/** What a profile says of backups, with what the schema adds. */
export const parsedBackup = (given: Given = {}): Profile['backup'] =>
  backupField.parse({ schedule: '0 2 * * *', endpoint: 'https://s3.example.com', bucket: 'backups', ...given }) ||
  undefined;

/** An environment whose production profile has backups. */
export function withBackups(environment: Environment, given: Given = {}): Environment {
  const production = { ...environment.profiles.production, backup: parsedBackup(given) };
  return { ...environment, profiles: { ...environment.profiles, production } };
}

/** The objects in production of a project whose services are backed up. */
export function backedUp(services: Readonly<Record<string, Given>>, given: Given = {}): Objects {
  const project = declareProject({ services });
  const environment = withBackups(declareEnvironment([project]), given);
  return projectObjects(environment, environment.profiles.production, project).objects as Objects;
}
