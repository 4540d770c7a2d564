import { createRequire } from 'node:module';
import { flagOf, flags, largestSeed } from '@hurwitz/training';
import { backendChoices } from '@hurwitz/training/backends';
import { Command, InvalidArgumentError, Option } from 'commander';
import { analyse } from './commands/analyse.js';
import { dataFetch } from './commands/data-fetch.js';
import { doctor } from './commands/doctor.js';
import { evaluate } from './commands/evaluate.js';
import { type ReproduceOptions, reproduce } from './commands/reproduce.js';
import { type SpectrumCommandOptions, spectrum } from './commands/spectrum.js';
import { type TrainOptions, train } from './commands/train.js';
import { trainHelp, withDefault } from './commands/train-help.js';
import { decimal, named, parseFlag } from './config/parse-flag.js';
import { readable } from './failures/readable.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** The command line of `hurwitz`. */
export function makeProgram(): Command {
  const program = new Command('hurwitz')
    .description('Trains recurrent networks as dynamical systems, and shows whether they are stable.')
    .version(version)
    .showHelpAfterError('(hurwitz --help lists every command)')
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', examples);
  for (const command of [
    trainCommand(),
    evaluateCommand(),
    analyseCommand(),
    spectrumCommand(),
    reproduceCommand(),
    dataCommand(),
    doctorCommand(),
  ]) {
    program.addCommand(command.showHelpAfterError(`(hurwitz ${command.name()} --help shows what it takes)`));
    for (const each of [command, ...command.commands]) refuseRepeats(each);
  }
  for (const each of [
    program,
    ...program.commands,
    ...program.commands.flatMap(({ commands }) => commands),
  ]) {
    each.configureOutput({
      outputError: (text, write) =>
        write(`${readable(text.trimEnd().replace(/\n(?=\(Did you mean )/, ' '))}\n`),
    });
  }
  return program;
}

const examples = `
Examples:
  hurwitz train pendulum                                   four regimes of a 2-unit system; needs no data
  hurwitz data fetch mnist --data-dir data/mnist           download MNIST, once
  hurwitz train pixel-mnist --data-dir data/mnist --pixels-per-step 28
  hurwitz train --resume runs/pixel-mnist-1                go on after an interruption, to the same numbers
  hurwitz evaluate runs/pixel-mnist-1                      measure the best epoch on the test set again
  hurwitz analyse runs/pixel-mnist-1                       is the trained layer stable, and can it be proved?
  hurwitz spectrum runs/pixel-mnist-1                      Lyapunov exponents along the test data
  hurwitz reproduce --list                                 figures and tables of the papers, each made again by one command
  hurwitz doctor                                           what works on this machine, and what does not`;

/** Of a flag that is given twice, one value would have no effect. */
function refuseRepeats(command: Command): void {
  for (const option of command.options) {
    let seen = false;
    command.on(`option:${option.name()}`, () => {
      if (seen) command.error(`error: ${option.long} is given more than once.`);
      seen = true;
    });
  }
}

/** The options that stand on the command line, by the names of their values. */
function givenTo(command: Command): Set<string> {
  const names = command.options.map((option) => option.attributeName());
  return new Set(names.filter((name) => command.getOptionValueSource(name) === 'cli'));
}

/** An option that names a file or a folder. */
const pathOption = (text: string, about: string): Option => {
  const option = new Option(text, about);
  return option.argParser((value) => named(value, option.long!));
};

function trainCommand(): Command {
  const command = new Command('train')
    .summary('train a model on a task')
    .description(
      'Trains a model and writes a run folder with config, metrics, checkpoints, figures and report.html.',
    )
    .argument('[task]', 'what to learn, see below; not needed with --resume')
    .optionsGroup('Run:')
    .addOption(pathOption('--out <folder>', 'run folder to make (default: runs/<task>-<number>)'))
    .addOption(pathOption('--resume <folder>', 'go on with the run in this folder'))
    .option('--preset <name>', "settings of a row of the papers' tables, see below");
  for (const { key, kind, group, about } of flags) {
    const text = kind === 'switch' ? flagOf(key) : `${flagOf(key)} <${kind}>`;
    const option = new Option(text, withDefault(key, about)).helpGroup(`${group}:`);
    if (kind !== 'switch') option.argParser((value) => parseFlag(kind, value, flagOf(key)));
    command.addOption(option);
  }
  return command
    .addHelpText('after', `\n${trainHelp()}`)
    .action((task: string | undefined, options: TrainOptions) => train(task, options));
}

const backendOption = (): Option =>
  new Option('--backend <name>', backendChoices.join(', ')).default('auto', 'auto');

function evaluateCommand(): Command {
  return new Command('evaluate')
    .summary('measure a trained model on the test data')
    .description('Measures the best epoch of every stage of a run on the test data and prints the numbers.')
    .argument('<run>', 'a run folder')
    .addOption(pathOption('--data-dir <folder>', "folder of the task's data set, if it has moved"))
    .addOption(backendOption())
    .action(evaluate);
}

