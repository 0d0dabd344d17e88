import type { Connection } from './common/connection.ts';
import type { GlobalChart } from './global-chart.ts';
import type { Environment, Profile, Project } from './model.ts';
import type { ProjectChart } from './project-chart.ts';

/** What an `infra/chart.ts` is given beside the chart. */
export interface ExtensionContext {
  /** The project, its defaults resolved. */
  readonly project: Project;
  readonly profile: Profile;
  /** What its services and the global tier give, by the service's name: variables, Secret, check. */
  readonly connections: Readonly<Record<string, Connection>>;
}

/**
 * What an `infra/chart.ts` exports by default. It is given the project's own chart, with everything that its services
 * and workloads became: it can patch these, add to them, and depend on them. What it adds gets the project's namespace
 * and labels; the result has to meet Pod Security `restricted`.
 *
 * @example
 * ```ts
 * import { ApiObject, JsonPatch } from 'cdk8s';
 * import { ConfigMap } from 'cdk8s-plus-28';
 * import type { ProjectExtension } from 'repoctl';
 *
 * export default ((chart, { project }) => {
 *   new ConfigMap(chart, 'banner', { metadata: { name: `${project.name}-banner` }, data: { text: project.name } });
 *   const api = ApiObject.of(chart.workload('api'));
 *   api.addJsonPatch(JsonPatch.add('/spec/template/spec/nodeSelector', { disk: 'ssd' }));
 * }) satisfies ProjectExtension;
 * ```
 */
export type ProjectExtension = (chart: ProjectChart, context: ExtensionContext) => void;

/** What the `infra/chart.ts` at the root is given beside the chart. */
export interface GlobalExtensionContext {
  readonly environment: Environment;
  readonly profile: Profile;
}

/**
 * What the `infra/chart.ts` at the root, beside `repoctl.yaml`, exports by default. It is given the global tier's chart,
 * as a project's is given the project's.
 */
export type GlobalExtension = (chart: GlobalChart, context: GlobalExtensionContext) => void;
