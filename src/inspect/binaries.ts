/** Judges the first bytes of a file: a program of which system, and for which processor. Pure. */

/** How much of a file has to be read for {@link binaryOf}. */
export const headBytes = 1024

export interface Binary {
  readonly system: 'macOS' | 'Windows' | 'Linux'
  /** As GOARCH spells it, of a Linux program; null for the others and for processors that docker has no name for. */
  readonly arch: string | null
}

/** e_machine → GOARCH. gabi.xinuos.com/elf/02-eheader.html; the letters `le` are told by the byte order. */
const elfMachines: Readonly<Record<number, string>> = {
  3: '386',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
}

/** What a program or library runs on, by its first {@link headBytes} bytes; null for everything else. */
export function binaryOf(head: Uint8Array): Binary | null {
  if (head.length < 20) return null
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  switch (view.getUint32(0)) {
    case 0x7f454c46:
      return { system: 'Linux', arch: elfArch(view) }
    // Mach-O of either byte order and width: apple-oss-distributions/xnu EXTERNAL_HEADERS/mach-o/loader.h.
    case 0xfeedface:
    case 0xfeedfacf:
    case 0xcefaedfe:
    case 0xcffaedfe:
      return { system: 'macOS', arch: null }
    // Several of them in one (mach-o/fat.h), or a Java class: there, the version stands where the number of programs
    // would, and it has never been below 43 (file/file magic/Magdir/cafebabe).
    case 0xcafebabe:
    case 0xcafebabf:
      return view.getUint32(4) > 0 && view.getUint32(4) < 43 ? { system: 'macOS', arch: null } : null
    default:
      return isWindows(view) ? { system: 'Windows', arch: null } : null
  }
}

function elfArch(view: DataView): string | null {
  const isLittle = view.getUint8(5) === 1
  const arch = elfMachines[view.getUint16(18, isLittle)] ?? null
  return arch === 'ppc64' && isLittle ? 'ppc64le' : arch
}

/**
 * `MZ`, then `PE\0\0` where the header says. Assemblies of .NET have this form too and run everywhere: they have a CLI
 * header (learn.microsoft.com/en-us/windows/win32/debug/pe-format, data directory 14).
 */
function isWindows(view: DataView): boolean {
  if (view.getUint16(0) !== 0x4d5a || view.byteLength < 64) return false
  const header = view.getUint32(0x3c, true)
  if (header + 26 > view.byteLength || view.getUint32(header) !== 0x50450000) return false
  const optional = header + 24
  const directories = optional + (view.getUint16(optional, true) === 0x20b ? 112 : 96)
  const cli = directories + 14 * 8
  return cli + 4 > view.byteLength || view.getUint32(cli, true) === 0
}

/** True when an image of the platform (`linux/arm64/v8`) cannot run it. 32-bit programs of the same family can be run. */
export function isForeign(binary: Binary, platform: string): boolean {
  const [os = 'linux', arch = ''] = platform.split('/')
  if (os === 'windows') return binary.system !== 'Windows'
  if (binary.system !== 'Linux') return true
  return (
    binary.arch !== null &&
    binary.arch !== arch &&
    !(arch === 'amd64' && binary.arch === '386') &&
    !(arch === 'arm64' && binary.arch === 'arm')
  )
}

/** Directories in which a package keeps programs for every system, whichever it is installed on. */
const everySystem = /(?:^|\/)(?:prebuilds|testdata|setuptools|distlib|pip\/_vendor|runtimes\/[^/]+\/native)\//

/** True for a path at which a program of another system is no mistake. */
export function isForEverySystem(path: string): boolean {
  return everySystem.test(path.toLowerCase())
}

/** True for a name that suggests a program or library: an extension of one, or none at all. `mode`: POSIX permission bits. */
export function suggestsBinary(name: string, mode: number, isInBin: boolean): boolean {
  if (/\.(?:node|so|dylib|bundle|dll|exe)$|\.so\.\d/i.test(name)) return true
  return (isInBin || (mode & 0o111) !== 0) && !/\.\w{1,6}$/.test(name)
}
