import { objectName } from '../../charts/common/names.ts';
import type { Environment, Profile } from '../../charts/model.ts';
import { suggestion } from '../platform/nearest.ts';
import { projectFile } from './discover.ts';
import { type Problem, pathText } from './problem.ts';
import { environmentFile } from './root.ts';

/** What a profile of real clusters lacks. */
export function checkProduction(environment: Environment, profile: Profile): Problem[] {
  if (profile.development) return [];
  const builders = environment.projects.filter(({ images }) => images.length > 0).map(({ name }) => name);
  if (builders.length === 0) return [];
  // The profile may be a preset of which the file says nothing.
  const place = { path: ['profiles', profile.name, 'images'], at: 'key' } as const;
  const field = `profiles.${profile.name}.images`;
  const refuse = (message: string): Problem[] => [{ file: environmentFile, place, message }];
  if (!profile.images)
    return refuse(
      `${field}: required, but not given, since images are built (by ${builders.join(', ')}); give {registry, tag}`,
    );
  const { digests = {} } = profile.images;
  const names = environment.projects.flatMap(({ name, images }) => images.map((image) => objectName(name, image.name)));
  const [unknown] = Object.keys(digests).filter((name) => !names.includes(name));
  if (unknown !== undefined) {
    const path = [...place.path, 'digests', unknown];
    const message = `${pathText(path)}: no image "${unknown}"; ${suggestion(unknown, names)}`;
    return [{ file: environmentFile, place: { path, at: 'key' }, message }];
  }
  if (profile.images.tag === '' && names.some((name) => digests[name] === undefined))
    return refuse(`${field}.tag: required, but not given; give it here or with --image-tag`);
  return [];
}

/** The profiles with alerts on a health report that nothing makes; of those that extend each other, the first. */
export function checkMonitoring({ profiles }: Environment): Problem[] {
  const lacks = (name: string | undefined): boolean => {
    const monitoring = name === undefined ? undefined : profiles[name]?.monitoring;
    return monitoring?.rules === true && monitoring.exporter === undefined;
  };
  return Object.values(profiles)
    .filter(({ name, chain }) => lacks(name) && !lacks(chain[1]))
    .map(({ name }) => {
      const path = ['profiles', name, 'monitoring', 'rules'];
      const message = `${pathText(path)}: needs profiles.${name}.monitoring.exporter, whose health report the alerts are on; give {image}`;
      return { file: environmentFile, place: { path }, message };
    });
}

/**
 * What is said for a profile that there isn't, by projects and patches.
 *
 * @param overridden the profiles for which each project says something, by its folder
 */
export function checkNamedProfiles(
  environment: Environment,
  overridden: Readonly<Record<string, readonly string[]>>,
): Problem[] {
  const names = Object.keys(environment.profiles);
  const unknown = (name: string) =>
    names.includes(name) ? undefined : `no profile "${name}" in ${environmentFile}; ${suggestion(name, names)}`;
  const overrides = Object.entries(overridden).flatMap(([directory, given]) =>
    given.flatMap((name): Problem[] => {
      const message = unknown(name);
      const place = { path: ['profiles', name], at: 'key' } as const;
      return message ? [{ file: `${directory}/${projectFile}`, place, message: `profiles: ${message}` }] : [];
    }),
  );
  const patches = [environment, ...environment.projects].flatMap(({ patches }) =>
    patches.flatMap(({ file, profiles = [] }, index) =>
      profiles.flatMap((name, position): Problem[] => {
        const message = unknown(name);
        const path = ['patches', index, 'profiles', position];
        return message ? [{ file, place: { path }, message: `${pathText(path)}: ${message}` }] : [];
      }),
    ),
  );
  return [...overrides, ...patches];
}
