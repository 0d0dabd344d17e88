import { below, type Source } from './source.ts';

/** Routes by which programs tell that they work, the most telling first. */
const names = ['healthz', 'health', 'healthcheck', 'health-check', '_health', 'livez', 'live', 'ping', 'status'];

const pattern = new RegExp(`["'\`](?:GET )?((?:/api)?/(?:${names.join('|')})/?)["'\`]`, 'g');
const sources = /\.(py|[cm]?[jt]sx?|go|rb|rs|java|kt|php|cs|ex)$/;
const notSearched = /^(\..*|node_modules|vendor|dist|build|tests?|__pycache__|venv)\/$/;
const mostFiles = 300;

/** A health route that a program's sources name as a text of its own, or nothing. */
export function findHealthRoute(source: Source, folder: string): string | undefined {
  const routes = new Set(sourceFiles(source, folder).flatMap((path) => healthRoutes(source.text(path) ?? '')));
  return [...routes].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1))[0];
}

/** The health routes that a text names, in the order in which it does. */
export const healthRoutes = (text: string): string[] => [...text.matchAll(pattern)].map(([, route = '']) => route);

const rank = (route: string): number => names.indexOf(route.replace(/^\/api/, '').replaceAll('/', ''));

/** The files of a folder that are likely to declare routes: of the folder itself first. */
function sourceFiles(source: Source, folder: string): string[] {
  const found: string[] = [];
  const folders = [folder];
  for (let next = folders.shift(); next !== undefined && found.length < mostFiles; next = folders.shift()) {
    for (const name of source.names(next)) {
      if (name.endsWith('/')) {
        if (!notSearched.test(name)) folders.push(below(next, name));
      } else if (sources.test(name)) found.push(below(next, name));
    }
  }
  return found.slice(0, mostFiles);
}
