import { describe, expect, test } from '@jest/globals';
import { endpoints } from '../../src/synth/endpoints.ts';
import { planNamespace } from '../../src/synth/plan-namespace.ts';
import { declareEnvironment, declareProject } from '../charts/declared.ts';

const project = declareProject({
  services: {
    mail: {
      kind: 'container',
      image: 'axllent/mailpit:v1.21',
      port: 8025,
      hostPort: 18025,
      ports: { smtp: { port: 1025, hostPort: 11025 } },
    },
    sql: { kind: 'container', image: 'mariadb:11.4', port: 3306, hostPort: 13306, scheme: 'mysql' },
    immudb: { hostPort: 13322 },
    postgres: { hostPort: 15432 },
    minio: { hostPort: 19000, consoleHostPort: 19001, buckets: ['raw'] },
  },
  workloads: {
    api: {
      kind: 'http',
      port: 8000,
      hostPort: 18000,
      ports: {
        admin: { port: 8001, protocol: 'http', hostPort: 18001 },
        grpc: { port: 9090, protocol: 'grpc', hostPort: 19090 },
        http2: { port: 9091, hostPort: 19091 },
      },
    },
    quiet: { kind: 'http', port: 80 },
  },
});
const environment = declareEnvironment([project]);
const all = endpoints(planNamespace(environment, environment.profiles.local, project));

describe('an endpoint', () => {
  test.each([
    ['mail', 'main', 'http://localhost:18025'],
    ['mail', 'smtp', 'localhost:11025'],
    ['sql', 'main', 'mysql://localhost:13306'],
    ['immudb', 'grpc', 'localhost:13322'],
    ['postgres', 'postgres', 'localhost:15432'],
    ['minio', 's3', 'http://localhost:19000'],
    ['minio', 'console', 'http://localhost:19001'],
    ['api', 'http', 'http://localhost:18000'],
    ['api', 'admin', 'http://localhost:18001'],
    ['api', 'grpc', 'localhost:19090'],
    ['api', 'http2', 'localhost:19091'],
  ])('of %s/%s has the address that its protocol wants', (name, port, address) => {
    expect(all.filter((each) => each.object === `shop-${name}` && each.port === port)).toMatchObject([{ address }]);
  });

  test('is there for no port without a fixed one', () => {
    expect(all.filter(({ object }) => object === 'shop-quiet')).toEqual([]);
  });
});
