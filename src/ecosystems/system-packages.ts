import type { Ecosystem } from './model.ts'
import { command, program, withPath } from './row.ts'

/** A package that lies in the context may be installed by its path; whatever else is named comes from a repository. */
const fromPaths = {
  operands: 'any',
  fileOperands: 'paths',
  variants: [withPath({ reads: 'arguments' })],
} as const

/** The packages of Linux distributions. None of these commands writes below the directory it runs in, but for downloads. */
export const systemPackages: Ecosystem = {
  id: 'system-packages',
  title: 'Packages of the distribution',
  manifests: [],
  lockfiles: [],
  programs: [
    program('apt apt-get aptitude', {
      valued: ['-o', '--option', '-t', '--target-release', '--default-release', '-c', '--config-file', '-a'],
    }),
    program('apk', {
      valued: [
        '-X',
        '--repository',
        '-p',
        '--root',
        '-t',
        '--virtual',
        '--repositories-file',
        '--keys-dir',
        '--cache-dir',
        '--arch',
        '--wait',
      ],
    }),
    program('dnf dnf5 yum microdnf tdnf', {
      valued: [
        '-c',
        '--config',
        '-x',
        '--exclude',
        '--enablerepo',
        '--disablerepo',
        '--installroot',
        '--releasever',
        '--setopt',
        '--repo',
        '--repoid',
        '-d',
        '-e',
      ],
    }),
    program('zypper', { valued: ['-r', '--repo', '-p', '--plus-repo'] }),
  ],
  junk: [],
  commands: [
    command(
      'apt-get|apt|aptitude update|upgrade|dist-upgrade|full-upgrade|install|reinstall|remove|purge|autoremove|autopurge|clean|autoclean|build-dep|download|source|satisfy|list|search|show|policy',
      'system',
      'https://manpages.debian.org/stable/apt/apt-get.8.en.html',
      fromPaths,
    ),
    command(
      'apt-cache|apt-mark|apt-key|add-apt-repository|apt-add-repository|debconf-set-selections|dpkg-reconfigure|dpkg-divert|update-alternatives|update-rc.d|dpkg-query',
      'system',
      'https://manpages.debian.org/stable/apt/',
      { reads: 'arguments' },
    ),
    command('dpkg', 'system', 'https://manpages.debian.org/stable/dpkg/dpkg.1.en.html', {
      reads: 'arguments',
      fileOperands: 'paths',
    }),
    command(
      'apk add|del|update|upgrade|fix|cache|info|list|search|policy|fetch|stats|version|audit',
      'system',
      'https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper',
      fromPaths,
    ),
    command(
      'dnf|dnf5|yum|microdnf|tdnf',
      'system',
      'https://dnf.readthedocs.io/en/latest/command_ref.html',
      fromPaths,
    ),
    command(
      'yum-config-manager|rpmkeys|subscription-manager|crb|needs-restarting',
      'system',
      'https://dnf-plugins-core.readthedocs.io/en/latest/config_manager.html',
    ),
    command('rpm', 'system', 'https://rpm.org/docs/latest/man/rpm.8', {
      reads: 'arguments',
      fileOperands: 'paths',
    }),
    command('zypper', 'system', 'https://en.opensuse.org/SDB:Zypper_manual', fromPaths),
    command(
      'pacman|pacman-key|xbps-install|emerge|slackpkg|opkg|swupd',
      'system',
      'https://man.archlinux.org/man/pacman.8',
      fromPaths,
    ),
    command(
      'update-ca-certificates|update-ca-trust|ldconfig|locale-gen|update-locale|localedef|fc-cache|mkfontscale|setcap|systemctl|service|rc-update|a2enmod|a2dismod|a2ensite|a2dissite|a2enconf|phpenmod|nginx|crontab',
      'system',
      'https://manpages.debian.org/stable/ca-certificates/update-ca-certificates.8.en.html',
      { reads: 'arguments' },
    ),
  ],
  versionTools: [],
}
