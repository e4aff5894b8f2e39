import type { Argument, Command, Option } from 'commander'
import { createProgram } from '../../core/cli/program.ts'
import type { Language } from './language.ts'
import { code, tableOf } from './markdown.ts'
import { translate } from './translate.ts'

const HEAD = { en: ['Argument or flag', 'What it is', 'Default'], zh: ['参数或选项', '含义', '默认值'] }
const CHOICES = { en: 'one of', zh: '取值' }
const REQUIRED = { en: 'required', zh: '必填' }

/** Every subcommand with its arguments and flags, as the program declares them. */
export function commandReference(language: Language): string {
  return subcommands()
    .map((command) => section(command, language))
    .join('\n\n')
}

export function subcommands(): readonly Command[] {
  return createProgram(() => undefined).commands
}

function section(command: Command, language: Language): string {
  const rows = [
    ...command.registeredArguments.map((argument) => argumentRow(argument, language)),
    ...command.options.map((option) => optionRow(option, language)),
  ]
  const usage = `timhook ${command.name()} ${command.usage()}`
  return [
    `### timhook ${command.name()}`,
    sentence(translate(language, command.description()), language),
    `\`\`\`text\n${usage}\n\`\`\``,
    tableOf(HEAD[language], rows),
  ].join('\n\n')
}

function sentence(text: string, language: Language): string {
  return language === 'zh' ? `${text}。` : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function argumentRow(argument: Argument, language: Language): string[] {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`
  return [
    code(argument.required ? `<${name}>` : `[${name}]`),
    translate(language, argument.description),
    defaultOf(argument.defaultValue),
  ]
}

function optionRow(option: Option, language: Language): string[] {
  const choices = option.argChoices?.map(code).join(', ')
  return [
    code(option.flags),
    `${translate(language, option.description)}${choices ? ` (${CHOICES[language]} ${choices})` : ''}`,
    option.mandatory ? REQUIRED[language] : defaultOf(option.defaultValue),
  ]
}

function defaultOf(value: unknown): string {
  return value === undefined ? '' : code(typeof value === 'string' ? value : JSON.stringify(value))
}
