import type { Ecosystem } from './model.ts'
import { command, made, program, withOption } from './row.ts'

const coreutils = 'https://www.gnu.org/software/coreutils/manual/coreutils.html'
const posix = 'https://pubs.opengroup.org/onlinepubs/9799919799/utilities/'
const git = 'https://git-scm.com/docs/'
const named = { reads: 'arguments' } as const

/**
 * Commands that touch what their operands name and nothing else. Not here: `awk`, `xargs`, `make`, `sh`, `eval` and
 * whatever else runs commands that a text names; nor `find` where it does (`-exec`), which is a `build` then.
 */
export const shell: Ecosystem = {
  id: 'shell',
  title: 'Shell',
  manifests: [],
  lockfiles: [],
  programs: [
    program('git', { valued: ['-c', '--git-dir', '--work-tree', '--config-env'], directory: ['-C'] }),
    program('tar bsdtar', {
      valued: ['-f', '--file', '-T', '--files-from', '--exclude'],
      directory: ['-C', '--directory'],
    }),
    program('curl', {
      valued: [
        '-o',
        '--output',
        '-H',
        '--header',
        '-d',
        '--data',
        '-X',
        '--request',
        '-u',
        '--user',
        '--retry',
      ],
    }),
    program('wget', { valued: ['-O', '--output-document', '-P', '--directory-prefix', '--header'] }),
    program('sed', { valued: ['-e', '--expression', '-f', '--file'] }),
  ],
  junk: [],
  commands: [
    // Nothing of the disk is read or written but through redirections, which the shell does.
    command(
      'echo|printf|true|false|:|sleep|exit|return|set|unset|export|readonly|local|declare|shift|umask|ulimit|trap|wait|cd|pushd|popd|pwd|alias|hash|type|which|whereis|command|shopt|break|continue|yes|seq|date|uname|arch|hostname|nproc|id|whoami|groups|getent|tty|expr|basename|dirname|getconf|printenv|free|ps|kill|uptime|times|read|mapfile|getopts',
      'plain',
      posix,
    ),
    command('env', 'plain', `${posix}env.html`, { operands: 'none' }),
    // Accounts of the system.
    command(
      'useradd|adduser|groupadd|addgroup|usermod|groupmod|userdel|deluser|delgroup|groupdel|passwd|chpasswd|chsh|gpasswd|newusers',
      'plain',
      'https://man7.org/linux/man-pages/man8/useradd.8.html',
    ),
    command(
      'mkdir|rmdir|touch|mktemp|mkfifo|mknod|truncate|chmod|chown|chgrp|setfacl|ln|rm|unlink|mv|cp|install|shred|dd',
      'plain',
      coreutils,
      named,
    ),
    command(
      'cat|head|tail|tac|nl|wc|cut|paste|tr|sort|uniq|comm|join|tee|fold|fmt|expand|unexpand|split|csplit|od|hexdump|xxd|base64|base32|strings|rev|column',
      'plain',
      coreutils,
      named,
    ),
    command(
      'ls|dir|stat|file|du|df|readlink|realpath|test|[|[[|cmp|diff|sum|cksum|md5sum|sha1sum|sha224sum|sha256sum|sha384sum|sha512sum|b2sum|shasum',
      'plain',
      coreutils,
      named,
    ),
    // GNU sed runs commands only by its `e`, which nobody uses in an image.
    command(
      'grep|egrep|fgrep|rg|sed|jq|yq|envsubst|dos2unix|unix2dos|iconv|patch|gettext|msgfmt|xmllint|xmlstarlet',
      'plain',
      'https://www.gnu.org/software/sed/manual/sed.html',
      named,
    ),
    command('find', 'plain', 'https://www.gnu.org/software/findutils/manual/html_mono/find.html', {
      ...named,
      variants: [
        withOption(['-exec', '-execdir', '-ok', '-okdir'], {
          kind: 'build',
          reads: 'sources',
          git: 'uses',
          makes: made('merges', '*'),
        }),
        withOption(['-delete', '-fprint', '-fls', '-fprintf'], { makes: made('merges', '*') }),
      ],
    }),
    command('curl|wget|aria2c', 'plain', 'https://curl.se/docs/manpage.html', named),
    command(
      'tar|bsdtar|unzip|zip|gzip|gunzip|zcat|bzip2|bunzip2|xz|unxz|zstd|unzstd|7z|7za|cpio|ar|lz4',
      'plain',
      'https://www.gnu.org/software/tar/manual/',
      named,
    ),
    command(
      'gpg|gpgv|gpg2|gpgconf|dirmngr|openssl|ssh-keyscan|ssh-keygen',
      'plain',
      'https://www.gnupg.org/documentation/manuals/gnupg/',
      named,
    ),
    command(
      'strip|objcopy|patchelf|upx|ldd|readelf|nm',
      'plain',
      'https://sourceware.org/binutils/docs/binutils/',
      named,
    ),

    // `git config` without --global writes .git/config, and so fails rather than differs where there is none.
    command('git config', 'plain', `${git}git-config`, {
      git: 'uses',
      variants: [withOption(['--global', '--system', '-f', '--file'], { git: 'never' })],
    }),
    command('git', 'plain', `${git}git`, { operands: 'none' }),
    command('git clone|version|help|ls-remote|credential', 'plain', `${git}git-clone`),
    command(
      'git lfs install',
      'plain',
      'https://github.com/git-lfs/git-lfs/blob/main/docs/man/git-lfs-install.adoc',
      {
        git: 'uses',
        variants: [withOption(['--skip-repo', '--system'], { git: 'never' })],
      },
    ),
    // describe, rev-parse, log, ls-files, status, submodule, apply, archive… and whatever is not named above.
    command('git', 'build', `${git}git`, { reads: 'sources', git: 'uses', makes: made('merges', '*') }),
    command('svn|hg|jj', 'build', 'https://www.mercurial-scm.org/doc/hg.1.html', {
      reads: 'sources',
      makes: made('merges', '*'),
    }),
  ],
  versionTools: [],
}
