import { CellError, UnsupportedLayerError } from '@hurwitz/cells';
import { DatasetError } from '@hurwitz/datasets';
import { EquivalenceError } from '@hurwitz/equivalence';
import { FigureError } from '@hurwitz/figures';
import { IntegratorError } from '@hurwitz/integrators';
import { KernelsError } from '@hurwitz/kernels';
import { LyapunovError } from '@hurwitz/lyapunov';
import { ParameterisationError } from '@hurwitz/parameterisations';
import { RecurrenceError } from '@hurwitz/scan';
import { StabilityError } from '@hurwitz/stability';
import { flagOf, flags, TrainingError } from '@hurwitz/training';
import { TruncationError } from '@hurwitz/truncation';

const packageErrors = [
  CellError,
  DatasetError,
  EquivalenceError,
  FigureError,
  IntegratorError,
  KernelsError,
  LyapunovError,
  ParameterisationError,
  RecurrenceError,
  StabilityError,
  TrainingError,
  TruncationError,
];

/** Whether one of the packages refused what it was given, and says why. */
export function isPackageError(error: unknown): error is Error {
  return packageErrors.some((kind) => error instanceof kind);
}

/** Options of the packages' functions that are flags here, and words for those that are not. */
const words: Record<string, string> = {
  ...Object.fromEntries(flags.map(({ key }) => [key, flagOf(key)])),
  qrInterval: '--qr-interval',
  initialState: 'initial states',
  inputDim: 'input size',
  inputSize: 'input size',
  vocabularySize: 'vocabulary size',
  goBackwards: 'reading backwards',
  tangentDimension: 'number of exponents',
  validationSize: 'number of validation images',
};

/**
 * A package's refusal for who gave a command and not a program: without the name of the function that refused, its
 * options by the names of the flags, and without advice that can only be followed in a program.
 */
export function wordsForCommand(error: Error): string {
  const parts = /^([\s\S]*?): expected ([\s\S]*), got ([\s\S]*?)\. ([\s\S]*)$/.exec(error.message);
  if (parts === null) return error.message;
  const [, where, expected, got, fix] = parts as unknown as [string, string, string, string, string];
  const [, , subject] = /^([A-Za-z][\w.]*)(?:[: ]+(.*))?$/s.exec(where) ?? [undefined, undefined, where];
  const claim = `expected ${translated(expected)}, got ${translated(got)}.`;
  const advice = adviceOf(error, translated(fix));
  const named = isVariable(where) ? where : subject;
  const said =
    named === undefined || !(hasPath(named) || isVariable(named)) ? capital(claim) : `${named}: ${claim}`;
  return advice === '' ? said : `${said} ${advice}`;
}

/** What lies in front of a colon is worth telling when it is a file, not an option of a function. */
const hasPath = (subject: string): boolean => /[./\\]/.test(subject) && !/[[\]()]/.test(subject);

/** A variable of the environment is something that who gives commands knows. */
const isVariable = (where: string): boolean => /^HURWITZ_[A-Z_]+$/.test(where);

function translated(text: string): string {
  return text.replace(/(?<![\w./-])[a-z]+(?:[A-Z][a-z]*)+(?![\w(])/g, (name) => words[name] ?? name);
}

/** Advice is kept when it speaks of files and numbers only, not of functions, options and packages. */
function adviceOf(error: Error, fix: string): string {
  // Which layers there are to choose from is known where the model is.
  if (error instanceof UnsupportedLayerError) return '';
  const code = /[`{}]|@hurwitz\/|\w\(|(?<![\w./])[a-z]+[A-Z]\w*/;
  return fix
    .split(/(?<=\.)\s+/)
    .filter((sentence) => !code.test(sentence.replace(/\S*[/\\]\S*/g, '')))
    .join(' ');
}

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);
