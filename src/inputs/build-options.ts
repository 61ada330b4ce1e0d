/** Which options of the programs that build images take a value: without that, the context among the words cannot be found. */

/** Long options and letters. `letters` gives each letter its long name; those of `valued` take a value. */
export interface OptionTable {
  readonly valued: ReadonlySet<string>
  readonly switches: ReadonlySet<string>
  readonly letters: Readonly<Record<string, string>>
}

const set = (...lists: readonly string[]): ReadonlySet<string> => new Set(lists.join(' ').split(' '))

/** `docker` itself, and what the others of its kind take there. docker/cli 28.5 cli/flags/options.go; podman(1), buildah(1), nerdctl docs/command-reference.md. */
export const globalOptions: OptionTable = {
  valued: set(
    'config context host log-level tlscacert tlscert tlskey builder',
    'connection identity log-opt module out root runroot runtime runtime-flag ssh storage-driver storage-opt tmpdir url volumepath',
    'cgroup-manager conmon events-backend hooks-dir imagestore namespace network-cmd-path network-config-dir registries-conf',
    'registries-conf-dir short-name-alias-conf address snapshotter cni-path cni-netconfpath data-root hosts-dir',
  ),
  switches: set('debug tls tlsverify version help remote noout syslog trace experimental insecure-registry'),
  letters: {
    c: 'context',
    D: 'debug',
    H: 'host',
    l: 'log-level',
    v: 'version',
    n: 'namespace',
    a: 'address',
  },
}

/** docker/cli 28.5 cli/command/image/build.go; docker/buildx 0.30 commands/build.go and root.go; nerdctl cmd/nerdctl/builder/builder_build.go. */
export const dockerBuildOptions: OptionTable = {
  valued: set(
    'add-host allow annotation attest build-arg build-context builder buildkit-host cache-from cache-to call cgroup-parent',
    'cpu-period cpu-quota cpu-shares cpuset-cpus cpuset-mems file iidfile invoke isolation label memory memory-swap',
    'metadata-file network no-cache-filter output platform policy print progress provenance root sbom secret security-opt',
    'shm-size ssh tag target ulimit',
  ),
  switches: set(
    'check compress debug detach disable-content-trust force-rm help ipfs load no-cache pull push quiet rm squash stream',
  ),
  letters: { f: 'file', t: 'tag', o: 'output', q: 'quiet', m: 'memory', c: 'cpu-shares', D: 'debug' },
}

/** containers/buildah 1.41 pkg/cli/common.go, which podman shares: podman-build(1), buildah-build(1). */
export const podmanBuildOptions: OptionTable = {
  valued: set(
    'add-host annotation arch authfile blob-cache build-arg build-arg-file build-context cache-from cache-to cache-ttl cap-add',
    'cap-drop cert-dir cgroup-parent cgroupns cni-config-dir cni-plugin-path cpp-flag cpu-period cpu-quota',
    'cpu-shares cpuset-cpus cpuset-mems creds decryption-key device dns dns-option dns-search env file format from',
    'group-add hooks-dir ignorefile iidfile ipc isolation jobs label layer-label logfile manifest memory',
    'memory-swap metadata-file net network os os-feature os-version output pid platform retry retry-delay runtime',
    'runtime-flag rusage-logfile sbom sbom-image-output sbom-image-purl-output sbom-merge-strategy sbom-output',
    'sbom-purl-output sbom-scanner-command sbom-scanner-image secret security-opt shm-size sign-by signature-policy',
    'source-date-epoch ssh tag target timestamp ulimit unsetannotation unsetenv unsetlabel userns userns-gid-map',
    'userns-gid-map-group userns-uid-map userns-uid-map-user uts variant volume',
  ),
  switches: set(
    'all-platforms cleanup compat-volumes compress created-annotation disable-compression disable-content-trust force-compression',
    'force-rm help http-proxy identity-label inherit-annotations inherit-labels layers log-rusage logsplit',
    'no-cache no-hostname no-hosts omit-history pull pull-always pull-never quiet rewrite-timestamp rm',
    'skip-unused-stages squash squash-all stdin tls-verify',
  ),
  letters: {
    ...{ f: 'file', t: 'tag', o: 'output', q: 'quiet', m: 'memory', c: 'cpu-shares', v: 'volume' },
    D: 'disable-compression',
  },
}

