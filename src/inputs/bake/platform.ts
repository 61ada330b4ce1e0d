/** Whether a platform is one (containerd/platforms v1.0.0-rc.1, platforms.go Parse). */

const component = /^[A-Za-z0-9_.-]+$/
const systems = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux macos nacl netbsd openbsd plan9 solaris windows zos'.split(
    ' ',
  ),
)
const architectures = new Set(
  '386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm i386 x86_64 x86-64 aarch64 armhf armel'.split(
    ' ',
  ),
)

/** What is wrong with it, in bake's words; null when nothing is. `local` is the machine's own. */
export function platformProblem(written: string): string | null {
  for (const platform of written.split(',')) {
    if (platform.trim() === 'local') continue
    const parts = platform.trim().split('/')
    const [first = ''] = parts
    const system = first.replace(/\([A-Za-z0-9_.+-]*\)$/, '').toLowerCase()
    if (!parts.every((part, i) => component.test(i === 0 ? system : part)))
      return `"${platform}": invalid platform specifier`
    if (parts.length > 3) return `"${platform}": cannot parse platform specifier`
    if (parts.length === 1 && !systems.has(system) && !architectures.has(system)) {
      return `"${platform}": unknown operating system or architecture`
    }
  }
  return null
}
