/** All rules: one file in this folder and one line in the table below. */

import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import type { CiBuild } from '../repository/ci-builds.ts'
import { archiveUnfiltered } from './archive-unfiltered.ts'
import { buildersDiffer } from './builders-differ.ts'
import { ciGitContext } from './ci-git-context.ts'
import { ciNoCache } from './ci-no-cache.ts'
import { ciPathFilter } from './ci-path-filter.ts'
import { ciSendsGit } from './ci-sends-git.ts'
import { classicBuilderRefuses } from './classic-builder-refuses.ts'
import { copyDirectoryContents } from './copy-directory-contents.ts'
import { copyIgnoredFile } from './copy-ignored-file.ts'
import { copySource } from './copy-source.ts'
import { databaseShips } from './database-ships.ts'
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
import { removedLater } from './removed-later.ts'
import type { CiRule, Rule } from './rule.ts'
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
  databaseShips,
  removedLater,
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

/** About builds in CI; what breaks there first. */
export const ciRules: readonly CiRule[] = [ciGitContext, ciSendsGit, ciPathFilter, ciNoCache]

const rank = { error: 0, warning: 1, info: 2 }

/**
 * What all rules find in what was measured: errors first, then by the lines they stand on. `isWhole`: false where no more
 * of the contexts was looked at than BuildKit asks for.
 */
export function collectFindings(build: MeasuredBuild, isWhole: boolean): readonly Finding[] {
  const asked = isWhole ? rules : rules.filter(({ ofWhole }) => ofWhole !== true)
  return sorted(asked.flatMap(({ id, check }) => check(build).map(inFamily(id))))
}

/** The same with what the rules about CI find besides. */
export function withCiFindings(
  build: MeasuredBuild & { readonly findings: readonly Finding[] },
  inCi: readonly CiBuild[],
): readonly Finding[] {
  return sorted([
    ...build.findings,
    ...ciRules.flatMap(({ id, check }) => check(build, inCi).map(inFamily(id))),
  ])
}

const inFamily = (id: string) => (finding: Finding) =>
  finding.rule === id ? finding : { ...finding, family: id }

function sorted(findings: readonly Finding[]): readonly Finding[] {
  const lineOf = (finding: Finding) => finding.at?.line ?? 0
  return findings.toSorted((a, b) => rank[a.severity] - rank[b.severity] || lineOf(a) - lineOf(b))
}
