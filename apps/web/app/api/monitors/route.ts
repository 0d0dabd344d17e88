import { passOn } from '../../apis.ts';

export const dynamic = 'force-dynamic';

export const GET = () => passOn('monitors');
