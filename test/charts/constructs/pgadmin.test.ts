import { describe, expect, test } from '@jest/globals';
import { pgadmin } from '../../../charts/constructs/pgadmin.ts';
import { type Given, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, environmentOf, identity, type Objects, one, podOf, workloads } from '../objects.ts';

const name = 'shop-pgadmin';
const reports = { kind: 'postgres', database: 'figures', user: 'reader' };
const build = (settings: Given = {}, services: Record<string, Given> = { postgres: {} }) =>
  projectObjectsOf({ services: { ...services, pgadmin: settings } });
const serversOf = (objects: Objects) => JSON.parse(one(objects, 'ConfigMap').data['servers.json'] ?? '').Servers;

describe('defaults', () => {
  const objects = build();

  test('a Deployment of one pod that is never doubled, and a Service', () => {
    const { spec } = one(objects, 'Deployment', name);
    expect(spec.replicas).toBe(1);
    expect(spec.strategy).toEqual({ type: 'Recreate' });
    expect(one(objects, 'Service', name).spec.ports).toMatchObject([{ name: 'http', port: 5050 }]);
  });

  test('one logs in with an address and a password from its Secret', () => {
    expect(environmentOf(containerOf(objects, name))).toMatchObject({
      PGADMIN_DEFAULT_EMAIL: 'admin@example.com',
      PGADMIN_DEFAULT_PASSWORD: 'secret shop-pgadmin/PGADMIN_PASSWORD',
    });
  });

  test('writes nothing into its image', () => {
    expect(environmentOf(containerOf(objects, name)).PGADMIN_CUSTOM_CONFIG_DISTRO_FILE).toMatch(/^\/tmp\//);
    expect(containerOf(objects, name).volumeMounts).toContainEqual({ name: 'data', mountPath: '/var/lib/pgadmin' });
  });

  test('runs as the user of the image, on a port that needs no capability', () => {
    expect(podOf(objects, name).securityContext).toMatchObject({ runAsUser: 5050, runAsGroup: 0 });
    expect(environmentOf(containerOf(objects, name)).PGADMIN_LISTEN_PORT).toBe('5050');
  });

  test('its probes ask its own health route', () => {
    expect(containerOf(objects, name).readinessProbe.httpGet).toEqual({ path: '/misc/ping', port: 5050 });
  });
});

describeFields(pgadmin, {}, (settings) => build(settings), {
  image: {
    given: 'dpage/pgadmin4:9.10',
    seen: (objects) => containerOf(objects, name).image,
    expected: 'dpage/pgadmin4:9.10',
  },
  email: {
    given: 'dba@example.org',
    seen: (objects) => environmentOf(containerOf(objects, name)).PGADMIN_DEFAULT_EMAIL,
    expected: 'dba@example.org',
  },
  hostPort: { given: 15050, seen: (_, hostPorts) => hostPorts, expected: [15050] },
  resources: {
    given: { requests: { memory: '300Mi' } },
    seen: (objects) => containerOf(objects, name).resources.requests,
    expected: { cpu: '20m', memory: '300Mi' },
  },
});

describe('the servers that it shows', () => {
  test("are all of the project's, and no password", () => {
    expect(serversOf(build({}, { postgres: {}, reports }))).toEqual({
      1: {
        Name: 'shop-postgres',
        Group: 'Servers',
        Host: 'shop-postgres.shop.svc',
        Port: 5432,
        MaintenanceDB: 'shop',
        Username: 'shop',
        SSLMode: 'prefer',
      },
      2: {
        Name: 'shop-reports',
        Group: 'Servers',
        Host: 'shop-reports.shop.svc',
        Port: 5432,
        MaintenanceDB: 'figures',
        Username: 'reader',
        SSLMode: 'prefer',
      },
    });
  });

  test('are read at its start, so another server means another pod', () => {
    const annotations = (objects: Objects) =>
      workloads(objects).find((each) => each.name === name)?.template.metadata.annotations;
    expect(annotations(build({}, { postgres: {}, reports }))).not.toEqual(annotations(build()));
    expect(annotations(build())).toEqual(annotations(build({ email: 'dba@example.org' })));
  });
});

describe('is not there', () => {
  const given = { services: { postgres: {}, pgadmin: {} } };

  test.each(['external', 'production'] as const)('in the %s profile', (profile) => {
    expect(projectObjectsOf(given, { profile }).map(identity)).not.toContain(`Deployment/${name}`);
  });

  test('without a PostgreSQL', () => {
    expect(build({}, {}).map(identity)).toEqual(['Namespace/shop']);
  });
});
