import type { Connection } from '../../charts/common/connection.ts';
import type { Service } from '../../charts/common/kind.ts';
import { objectName, serviceHost, variableName } from '../../charts/common/names.ts';
import type { ComposeService, ProjectPart } from './compose-file.ts';
import type { BackingServices } from './compose-services.ts';
import type { Target } from './compose-variables.ts';
import type { DeclaredService } from './project-data.ts';
import { asName } from './project-name.ts';

/** What services that aren't built have become, by their names in the compose file. */
export function backingTargets(
  declared: readonly DeclaredService[],
  { names }: BackingServices,
  all: readonly ComposeService[],
): [string, Target][] {
  return [...names].flatMap(([given, name]): [string, Target][] => {
    const { service, connection } = declared.find((each) => each.service.name === name) ?? {};
    if (!service) return [];
    const before = all.find((each) => each.name === given)?.environment ?? {};
    const host = serviceHost(service.object, service.namespace);
    return [[given, { host, ...clientView(service, connection, before) }]];
  });
}

type Before = ComposeService['environment'];

/** How clients of a kind of service reach it; for the other kinds there is nothing but the host. */
function clientView(service: Service, connection: Connection | undefined, before: Before): Omit<Target, 'host'> {
  return clients[service.kind]?.(service, connection, before) ?? {};
}

type Client = (service: Service, connection: Connection | undefined, before: Before) => Omit<Target, 'host'>;

const clients: Readonly<Record<string, Client>> = {
  redis: () => ({
    port: 6379,
    url: { variable: 'REDIS_URL', schemes: ['redis', 'valkey'] },
    login: 'default:$(REDIS_PASSWORD)',
  }),
  minio: (_service, connection, before) => ({
    port: 9000,
    url: { variable: 'AWS_ENDPOINT_URL_S3', schemes: ['http'] },
    replaced: new Map([
      [before.MINIO_ROOT_USER ?? 'minioadmin', '$(AWS_ACCESS_KEY_ID)'],
      [before.MINIO_ROOT_PASSWORD ?? 'minioadmin', '$(AWS_SECRET_ACCESS_KEY)'],
      ...buckets(connection),
    ]),
  }),
  postgres(service, _connection, before) {
    const password = variableName(service, 'POSTGRES_PASSWORD');
    const { user } = service.settings as { user: string };
    return {
      port: 5432,
      url: {
        variable: variableName(service, 'DATABASE_URL'),
        schemes: ['postgres', 'postgresql'],
      },
      login: `${user}:$(${password})`,
      replaced: new Map(before.POSTGRES_PASSWORD ? [[before.POSTGRES_PASSWORD, `$(${password})`]] : []),
    };
  },
};

/** The buckets' names in the compose file, each with the variable that has its name here. */
const buckets = (connection: Connection | undefined): [string, string][] =>
  (connection?.variables ?? []).flatMap(({ name }): [string, string][] => {
    const part = /^S3_BUCKET_(.*)$/.exec(name)?.[1];
    return part === undefined ? [] : [[part.toLowerCase().replaceAll('_', '-'), `$(${name})`]];
  });

/** What services that are built have become, in this project and in the others. */
export const workloadTargets = (parts: readonly ProjectPart[]): [string, Target][] =>
  parts.flatMap(({ name: project, builds }) =>
    builds.map(({ name }): [string, Target] => [
      name,
      { host: serviceHost(objectName(project, asName(name)), project) },
    ]),
  );
