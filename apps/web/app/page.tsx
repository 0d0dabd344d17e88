import { connection } from 'next/server';
import { Monitors } from '../components/monitors.tsx';
import { Races } from '../components/races.tsx';
import { apiOfBrowsers, apis } from './apis.ts';

export default async function Page() {
  // The addresses are those of the pod, not of the build.
  await connection();
  const unknown = () => undefined;
  const [races, monitors] = await Promise.all([apis.races().catch(unknown), apis.monitors().catch(unknown)]);
  return (
    <main>
      <h1>Races and monitors</h1>
      <Races initial={races} baseUrl={apiOfBrowsers()} />
      <Monitors initial={monitors} baseUrl={apiOfBrowsers()} />
    </main>
  );
}
