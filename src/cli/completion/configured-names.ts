import { presetNames } from '../../../charts/model.ts';
import { outline } from '../../config/load.ts';
import { profileNames } from '../../config/profiles.ts';
import { findRoot } from '../../config/root.ts';
import { listNamespaces } from '../listing/listed-namespaces.ts';
import type { Names } from './candidates.ts';

/** The names of the configuration that a folder belongs to; none while it is wrong. */
export function configuredNames(folder: string): Names {
  const namespaces = () => {
    try {
      return listNamespaces(findRoot(folder), { profile: 'local', environmentFilesOf: [] });
    } catch {
      return [];
    }
  };
  return {
    profiles: () => {
      try {
        return profileNames(outline(findRoot(folder)).input.profiles);
      } catch {
        return presetNames;
      }
    },
    projects: () =>
      namespaces()
        .filter(({ tier }) => tier === 'project')
        .map(({ name }) => name),
    services: (project) =>
      namespaces()
        .filter(({ name, directory }) => [name, directory, directory?.split('/').at(-1)].includes(project))
        .flatMap(({ services }) => services.map(({ name }) => name)),
  };
}
