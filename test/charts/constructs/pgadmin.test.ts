import { describe, expect, test } from '@jest/globals';
import { type Given, projectObjectsOf } from '../declared.ts';
import { type Objects, one, workloads } from '../objects.ts';

const reports = { kind: 'postgres', database: 'figures', user: 'reader' };
const build = (settings: Given = {}, services: Record<string, Given> = { postgres: {} }) =>
  projectObjectsOf({ services: { ...services, pgadmin: settings } });
const serversOf = (objects: Objects) => JSON.parse(one(objects, 'ConfigMap').data['servers.json'] ?? '').Servers;

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
      workloads(objects).find((each) => each.name === 'shop-pgadmin')?.template.metadata.annotations;
    expect(annotations(build({}, { postgres: {}, reports }))).not.toEqual(annotations(build()));
    expect(annotations(build())).toEqual(annotations(build({ email: 'dba@example.org' })));
  });
});