/** docker/compose 2.40 cmd/compose/compose.go; docker-compose 1.29 and podman-compose take fewer. */
export const composeOptions: OptionTable = {
  valued: set(
    'ansi context env-file file host log-level parallel profile progress project-directory project-name tlscacert tlscert',
    'tlskey workdir podman-path podman-args',
  ),
  switches: set(
    'all-resources compatibility dry-run help no-ansi skip-hostname-check tls tlsverify verbose version',
  ),
  letters: { f: 'file', p: 'project-name', H: 'host', c: 'context', v: 'version', D: 'debug' },
}

/** docker/compose 2.40 docs/reference: compose_build.md, compose_up.md, compose_run.md, compose_create.md. */
export const composeCommandOptions: OptionTable = {
  valued: set(
    'attach build-arg builder cap-add cap-drop entrypoint env env-from-file exit-code-from index label memory name',
    'no-attach platform progress provenance publish pull sbom scale ssh timeout user volume wait-timeout workdir',
  ),
  switches: set(
    'abort-on-container-exit abort-on-container-failure always-recreate-deps attach-dependencies build check compress detach',
    'dry-run force-recreate force-rm help interactive menu no-build no-cache no-color no-deps no-log-prefix no-recreate',
    'no-rm no-start no-TTY parallel print push quiet quiet-build quiet-pull remove-orphans renew-anon-volumes rm',
    'service-ports timestamps tty use-aliases wait watch with-dependencies yes',
  ),
  letters: {
    ...{ m: 'memory', q: 'quiet', d: 'detach', t: 'timeout', V: 'renew-anon-volumes', w: 'watch', y: 'yes' },
    ...{ e: 'env', l: 'label', p: 'publish', u: 'user', v: 'volume', i: 'interactive', T: 'no-TTY' },
  },
}

/** docker/buildx 0.30 commands/bake.go. */
export const bakeOptions: OptionTable = {
  valued: set(
    'allow builder call execution file jobs list metadata-file policy progress provenance sbom set var',
  ),
  switches: set('check debug help list-targets list-variables load no-cache print pull push'),
  letters: { f: 'file', j: 'jobs', D: 'debug' },
}

/** What a row of options and operands came to. */
export interface ParsedOptions {
  /** Long names with their values in order; `''` for a switch. */
  readonly options: readonly { readonly name: string; readonly value: string }[]
  readonly operands: readonly string[]
  /** The first option that is in no table, so that the word after it may be its value or not; null when all are known. */
  readonly unknown: string | null
}

/**
 * Reads words as spf13/pflag does: `--name=value`, `--name value`, `-xvalue`, `-x=value`, `-x value`, letters together,
 * and `--` before operands. With `upTo` it stops at the first operand, which with all after it are the operands.
 */
export function parseOptions(words: readonly string[], table: OptionTable, upTo = false): ParsedOptions {
  const options: { name: string; value: string }[] = []
  const operands: string[] = []
  let unknown: string | null = null
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '--' || (upTo && (!word.startsWith('-') || word === '-'))) {
      for (const rest of words.slice(word === '--' ? at + 1 : at)) operands.push(rest)
      break
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word)
      continue
    }
    if (word.startsWith('--')) {
      const cut = word.indexOf('=')
      const name = cut < 0 ? word.slice(2) : word.slice(2, cut)
      if (cut >= 0) options.push({ name, value: word.slice(cut + 1) })
      else if (table.valued.has(name)) options.push({ name, value: words[++at] ?? '' })
      else {
        options.push({ name, value: '' })
        if (!table.switches.has(name)) unknown ??= word
      }
      continue
    }
    for (let letter = 1; letter < word.length; letter++) {
      const name = Object.hasOwn(table.letters, word.charAt(letter))
        ? table.letters[word.charAt(letter)]
        : undefined
      if (name === undefined) {
        unknown ??= word
        break
      }
      if (!table.valued.has(name)) {
        options.push({ name, value: '' })
        continue
      }
      const rest = word.slice(letter + 1)
      options.push({ name, value: rest === '' ? (words[++at] ?? '') : rest.replace(/^=/, '') })
      break
    }
  }
  return { options, operands, unknown }
}
