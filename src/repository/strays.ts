/**
 * What somebody put into a tree and told git nothing of: a backup, a download, a picture of a screen. Names say what it is,
 * and names prove nothing: it is asked about.
 */

import { dirKind, type EntryTable, fileKind, flag, type Row } from '../context/table.ts'

/** What a file or directory that git neither tracks nor ignores is taken for. */
export interface Stray {
  /** Half a sentence after the path. */
  readonly says: string
  /**
   * `keys`: that a program names it does not mean that an image should have it. `name`: those that say the same are asked
   * about together. `size`: nothing else is known of it, and each is a question of its own.
   */
  readonly by: 'keys' | 'name' | 'size'
}

interface Kind {
  readonly says: string
  /** Base names of files; of directories where they end in `/`. */
  readonly names: RegExp
  /** Smaller ones are something else, as a migration is no dump. */
  readonly leastBytes?: number
  /** True for what is one only where no source lies in it. */
  readonly isData?: boolean
  readonly by?: 'keys'
}

const megabyte = 1_000_000

/** Credentials, by the name or by what was seen. */
export const keysUntold: Stray = { says: 'may hold keys, and git was not told to ignore it', by: 'keys' }

/** In this order: a copy of an archive is a copy. */
const kinds: readonly Kind[] = [
  {
    says: keysUntold.says,
    names:
      /^(?:\.env(?:\.local|\.[\w-]+\.local|\.bak|\.old|\.backup)?|id_(?:rsa|dsa|ecdsa|ed25519)|.*\.(?:p12|pfx|ppk|kdbx|jks|keystore)|kubeconfig|\.pgpass|\.netrc|(?:service[_-]?account|gcp-key|credentials)[\w.-]*\.json|\.aws\/|\.ssh\/)$/i,
    by: 'keys',
  },
  {
    says: 'a copy that was kept of something',
    names:
      /\.(?:bak|orig|rej|old|backup|bkp|save)(?:\.\d+)?$|\.bak\.\w+$| copy(?: \d+)?(?:\.\w+)?\/?$|[-_](?:bak|old)\.\w+$| \(\d+\)\.\w+$|^Copy of |^[^.].*[-_.](?:bak|old)\/$/i,
  },
  {
    says: 'a backup, by its name',
    names: /^(?:backups?|.*[-_.]backups?|backups?[-_.][\w.-]+)\/$/i,
    isData: true,
  },
  {
    says: 'a dump of a database',
    names: /\.(?:sql|bson|rdb)$/i,
    leastBytes: megabyte,
  },
  {
    says: 'a database of this machine',
    names: /\.(?:sqlite3?|db)(?:-journal|-wal|-shm)?$/i,
  },
  {
    says: 'a picture or a film of a screen',
    names:
      /^(?:screen ?shots?|screen recording|bildschirmfoto|capture d.écran|cleanshot|simulator screen)\b.*\.(?:png|jpe?g|mov|mp4|gif|webp)$|^(?:screen ?shots?|screen recordings?)\/$/i,
  },
  { says: 'a notebook that was never named', names: /^Untitled\d*\.ipynb$/i },
  {
    says: 'somebody’s scratch paper',
    names: /^(?:scratch|scratchpad|untitled|playground)(?:[-_ ]?\d+)?(?:\.\w+)?$|^(?:scratch|scratchpad)\/$/i,
  },
  {
    says: 'something that was downloaded to be installed',
    names: /\.(?:dmg|msi|deb|rpm|appimage|iso|pkg|exe|crdownload|part)$/i,
    leastBytes: 100_000,
  },
  {
    says: 'a disk of a virtual machine or an image of a container',
    names: /\.(?:qcow2|vmdk|vdi|ova|vhdx?|img|oci)$|^(?:image|docker-image)[\w.-]*\.tar$/i,
    leastBytes: megabyte,
  },
  {
    says: 'what a profiler or a debugger recorded',
    names:
      /\.(?:hprof|heapsnapshot|heapdump|cpuprofile|pprof|prof|nettrace|jfr|dmp|stackdump|pcap|pcapng|har)$|^(?:perf\.data|.*-isolate-.*\.log|flamegraph[\w.-]*\.(?:svg|html))(?:\.old)?$/i,
  },
  {
    says: 'an archive that git knows nothing of',
    names: /\.(?:zip|7z|rar|tar|tgz|tbz2?|txz|tar\.(?:gz|bz2|xz|zst))$/i,
  },
  {
    says: 'by its name for the time being',
    names: /^(?:tmp|temp)\/$|\.(?:tmp|temp)$/i,
  },
]

/** A file of this size that nobody told git about: no clone will ever have it. */
const largeBytes = 5 * megabyte

const large: Stray = { says: 'large, and git neither tracks nor ignores it', by: 'size' }

/** Of these a project is made, whatever their size. */
const source =
  /\.(?:[cm]?[jt]sx?|vue|svelte|astro|py|rb|php|rs|go|java|kts?|scala|groovy|cs|fs|vb|exs?|erl|swift|cc?|cpp|cxx|h|hpp|sh|pl|lua|dart|jl|r|rmd|qmd|html?|css|s[ac]ss|less|md|mdx|toml|ya?ml|xml|gradle|csproj|lock|proto|graphql|tf|hcl|tmpl|tpl|j2|erb|ejs|hbs)$|^(?:[^.]+|\.[^.]+)$|^package(?:-lock)?\.json$/i

/** Directories that git knows nothing of and that are looked into to see whether they hold nothing but data. */
const mostRows = 20_000

/** What is there is asked about one by one: nobody reads a longer list. */
export const mostStrays = 100

/** What the row is, which git neither tracks nor ignores; null for what may be somebody's new work. `isTold`: what tools are known to leave, and what git ignores. */
export function strayAt(table: EntryTable, row: Row, isTold: (row: Row) => boolean): Stray | null {
  const isDirectory = table.kind[row] === dirKind
  if (!isDirectory && table.kind[row] !== fileKind) return null
  const size = table.size[row] ?? 0
  const name = table.name(row)
  const asked = isDirectory ? `${name}/` : name
  for (const { says, names, leastBytes = 0, isData = false, by = 'name' } of kinds)
    if (
      (isDirectory || size >= leastBytes) &&
      names.test(asked) &&
      !(isData && dataIn(table, row, isTold) === null)
    )
      return { says, by }
  if (isDirectory) return (dataIn(table, row, isTold) ?? 0) >= largeBytes ? large : null
  return size >= largeBytes && !source.test(name) ? large : null
}

/** How many bytes of data lie in a directory with nothing else in it; null for any other. */
function dataIn(table: EntryTable, row: Row, isTold: (row: Row) => boolean): number | null {
  const end = table.end[row] ?? row + 1
  if (end - row > mostRows) return null
  let bytes = 0
  for (let at = row + 1; at < end; at++) {
    if (((table.flags[at] ?? 0) & flag.ignored) !== 0) continue
    if (isTold(at) || (table.kind[at] === fileKind && source.test(table.name(at)))) return null
    bytes += table.size[at] ?? 0
  }
  return bytes
}
