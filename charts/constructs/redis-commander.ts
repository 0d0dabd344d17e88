import { images } from '../common/images.ts';
import type { Service } from '../common/kind.ts';
import { serviceHost } from '../common/names.ts';
import { redisPasswordKey, redisPort } from './redis.ts';
import { webConsole } from './web-console.ts';

const port = 8081;

const alone = ({ object, namespace }: Service) => [
  { name: 'REDIS_HOST', value: serviceHost(object, namespace) },
  { name: 'REDIS_PORT', value: String(redisPort) },
  { name: 'REDIS_LABEL', value: object },
  { name: 'REDIS_PASSWORD', secret: object, key: redisPasswordKey },
];

/** Several as `label:host:port:database:password,…`. */
const listed = (services: readonly Service[]) => [
  ...services.map(({ object }, index) => ({ name: `PASSWORD_${index}`, secret: object, key: redisPasswordKey })),
  {
    name: 'REDIS_HOSTS',
    value: services
      .map(({ object, namespace }, index) => {
        const address = `${serviceHost(object, namespace)}:${redisPort}`;
        return `${object}:${address}:0:$(PASSWORD_${index})`;
      })
      .join(','),
  },
];

/** Redis Commander with the connection to the environment's Redis already set. */
export const redisCommander = webConsole({
  name: 'redis-commander',
  summary: 'Redis Commander, connected to the Redis of the environment. Not in production.',
  component: 'broker-client',
  shows: 'redis',
  compose: { images: ['rediscommander/redis-commander', 'joeferner/redis-commander'] },
  image: images.redisCommander,
  port,
  health: '/favicon.png',
  folder: '/redis-commander/config',
  user: 1000,
  group: 0,
  graceSeconds: 10,
  limits: ['500m', '256Mi'],
  variablesOf: (services) => (services.length > 1 ? listed(services) : services.flatMap(alone)),
  variables: [
    { name: 'PORT', value: String(port) },
    { name: 'HOME', value: '/tmp' },
  ],
});
