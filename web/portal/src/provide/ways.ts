// The form's own words for where a password comes from.
import { passwordModesOf as modesOf, type Groups, type PolicyAnswer } from "@couvert/core";

import type { PasswordMode } from "./kept-form.ts";

const modeNames = { generated: "generate", own: "manual", none: "none" } as const;

/** The ways to a password that there are, `none` among them. */
export const passwordModesOf = (
  policy: PolicyAnswer,
  groups: Groups,
  isOn: boolean,
): PasswordMode[] => modesOf(policy, groups, isOn).map((mode) => modeNames[mode]);
