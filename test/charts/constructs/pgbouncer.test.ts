import { describe, expect, test } from '@jest/globals';
import { projectObjects } from '../../../charts/app.ts';
import { pgbouncer } from '../../../charts/constructs/pgbouncer.ts';
import type { Profile } from '../../../charts/model.ts';
import { secrets } from '../../../charts/wiring.ts';
import { declareEnvironment, declareProject, type Given, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, environmentOf, one, podOf } from '../objects.ts';

const api = { kind: 'http', port: 80, after: ['pgbouncer', 'postgres'] };
// It may stand before the server that it stands in front of.
const services = (settings: Given = {}) => ({ pgbouncer: settings, postgres: {}, other: { kind: 'postgres' } });
const build = (settings: Given = {}) => projectObjectsOf({ services: services(settings), workloads: { api } });
const pool = 'shop-pgbouncer';
const name = (objects: ReturnType<typeof build>) => environmentOf(containerOf(objects, pool));

describe('in front of a PostgreSQL', () => {
  const objects = build();

  test('has the variable of the server, which has another one', () => {
    expect(environmentOf(containerOf(objects, 'shop-api'))).toMatchObject({
      DATABASE_URL: 'postgresql://shop:$(PGBOUNCER_PASSWORD)@shop-pgbouncer.shop.svc:5432/shop',
      PGBOUNCER_PASSWORD: 'secret shop-postgres/POSTGRES_PASSWORD',
      DATABASE_URL_UNPOOLED: 'postgresql://shop:$(POSTGRES_PASSWORD)@shop-postgres.shop.svc:5432/shop',
      OTHER_DATABASE_URL: 'postgresql://shop:$(OTHER_POSTGRES_PASSWORD)@shop-other.shop.svc:5432/shop',
    });
    const names = containerOf(objects, 'shop-api').env.map((variable) => variable.name);
    expect(names).toEqual([...new Set(names)]);
  });

  test('is waited for by itself, and the server by itself', () => {
    const [pooled, direct] = podOf(objects, 'shop-api').initContainers.map(({ command }) => command.at(-1) ?? '');
    expect(pooled).toContain('{DATABASE_URL#');
    expect(direct).toContain('{DATABASE_URL_UNPOOLED#');
  });

  test('has the login of the server, and writes it to memory only', () => {
    expect(name(objects)).toMatchObject({
      DB_HOST: 'shop-postgres.shop.svc',
      DB_USER: 'shop',
      DB_NAME: 'shop',
      DB_PASSWORD: 'secret shop-postgres/POSTGRES_PASSWORD',
    });
    expect(podOf(objects, pool).volumes).toContainEqual({ name: 'configuration', emptyDir: { medium: 'Memory' } });
    expect(podOf(objects, pool).securityContext).toMatchObject({ runAsUser: 70 });
  });

  test('runs where the server does: with a managed one there is none, and both variables come from its Secret', () => {
    const project = declareProject({ services: services(), workloads: { api } });
    const environment = declareEnvironment([project]);
    const profile: Profile = { ...environment.profiles.external, managed: ['shop/postgres'] };
    const made = projectObjects(environment, profile, project).objects as ReturnType<typeof build>;
    expect(made.map(({ metadata }) => metadata?.name)).not.toContain(pool);
    expect(environmentOf(containerOf(made, 'shop-api'))).toMatchObject({
      DATABASE_URL: 'secret shop-postgres/DATABASE_URL',
      DATABASE_URL_UNPOOLED: 'secret shop-postgres/DATABASE_URL_UNPOOLED',
    });
    const [secret] = secrets(environment, profile, project).filter((each) => each.name === 'shop-postgres');
    expect(secret?.keys.map(({ key }) => key).sort()).toEqual(['DATABASE_URL', 'DATABASE_URL_UNPOOLED']);
  });
});

describeFields(pgbouncer, {}, build, {
  image: {
    given: 'edoburu/pgbouncer:v1.23.1-p3',
    seen: (objects) => containerOf(objects, pool).image,
    expected: 'edoburu/pgbouncer:v1.23.1-p3',
  },
  server: { given: 'other', seen: (objects) => name(objects).DB_HOST, expected: 'shop-other.shop.svc' },
  poolMode: { given: 'session', seen: (objects) => name(objects).POOL_MODE, expected: 'session' },
  poolSize: { given: 5, seen: (objects) => name(objects).DEFAULT_POOL_SIZE, expected: '5' },
  maxClients: { given: 50, seen: (objects) => name(objects).MAX_CLIENT_CONN, expected: '50' },
  replicas: { given: 2, seen: (objects) => one(objects, 'Deployment', pool).spec.replicas, expected: 2 },
  hostPort: { given: 16432, seen: (_, hostPorts) => hostPorts, expected: [16432] },
  resources: {
    given: { limits: { memory: '1Gi' } },
    seen: (objects) => one(objects, 'Deployment', pool).spec.template.spec.containers[0]?.resources.limits,
    expected: { cpu: '500m', memory: '1Gi' },
  },
});
