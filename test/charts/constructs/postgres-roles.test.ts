import { describe, expect, test } from '@jest/globals';
import { connections, secrets } from '../../../charts/wiring.ts';
import { declareEnvironment, declareProject, projectObjectsOf } from '../declared.ts';
import { all, containerOf, environmentOf, one } from '../objects.ts';

const given = {
  services: { postgres: { separateRoles: true } },
  workloads: {
    migrate: { kind: 'job', check: ['true'], after: ['postgres'] },
    api: { kind: 'http', port: 80, after: ['migrate'] },
  },
};
const url = (user: string, key: string) => `postgresql://${user}:$(${key})@shop-postgres.shop.svc:5432/shop`;

describe('a PostgreSQL with separate roles', () => {
  const objects = projectObjectsOf(given);
  const job = (name: string) => all(objects, 'Job').filter(({ metadata }) => metadata.name.startsWith(name));

  test('gives workloads the role of the application, and jobs that of the migrations', () => {
    expect(environmentOf(containerOf(all(objects, 'Deployment')))).toEqual({
      POSTGRES_APPLICATION_PASSWORD: 'secret shop-postgres/POSTGRES_APPLICATION_PASSWORD',
      DATABASE_URL: url('shop_application', 'POSTGRES_APPLICATION_PASSWORD'),
    });
    expect(environmentOf(containerOf(job('shop-migrate')))).toEqual({
      POSTGRES_MIGRATION_PASSWORD: 'secret shop-postgres/POSTGRES_MIGRATION_PASSWORD',
      DATABASE_URL: url('shop_migration', 'POSTGRES_MIGRATION_PASSWORD'),
    });
  });

  test('whoever waits for a job has no password of the migrations', () => {
    expect(JSON.stringify(all(objects, 'Deployment'))).not.toContain('MIGRATION');
  });

  test('makes the roles in a new server, and by a job in one that has its data already', () => {
    const script = Object.entries(one(objects, 'ConfigMap').data);
    expect(script.map(([name]) => name)).toEqual(['zz-roles.sh']);
    expect(job('shop-postgres-roles')).toHaveLength(1);
    // No password is an argument.
    const [, , command] = containerOf(job('shop-postgres-roles')).command;
    expect(command).toContain('--set application=shop_application --set migration=shop_migration');
    expect(command).not.toMatch(/--set \w*password/);
  });
});

test('where it is managed, jobs have a URL of their own, by the same variable', () => {
  const project = declareProject(given);
  const environment = declareEnvironment([project]);
  const connection = connections(environment, environment.profiles.external, project).get('postgres');
  expect(connection?.variables).toEqual([{ name: 'DATABASE_URL', secret: 'shop-postgres', key: 'DATABASE_URL' }]);
  expect(connection?.jobs?.variables).toEqual([
    { name: 'DATABASE_URL', secret: 'shop-postgres', key: 'MIGRATION_DATABASE_URL' },
  ]);
  const [secret] = secrets(environment, environment.profiles.external, project);
  expect(secret?.keys.map(({ key, rule }) => [key, rule])).toEqual([
    ['DATABASE_URL', 'postgresql-tls'],
    ['MIGRATION_DATABASE_URL', 'postgresql-tls'],
  ]);
});
