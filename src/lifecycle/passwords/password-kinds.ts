import type { Service } from '../../../charts/common/kind.ts';
import { cassandraUsersSecret } from '../../../charts/constructs/cassandra.ts';
import { type MinioSettings, minioUsersSecret } from '../../../charts/constructs/minio.ts';
import { rabbitmqUsersSecret } from '../../../charts/constructs/rabbitmq.ts';
import { redisUsersSecret } from '../../../charts/constructs/redis-users.ts';
import type { ServiceKindName } from '../../../charts/kinds.ts';
import type { Environment, Profile } from '../../../charts/model.ts';
import { servicesInCluster } from '../../../charts/wiring.ts';
import type { ChangedKey } from '../../synth/secrets/changed-keys.ts';
import { cassandraPassword, cassandraUsers } from './cassandra.ts';
import type { PasswordKind } from './change.ts';
import { immudbPassword } from './immudb.ts';
import { minioRootPassword, minioUserKeys } from './minio.ts';
import { postgresPassword } from './postgres.ts';
import { rabbitmqPassword, rabbitmqUsers } from './rabbitmq.ts';
import { redisPassword, redisUserPassword } from './redis.ts';

/** What reads its password each time it starts, or has none. */
const atStart = undefined;

/** How the servers of a kind take a new password. */
const ofService: Readonly<Record<ServiceKindName, PasswordKind | undefined>> = {
  postgres: postgresPassword,
  immudb: immudbPassword,
  redis: redisPassword,
  minio: minioRootPassword,
  rabbitmq: rabbitmqPassword,
  pgbouncer: atStart,
  opensearch: atStart,
  cassandra: cassandraPassword,
  mailpit: atStart,
  jaeger: atStart,
  prometheus: atStart,
  container: atStart,
  pgadmin: atStart,
  'redis-insight': atStart,
  'redis-commander': atStart,
};

/** A service whose password a key of a Secret is. */
export interface Holder {
  readonly service: Service;
  readonly kind: PasswordKind;
}

/** The service of the cluster that has to take the new value of a key, if there is one. */
export function holderOf(environment: Environment, profile: Profile, changed: ChangedKey): Holder | undefined {
  const owner = environment.projects.find(({ namespace }) => namespace === changed.namespace);
  const services = servicesInCluster(profile, owner?.services ?? environment.services);
  for (const service of services) {
    if (service.namespace !== changed.namespace) continue;
    const kind = ofService[service.kind as ServiceKindName];
    if (kind && service.object === changed.secret) return { service, kind };
    if (service.kind === 'minio' && minioUsersSecret(service as Service<MinioSettings>) === changed.secret)
      return { service, kind: minioUserKeys };
    if (service.kind === 'redis' && redisUsersSecret(service) === changed.secret)
      return { service, kind: redisUserPassword };
    if (service.kind === 'rabbitmq' && rabbitmqUsersSecret(service) === changed.secret)
      return { service, kind: rabbitmqUsers };
    if (service.kind === 'cassandra' && cassandraUsersSecret(service) === changed.secret)
      return { service, kind: cassandraUsers };
  }
  return undefined;
}
