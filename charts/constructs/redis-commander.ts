import type { Construct } from 'constructs';
import { z } from 'zod';
import { hostPort, image, resources } from '../common/fields.ts';
import { images } from '../common/images.ts';
import type { Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { serviceHost } from '../common/names.ts';
import { probeAction, probes } from '../common/probes.ts';
import { DeployedService } from './deployed-service.ts';
import { redisPasswordKey, redisPort } from './redis.ts';

const port = 8081;
const component = 'broker-client';

const schema = z.strictObject({
  image: image(images.redisCommander),
  hostPort: hostPort.default(port),
  resources: resources(['20m', '128Mi'], ['500m', '256Mi']),
});

type RedisCommanderSettings = z.output<typeof schema>;

/** Redis Commander with the connection to the environment's Redis already set. */
export class RedisCommander extends DeployedService {
  constructor(scope: Construct, service: Service<RedisCommanderSettings>, { siblings }: ServiceContext) {
    const { settings } = service;
    const servers = siblings.filter(({ kind }) => kind === 'redis');
    super(scope, service.name, {
      labelled: labelled(service, component),
      replicas: 1,
      strategy: 'Recreate',
      user: 1000,
      group: 0,
      graceSeconds: 10,
      volumes: [{ name: 'config', emptyDir: {} }],
      container: {
        name: 'redis-commander',
        image: settings.image,
        ports: { http: port },
        variables: [
          ...servers.flatMap(({ object, namespace }) => [
            { name: 'REDIS_HOST', value: serviceHost(object, namespace) },
            { name: 'REDIS_PORT', value: String(redisPort) },
            { name: 'REDIS_LABEL', value: object },
            { name: 'REDIS_PASSWORD', secret: object, key: redisPasswordKey },
          ]),
          { name: 'PORT', value: String(port) },
          { name: 'HOME', value: '/tmp' },
        ],
        resources: settings.resources,
        probes: probes({ ready: probeAction({ path: '/favicon.png' }, port) }, 120),
        mounts: [{ volume: 'config', path: '/redis-commander/config' }],
      },
    });
  }
}

export const redisCommander: ServiceKind<RedisCommanderSettings> = {
  summary: 'Redis Commander, connected to the Redis of the environment. Not in production.',
  component,
  schema,
  companionOf: 'redis',
  controller: () => 'Deployment',
  ports: (settings) => [{ name: 'http', port, hostPort: settings.hostPort }],
  secrets: () => [],
  build: (scope, service, context) => new RedisCommander(scope, service, context),
};
