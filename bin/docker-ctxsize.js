#!/usr/bin/env node
// `docker ctxsize`: what docker asks of a plugin, then ctxsize itself. CommonJS for the reason that ctxsize.js has.
'use strict'

const args = process.argv.slice(2)

/** Options of docker that stand before the name of the plugin and take a value; docker/cli 28.2 cli/flags/options.go. */
const valued = /^(?:--(?:config|context|host|log-level|tlscacert|tlscert|tlskey)|-[^-]*[cHl])$/

/**
 * Docker hands on its whole command line: `--context x ctxsize ls`, `help ctxsize ls`, `--help ctxsize`. What is left of it is
 * for ctxsize, whose own options stand behind the name. docker/cli 28.2 cli-plugins/manager/manager.go PluginRunCommand.
 */
function ownArguments(words) {
  let wantsHelp = false
  for (let at = 0; at < words.length; at++) {
    const word = words[at]
    if (word === 'ctxsize') return [...words.slice(at + 1), ...(wantsHelp ? ['--help'] : [])]
    if (word === 'help' || word === '--help' || word === '-h') wantsHelp = true
    else if (!word.startsWith('-')) break
    if (valued.test(word)) at++
  }
  // It was not docker that called.
  return words
}

/**
 * Docker 25 and newer keep a signal that only they get to themselves, and close a socket for it; Ctrl-C on a terminal reaches all.
 * docker/cli 28.2 cli-plugins/socket/socket.go. Node 20 cannot name a socket of that kind on Linux: there the run ends by itself.
 */
function endWithDocker() {
  const address = process.env.DOCKER_CLI_PLUGIN_SOCKET
  if (!address || require('node:tty').isatty(1)) return
  const socket = require('node:net').connect(address.replace(/^@/, '\0'))
  socket.on('error', () => {})
  socket.on('end', () => process.kill(process.pid, 'SIGTERM'))
  socket.resume().unref()
}

// Asked of every plugin there is by `docker` and `docker info`, and of this one before each call.
if (args[0] === 'docker-cli-plugin-metadata') {
  process.stdout.write(require('node:fs').readFileSync(`${__dirname}/../dist/docker-plugin.json`))
} else {
  // docker/cli 28.2 cli-plugins/manager/cobra.go: what a shell asks docker to complete, docker asks the plugin.
  const isCompletion = /^__complete(?:NoDesc)?$/.test(args[0])
  const own = isCompletion ? ['__complete', ...args.slice(2)] : ownArguments(args)
  process.argv.splice(2, args.length, ...own)
  endWithDocker()
  require('./ctxsize.js')
}
