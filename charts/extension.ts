import type { Chart } from 'cdk8s';
import type { Connection } from './common/connection.ts';
import type { Profile, Project } from './model.ts';

/** What an `infra/chart.ts` is given. */
export interface ExtensionContext {
  /** The project, its defaults resolved. */
  readonly project: Project;
  readonly profile: Profile;
  /** What its services and the global tier give, by the service's name: variables, Secret, check. */
  readonly connections: Readonly<Record<string, Connection>>;
}

/**
 * What an `infra/chart.ts` exports by default: adds constructs to the chart. They get the project's namespace and labels
 * and have to meet Pod Security `restricted`.
 *
 * @example
 * ```ts
 * import { ConfigMap } from 'cdk8s-plus-28';
 * import type { ProjectExtension } from 'repoctl';
 *
 * export default ((chart, { project }) => {
 *   new ConfigMap(chart, 'banner', { metadata: { name: 'banner' }, data: { text: project.name } });
 * }) satisfies ProjectExtension;
 * ```
 */
export type ProjectExtension = (chart: Chart, context: ExtensionContext) => void;
