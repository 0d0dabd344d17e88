// How repoctl's programs are bundled.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { sourceDigest } from './source-digest.mjs';

const root = new URL('..', import.meta.url).pathname;

/**
 * What the reading of kubeconfigs brings along and never uses: the generated API client, and a fetch of its own. They are most of
 * what would have to be compiled at each start.
 */
const unused = {
  name: 'unused',
  setup(build) {
    const within = /@kubernetes[\\/]client-node[\\/]dist[\\/]config\.js$/;
    build.onResolve({ filter: /^(\.\/gen\/index\.js|node-fetch)$/ }, ({ path, importer }) =>
      within.test(importer) ? { path, namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents: 'export const Headers = undefined, ServerConfiguration = undefined, createConfiguration = undefined;',
    }));
  },
};

/**
 * What the reading of kubeconfigs needs for few of them, proxies by SOCKS and the logins of some clouds: it is loaded where it
 * is used.
 */
const rarely = {
  'socks-proxy-agent':
    "exports.SocksProxyAgent = function (...given) { return new (require('socks-proxy-agent').SocksProxyAgent)(...given); };",
  'jsonpath-plus': "exports.JSONPath = (...given) => require('jsonpath-plus').JSONPath(...given);",
  'openid-client':
    "export const discovery = async (...given) => (await import('openid-client')).discovery(...given);" +
    "export const refreshTokenGrant = async (...given) => (await import('openid-client')).refreshTokenGrant(...given);",
};
const late = {
  name: 'late',
  setup(build) {
    const within = /@kubernetes[\\/]client-node[\\/]dist[\\/]\w+\.js$/;
    build.onResolve({ filter: new RegExp(`^(?:${Object.keys(rarely).join('|')})$`) }, ({ path, importer }) =>
      within.test(importer) ? { path, namespace: 'late', pluginData: dirname(importer) } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'late' }, ({ path, pluginData }) => ({
      contents: rarely[path],
      resolveDir: pluginData,
    }));
  },
};

const lazyHttp = {
  name: 'lazy-http',
  setup(build) {
    const path = join(root, 'scripts', 'lazy-http.cjs');
    build.onResolve({ filter: /^(?:node:)?http$/ }, ({ importer }) => (importer === path ? undefined : { path }));
  },
};

/**
 * Bundles programs.
 *
 * @param entryPoints their sources by their names, relative to the repository
 * @param outdir the folder for them, relative to the repository; several processes may write it at once
 */
export async function bundle(entryPoints, outdir) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Beside the entries: threads.ts looks for the thread's program in its own folder.
    chunkNames: '[name]-[hash]',
    sourcemap: 'linked',
    logLevel: 'warning',
    // A project's chart.ts must get the same cdk8s as repoctl itself, and tsx brings a compiler.
    external: ['cdk8s', 'cdk8s-plus-28', 'cdk8s-plus-28/*', 'constructs', 'tsx'],
    // Only the reading of kubeconfigs is used; the rest of the client, 20 MB, takes most of a second to load.
    alias: { '@kubernetes/client-node': join(root, 'node_modules', '@kubernetes', 'client-node', 'dist', 'config.js') },
    plugins: [unused, late, lazyHttp],
    // Less to read and to compile; names stay, so that stacks can be read.
    minifyWhitespace: true,
    define: { REPOCTL_BUILD: JSON.stringify(sourceDigest(root)) },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  // The programs last, and each file at once: another process that starts now finds what it imports.
  const isEntry = ({ path }) => basename(path).replace(/\.js(\.map)?$/, '') in entryPoints;
  for (const { path, contents } of outputFiles.toSorted((a, b) => Number(isEntry(a)) - Number(isEntry(b)))) {
    mkdirSync(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}.tmp`;
    writeFileSync(temporary, contents);
    renameSync(temporary, path);
  }
}