function analyseCommand(): Command {
  return new Command('analyse')
    .summary('say whether trained layers are stable, and prove it where possible')
    .description(
      "Prints an engineer's report on every trained recurrent layer of a run: Theorem 1, certificates, equilibria, " +
        'discretisation, Jacobians along the test data, and what to change. Writes analysis.html, analysis.json and figures.',
    )
    .argument('<run>', 'a run folder')
    .option('--stage <name>', 'one stage only')
    .addOption(pathOption('--data-dir <folder>', "folder of the task's data set, if it has moved"))
    .addOption(backendOption())
    .action(analyse);
}

function spectrumCommand(): Command {
  return new Command('spectrum')
    .summary('measure Lyapunov exponents of trained models, or of any tf.layers model')
    .description(
      'Prints the Lyapunov exponents of every trained model of a run along its test data, or of the recurrent layers of ' +
        'any model.json along inputs from a file or random ones. Writes spectrum.svg, spectrum-convergence.svg and spectrum.json.',
    )
    .argument('<run or model>', 'a run folder, or the model.json of a tf.layers model')
    .option('--exponents <number>', 'how many of the largest (default: all)', positiveNumber)
    .option('--warmup <number>', 'steps before those that count (default: a fifth of these)', wholeNumber)
    .option('--steps <number>', 'steps that are counted (default: the rest of the sequences)', positiveNumber)
    .option('--sequences <number>', 'sequences, whose scatter gives the standard error', positiveNumber, 10)
    .option('--qr-interval <number>', 'most steps between factorisations', positiveNumber, 1)
    .addOption(
      new Option(
        '--precision <name>',
        'of tangents: float64, or float32, which is faster and tells fewer apart',
      ).default('float64', 'float64'),
    )
    .addOption(
      new Option('--hidden <which>', 'of an LSTM: with-cell, or only for h at a fixed cell').default(
        'with-cell',
        'with-cell',
      ),
    )
    .addOption(pathOption('--inputs <file>', 'drive with these: CSV, or JSON [sequence][time][numbers]'))
    .option('--seed <number>', 'of random inputs', seedNumber, 1)
    .option('--layer <name>', 'of a model: one recurrent layer, driven by the inputs that it gets itself')
    .option('--stage <name>', 'of a run: one stage only')
    .addOption(pathOption('--data-dir <folder>', "of a run: folder of the task's data set, if it has moved"))
    .addOption(backendOption())
    .addOption(pathOption('--out <folder>', 'where the files go (default: beside the run or model)'))
    .action((path: string, options: SpectrumCommandOptions, command: Command) =>
      spectrum(path, options, givenTo(command)),
    );
}

function reproduceCommand(): Command {
  return new Command('reproduce')
    .summary('make a figure of the papers again')
    .description(
      'Runs an experiment of a paper and writes its figures, its numbers (JSON) and an entry for a ledger (Markdown). ' +
        'An interrupted run goes on where it stopped when the same command is given again.',
    )
    .argument('[experiment]', 'which one; --list shows them all')
    .option('--list', 'list the experiments')
    .option('--full', "the paper's size, which can take hours, instead of minutes")
    .addOption(pathOption('--out <folder>', 'where the files go').default('results', 'results'))
    .option('--seed <number>', 'decides all random numbers', seedNumber, 1)
    .addOption(pathOption('--data-dir <folder>', "folder of the experiment's data set"))
    .addOption(backendOption())
    .option('--threads <number>', 'threads of the recurrence (default: all)', positiveNumber)
    .option(
      '--keep-parts',
      'keep intermediate results, so that the same command draws again without computing',
    )
    .action((id: string | undefined, options: ReproduceOptions, command: Command) =>
      reproduce(id, options, givenTo(command)),
    );
}

function wholeNumber(text: string): number {
  const number = decimal(text);
  if (number !== undefined && Number.isSafeInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError(
    `It must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got ${text === '' ? 'an empty text' : text}.`,
  );
}

function seedNumber(text: string): number {
  const number = wholeNumber(text);
  if (number <= largestSeed) return number;
  throw new InvalidArgumentError(`It must be at most ${largestSeed}.`);
}

function positiveNumber(text: string): number {
  const number = wholeNumber(text);
  if (number > 0) return number;
  throw new InvalidArgumentError('It must be at least 1.');
}

function dataCommand(): Command {
  const fetch = new Command('fetch')
    .showHelpAfterError('(hurwitz data fetch --help shows what it takes)')
    .summary('download a data set')
    .description('Downloads a data set, checks its checksums, and goes on where an earlier download stopped.')
    .argument('<dataset>', 'mnist')
    .addOption(pathOption('--data-dir <folder>', 'where the files go').makeOptionMandatory())
    .action(dataFetch);
  return new Command('data').summary('get data sets').description('Gets data sets.').addCommand(fetch);
}

function doctorCommand(): Command {
  return new Command('doctor')
    .summary('say which backends work here')
    .description('Tries every backend, and says what is missing, what to run, and what --backend auto takes.')
    .action(doctor);
}
