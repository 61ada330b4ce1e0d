/** All rules: one file in this folder and one line in the table below. */

import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import { archiveUnfiltered } from './archive-unfiltered.ts'
import { buildersDiffer } from './builders-differ.ts'
import { classicBuilderRefuses } from './classic-builder-refuses.ts'
import { copyDirectoryContents } from './copy-directory-contents.ts'
import { copyIgnoredFile } from './copy-ignored-file.ts'
import { copySource } from './copy-source.ts'
import { dockerfileDoubtful } from './dockerfile-doubtful.ts'
import { dockerfileRefused } from './dockerfile-refused.ts'
import { dockerignoreGitSyntax } from './dockerignore-git-syntax.ts'
import { dockerignoreNearMiss } from './dockerignore-near-miss.ts'
import { dockerignoreNeverRead } from './dockerignore-never-read.ts'
import { dockerignoreNoEffect } from './dockerignore-no-effect.ts'
import { dockerignoreRootOnly } from './dockerignore-root-only.ts'
import { dockerignoreSubsumed } from './dockerignore-subsumed.ts'
import { foreignBinaries } from './foreign-binaries.ts'
import { hostOverInstall } from './host-over-install.ts'
import { notInCheckoutFiles } from './not-in-checkout.ts'
import { parentsNeedsSyntax } from './parents-needs-syntax.ts'
import type { Rule } from './rule.ts'
import { secretShips } from './secret-ships.ts'
import { emptyFiles } from './sent-empty.ts'
import { sourcePatternRefused } from './source-pattern-refused.ts'

/** In the order in which docker would stumble. */
export const rules: readonly Rule[] = [
  dockerfileRefused,
  sourcePatternRefused,
  copySource,
  archiveUnfiltered,
  copyIgnoredFile,
  emptyFiles,
  secretShips,
  hostOverInstall,
  foreignBinaries,
  dockerfileDoubtful,
  copyDirectoryContents,
  parentsNeedsSyntax,
  dockerignoreGitSyntax,
  dockerignoreRootOnly,
  dockerignoreNoEffect,
  dockerignoreNearMiss,
  dockerignoreNeverRead,
  dockerignoreSubsumed,
  classicBuilderRefuses,
  buildersDiffer,
  notInCheckoutFiles,
]

const rank = { error: 0, warning: 1, info: 2 }

/** What all rules find: errors first, then by the lines they stand on. */
export function collectFindings(build: MeasuredBuild): readonly Finding[] {
  const lineOf = (finding: Finding) => finding.at?.line ?? 0
  return rules
    .flatMap(({ id, check }) =>
      check(build).map((finding) => (finding.rule === id ? finding : { ...finding, family: id })),
    )
    .sort((a, b) => rank[a.severity] - rank[b.severity] || lineOf(a) - lineOf(b))
}
