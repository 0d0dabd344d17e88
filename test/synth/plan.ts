import type { Plan } from '../../src/synth/plan.ts';

/** The plan in the text of a `plan.json`. */
export const parsePlan = (text: string): Plan => (JSON.parse(text) as { plan: Plan }).plan;
