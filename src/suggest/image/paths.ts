/** Paths of an image. */

import { cleanPath } from '../../lib/path.ts'

/** A path as a command means it that works in `directory`, absolute and clean; null where only the base image knows it, or the directory. */
export function absolute(path: string, directory: string): string
export function absolute(path: string | null, directory: string | null): string | null
export function absolute(path: string | null, directory: string | null): string | null {
  if (path === null) return null
  if (path.startsWith('/')) return cleanPath(path)
  return directory === null ? null : cleanPath(`${directory}/${path}`)
}

/** `path` from `dir` on: '' for the same, null for what lies outside. */
export function below(path: string, dir: string): string | null {
  if (path === dir) return ''
  const inside = dir === '/' ? '/' : `${dir}/`
  return path.startsWith(inside) ? path.slice(inside.length) : null
}

/** Places where a package manager finds its settings, or puts what it installs. Applications lie in some of them by custom. */
export function isOfSystem(path: string): boolean {
  if (
    /^\/(?:usr\/(?:src|app|local\/(?:app|src))|usr\/share\/nginx\/html|var\/(?:www|app|task|opt))(?:\/|$)/.test(
      path,
    )
  )
    return false
  return /^\/(?:$|(?:etc|usr|bin|sbin|lib\w*|var|root|run|boot|dev|proc|sys)(?:\/|$))/.test(path)
}
