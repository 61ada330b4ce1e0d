import type { Ecosystem } from './model.ts'
import { junk } from './row.ts'

const renv = 'https://rstudio.github.io/renv/articles/renv.html'
const projects = 'https://docs.posit.co/ide/user/ide/guide/code/projects.html'

/** R and RStudio: what they leave. What `Rscript -e` does stands in R, which is not read. */
export const r: Ecosystem = {
  id: 'r',
  title: 'R',
  manifests: ['renv.lock', 'DESCRIPTION', '*.Rproj', 'packrat.lock'],
  lockfiles: ['renv.lock'],
  programs: [],
  junk: [
    junk('renv/library/', 'packages', 'packages as renv installed them for this machine', renv, {
      disposable: 'never',
    }),
    junk('renv/staging/', 'cache', 'packages that renv was about to install', renv),
    junk('renv/sandbox/', 'cache', 'what renv keeps the packages of the system in', renv),
    junk(
      'packrat/lib*/',
      'packages',
      'packages as packrat installed them for this machine',
      'https://rstudio.github.io/packrat/',
      { disposable: 'never' },
    ),
    junk('.Rproj.user/', 'editor', 'what RStudio keeps of a project', projects),
    junk(
      '.Rhistory',
      'editor',
      'what was typed into R',
      'https://stat.ethz.ch/R-manual/R-devel/library/utils/html/savehistory.html',
    ),
    // R loads it when it starts there.
    junk(
      '.RData',
      'dump',
      'a workspace of R as it was saved',
      'https://stat.ethz.ch/R-manual/R-devel/library/base/html/Startup.html',
      { disposable: 'never' },
    ),
    junk(
      'rsconnect/',
      'editor',
      'where an application was published to',
      'https://docs.posit.co/connect/user/publishing-rstudio/',
      { disposable: 'never' },
    ),
  ],
  commands: [],
  versionTools: [],
}
