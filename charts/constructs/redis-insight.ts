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

const port = 5540;
const component = 'broker-client';

const schema = z.strictObject({
  image: image(images.redisInsight),
  hostPort: hostPort.default(port),
  resources: resources(['20m', '128Mi'], ['1', '512Mi']),
});

type RedisInsightSettings = z.output<typeof schema>;

/** Redis Insight with the connection to the environment's Redis already set; its state lives as long as the pod. */
export class RedisInsight extends DeployedService {
  constructor(scope: Construct, service: Service<RedisInsightSettings>, { siblings }: ServiceContext) {
    const { settings } = service;
    const servers = siblings.filter(({ kind }) => kind === 'redis');
    super(scope, service.name, {
      labelled: labelled(service, component),
      replicas: 1,
      strategy: 'Recreate',
      user: 1000,
      graceSeconds: 15,
      volumes: [{ name: 'data', emptyDir: {} }],
      container: {
        name: 'redis-insight',
        image: settings.image,
        ports: { http: port },
        variables: [
          ...servers.flatMap(({ object, namespace }) => [
            { name: 'RI_REDIS_HOST', value: serviceHost(object, namespace) },
            { name: 'RI_REDIS_PORT', value: String(redisPort) },
            { name: 'RI_REDIS_ALIAS', value: object },
            { name: 'RI_REDIS_PASSWORD', secret: object, key: redisPasswordKey },
          ]),
          { name: 'RI_APP_PORT', value: String(port) },
          { name: 'RI_ACCEPT_TERMS_AND_CONDITIONS', value: 'true' },
          { name: 'RI_FILES_LOGGER', value: 'false' },
          { name: 'HOME', value: '/tmp' },
        ],
        resources: settings.resources,
        probes: probes({ ready: probeAction({ path: '/api/health/' }, port) }, 120),
        mounts: [{ volume: 'data', path: '/data' }],
      },
    });
  }
}

export const redisInsight: ServiceKind<RedisInsightSettings> = {
  summary: 'Redis Insight, connected to the Redis of the environment. Not in production.',
  component,
  schema,
  companionOf: 'redis',
  controller: () => 'Deployment',
  ports: (settings) => [{ name: 'http', port, hostPort: settings.hostPort }],
  secrets: () => [],
  build: (scope, service, context) => new RedisInsight(scope, service, context),
};
