import type { Environment, Profile } from '../../charts/model.ts';
import { secrets } from '../../charts/wiring.ts';

/** The Secrets that have to exist in a real cluster, with each key, as lines; or where the cluster takes them from. */
export const requiredSecretLines = (environment: Environment, profile: Profile): string[] =>
  [undefined, ...environment.projects].flatMap((project) =>
    secrets(environment, profile, project).map(({ name, keys }) => {
      const at = `${(project ?? environment).namespace}/${name}`;
      const store = profile.secretStore;
      const sealed = profile.sealing ? ', sealed' : '';
      const from = store ? `, from ${store.store}: ${store.prefix}${at}` : sealed;
      return `secret: ${at} needs ${keys.map(({ key }) => key).join(', ')}${from}`;
    }),
  );
