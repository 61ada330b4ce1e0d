import type { Ecosystem } from './model.ts'
import { junk } from './row.ts'

const vim = 'https://vimhelp.org/recover.txt.html'
const core = 'https://man7.org/linux/man-pages/man5/core.5.html'
const profiles = 'https://nodejs.org/api/cli.html#--heapsnapshot-signalsignal'
const finder = 'https://support.apple.com/guide/mac-help/welcome/mac'

/** What editors, desktops and version control leave, whatever the project is. */
export const editors: Ecosystem = {
  id: 'editors',
  title: 'Editors and systems',
  manifests: [],
  lockfiles: [],
  programs: [],
  junk: [
    // In a working tree or a submodule it is a file that names the directory.
    junk(
      '.git/',
      'history',
      'the history of the repository',
      'https://git-scm.com/docs/gitrepository-layout',
      { disposable: 'never', guard: true },
    ),
    junk(
      '.git',
      'history',
      'says where the history of the repository lies',
      'https://git-scm.com/docs/gitrepository-layout',
      { disposable: 'never' },
    ),
    junk(
      '.svn/',
      'history',
      'the working copy of a repository',
      'https://svnbook.red-bean.com/en/1.7/svn.tour.initial.html',
      { disposable: 'never' },
    ),
    junk('.hg/', 'history', 'the history of the repository', 'https://www.mercurial-scm.org/doc/hg.1.html', {
      disposable: 'never',
    }),
    junk(
      '.bzr/',
      'history',
      'the history of the repository',
      'https://documentation.breezy-vcs.org/en/latest/',
      { disposable: 'never' },
    ),
    junk('.jj/', 'history', 'the history of the repository', 'https://jj-vcs.github.io/jj/latest/', {
      disposable: 'never',
    }),
    junk(
      'CVS/',
      'history',
      'the working copy of a repository',
      'https://www.gnu.org/software/trans-coord/manual/cvs/cvs.html',
      { disposable: 'never', holds: 'Entries' },
    ),

    junk(
      '.idea/',
      'editor',
      'what JetBrains editors keep of a project',
      'https://www.jetbrains.com/help/idea/creating-and-managing-projects.html',
      { guard: true },
    ),
    junk(
      '.vscode/',
      'editor',
      'settings of Visual Studio Code',
      'https://code.visualstudio.com/docs/configure/settings',
      { guard: true },
    ),
    junk(
      '.vscode-test/',
      'editor',
      'an editor downloaded for tests',
      'https://code.visualstudio.com/api/working-with-extensions/testing-extension',
    ),
    junk(
      '.history/',
      'editor',
      'copies that an extension of Visual Studio Code keeps',
      'https://marketplace.visualstudio.com/items?itemName=xyz.local-history',
      { disposable: 'never' },
    ),
    junk('.fleet/', 'editor', 'settings of Fleet', 'https://www.jetbrains.com/help/fleet/'),
    junk('.zed/', 'editor', 'settings of Zed', 'https://zed.dev/docs/configuring-zed'),
    junk('.nova/', 'editor', 'settings of Nova', 'https://help.nova.app/workspace/project/'),
    // Of one developer, beside what a team shares.
    junk(
      '.claude/settings.local.json',
      'editor',
      'what Claude Code may do on this machine',
      'https://docs.claude.com/en/docs/claude-code/settings',
    ),
    junk(
      '.settings/',
      'editor',
      'settings of Eclipse',
      'https://help.eclipse.org/latest/topic/org.eclipse.platform.doc.user/concepts/cprojectproperties.htm',
      { beside: ['.project'] },
    ),
    junk(
      '.project',
      'editor',
      'a project of Eclipse',
      'https://help.eclipse.org/latest/topic/org.eclipse.platform.doc.isv/reference/misc/project_description_file.html',
    ),
    junk('.metadata/', 'editor', 'a workspace of Eclipse', 'https://help.eclipse.org/latest/', {
      holds: '.plugins',
    }),
    junk('nbproject/private/', 'editor', 'settings of one developer', 'https://netbeans.apache.org/'),
    junk(
      '.devcontainer/',
      'editor',
      'how an editor starts a container to develop in',
      'https://containers.dev/implementors/spec/',
      { disposable: 'never' },
    ),
    junk(
      '*.code-workspace',
      'editor',
      'a workspace of Visual Studio Code',
      'https://code.visualstudio.com/docs/editing/workspaces/workspaces',
    ),
    junk(
      '*.sublime-project',
      'editor',
      'a project of Sublime Text',
      'https://www.sublimetext.com/docs/projects.html',
    ),
    junk(
      '*.sublime-workspace',
      'editor',
      'a workspace of Sublime Text',
      'https://www.sublimetext.com/docs/projects.html',
    ),
    junk('.*.sw[a-p]', 'editor', 'what vim keeps of a file while it is edited', vim, { guard: true }),
    // A name such as clip.swp may be somebody's data; vim's begin with a dot.
    junk('*.swp', 'editor', 'what vim keeps of a file while it is edited', vim),
    junk('*.swo', 'editor', 'what vim keeps of a file while it is edited', vim),
    junk('.netrwhist', 'editor', 'where vim has been', 'https://vimhelp.org/pi_netrw.txt.html'),
    junk('Session.vim', 'editor', 'a session of vim', 'https://vimhelp.org/starting.txt.html#views-sessions'),
    junk(
      '*~',
      'editor',
      'a copy that an editor kept of a file before it changed it',
      'https://www.gnu.org/software/emacs/manual/html_node/emacs/Backup.html',
      { guard: true },
    ),
    junk(
      '#*#',
      'editor',
      'what emacs keeps of a file while it is edited',
      'https://www.gnu.org/software/emacs/manual/html_node/emacs/Auto-Save.html',
    ),
    junk(
      '.#*',
      'editor',
      'says that emacs is editing a file',
      'https://www.gnu.org/software/emacs/manual/html_node/emacs/Interlocking.html',
    ),
    junk(
      '*.orig',
      'editor',
      'a file as it was before a merge or a patch',
      'https://git-scm.com/docs/git-mergetool',
      { disposable: 'never' },
    ),
    junk(
      '*.rej',
      'editor',
      'what a patch could not change',
      'https://www.gnu.org/software/diffutils/manual/html_node/Rejects.html',
      { disposable: 'never' },
    ),
    junk('*.bak', 'editor', 'a copy of a file', 'https://www.gnu.org/software/sed/manual/sed.html', {
      disposable: 'never',
    }),
    junk(
      '.direnv/',
      'environment',
      'what direnv keeps for this machine',
      'https://direnv.net/man/direnv-stdlib.1.html',
    ),
    junk('.devenv/', 'environment', 'what devenv keeps for this machine', 'https://devenv.sh/'),

    // Whoever makes one wants to look at it, or to load it somewhere; an image that loads one names it.
    ...[
      ...[
        '*dump*.sql',
        '*backup*.sql',
        '*.sql.gz',
        '*.sql.bz2',
        '*.sql.xz',
        '*.sql.zst',
        '*.dump',
        '*.pgdump',
      ],
    ].map((name) =>
      junk(name, 'dump', 'a dump of a database', 'https://www.postgresql.org/docs/current/app-pgdump.html', {
        disposable: 'never',
      }),
    ),
    junk('core', 'dump', 'the memory of a program that crashed', core, { disposable: 'never' }),
    junk('core.[0-9]*', 'report', 'the memory of a program that crashed', core),
    junk('*.heapsnapshot', 'report', 'a snapshot of the heap of V8', profiles),
    junk('*.heapprofile', 'report', 'a profile of V8', profiles),
    junk('*.cpuprofile', 'report', 'a profile of V8', profiles),

    junk('.DS_Store', 'system', 'what Finder remembers of a folder', finder, { guard: true }),
    junk('.AppleDouble/', 'system', 'what macOS adds on foreign disks', finder),
    junk('.LSOverride', 'system', 'what macOS remembers of a folder', finder),
    junk('.Spotlight-V100/', 'system', 'the search index of macOS', finder),
    junk('.Trashes/', 'system', 'deleted files of macOS', finder),
    junk('.fseventsd/', 'system', 'what macOS keeps of a disk', finder),
    junk('__MACOSX/', 'system', 'what macOS adds to archives', finder),
    junk('._*', 'system', 'what macOS adds to a file on foreign disks', finder),
    junk(
      'Thumbs.db',
      'system',
      'thumbnails of Windows',
      'https://learn.microsoft.com/en-us/windows/win32/shell/thumbnail-providers',
      { guard: true },
    ),
    junk(
      'ehthumbs.db',
      'system',
      'thumbnails of Windows',
      'https://learn.microsoft.com/en-us/windows/win32/shell/thumbnail-providers',
    ),
    junk(
      '[Dd]esktop.ini',
      'system',
      'how Windows shows a folder',
      'https://learn.microsoft.com/en-us/windows/win32/shell/how-to-customize-folders-with-desktop-ini',
    ),
    junk(
      '$RECYCLE.BIN/',
      'system',
      'deleted files of Windows',
      'https://learn.microsoft.com/en-us/windows/win32/shell/manage',
    ),
    junk('.directory', 'system', 'how KDE shows a folder', 'https://userbase.kde.org/Dolphin'),
    junk('.Trash-*/', 'system', 'deleted files', 'https://specifications.freedesktop.org/trash-spec/latest/'),
    junk('.nfs*', 'system', 'a deleted file that is still open somewhere', 'https://nfs.sourceforge.net/'),
    junk(
      '.fuse_hidden*',
      'system',
      'a deleted file that is still open somewhere',
      'https://github.com/libfuse/libfuse/wiki/FAQ',
    ),

    junk('*.log', 'log', 'a log', 'https://docs.docker.com/build/concepts/context/#dockerignore-files', {
      guard: true,
    }),
    junk('*.log.[0-9]*', 'log', 'an old log', 'https://man7.org/linux/man-pages/man8/logrotate.8.html'),
    junk(
      '*.pid',
      'system',
      'the number of a process of this machine',
      'https://man7.org/linux/man-pages/man5/systemd.service.5.html',
    ),
    // Only a directory of this shape is a log; some programs call a part of their sources so.
    junk(
      'logs/',
      'log',
      'logs, by its name',
      'https://docs.docker.com/build/concepts/context/#dockerignore-files',
      { disposable: 'never' },
    ),
  ],
  commands: [],
  versionTools: [],
}
