import type { Ecosystem } from './model.ts'
import { command, junk, made, program } from './row.ts'

const docs = 'https://developer.hashicorp.com/terraform/cli'

/** Terraform and OpenTofu: what `init` leaves. State may hold secrets and is never called disposable. */
export const terraform: Ecosystem = {
  id: 'terraform',
  title: 'Terraform',
  manifests: ['*.tf', '*.tofu'],
  lockfiles: ['.terraform.lock.hcl'],
  programs: [program('terraform tofu')],
  junk: [
    junk(
      '.terraform/',
      'packages',
      'providers and modules that terraform init fetched for this machine',
      `${docs}/init`,
      { guard: true },
    ),
    junk(
      '.terragrunt-cache/',
      'cache',
      'the cache of terragrunt',
      'https://terragrunt.gruntwork.io/docs/features/caching/',
    ),
    junk(
      '*.tfstate',
      'output',
      'the state of what terraform made, which may hold secrets',
      'https://developer.hashicorp.com/terraform/language/state',
      { disposable: 'never' },
    ),
    junk(
      '*.tfstate.*',
      'output',
      'the state of what terraform made, which may hold secrets',
      'https://developer.hashicorp.com/terraform/language/state',
      { disposable: 'never' },
    ),
    junk('*.tfplan', 'output', 'a plan of terraform, which may hold secrets', `${docs}/commands/plan`, {
      disposable: 'never',
    }),
    junk(
      'crash.log',
      'log',
      'the log of a crash',
      'https://developer.hashicorp.com/terraform/internals/debugging',
    ),
  ],
  commands: [
    command('terraform|tofu init|get', 'install', `${docs}/init`, {
      reads: 'sources',
      manifests: [['*.tf', '*.tofu']],
      alsoReads: ['.terraform.lock.hcl', '.terraformrc'],
      makes: made('merges', '.terraform'),
    }),
    command('terraform|tofu', 'build', docs, { reads: 'sources', makes: made('merges', '*') }),
  ],
  versionTools: [],
}
