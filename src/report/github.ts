// A result -> annotations for GitHub Actions: what failed, what warns, and at last that the run ended.

import { type Annotation, annotationLines } from "./annotations.ts";
import { footerText, headerFacts, problems } from "./facts.ts";
import type { RenderReport } from "./options.ts";

const LEVELS = { failure: "error", warning: "warning" } as const;

export const renderGithub: RenderReport = (result) => {
  const found = problems(result).map(({ severity, text }): Annotation => ({
    level: LEVELS[severity],
    title: `diskbench: ${severity}`,
    text,
  }));
  const of = (wanted: Annotation["level"]): readonly Annotation[] => found.filter(({ level }) => level === wanted);
  const [run] = headerFacts(result);
  return annotationLines([...of("error"), ...of("warning")], `${run?.text ?? ""}. ${footerText(result)}`);
};
