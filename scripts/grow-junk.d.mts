/** How a project is grown; see grow-junk.mjs. */
export interface GrowOptions {
  readonly git?: 'fake' | 'real' | 'none'
  readonly history?: boolean
  readonly junk?: boolean
}

export const projects: readonly string[]

export function growProject(project: string, dest: string, options?: GrowOptions): readonly string[]
