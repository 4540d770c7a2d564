import { InputError } from '@hurwitz/input';

/** Bad input: which function, what it expected, what it got, what to do. Every error of this package is one. */
export class DatasetError extends InputError {
  override readonly name: string = 'DatasetError';

  constructor(where: string, expected: string, got: string, fix: string) {
    super(where, expected, got, /[.?]$/.test(fix) ? fix : `${fix}.`);
  }
}

/** A data file that is missing, damaged or not what it should be. */
export class DataFileError extends DatasetError {
  override readonly name = 'DataFileError';

  constructor(
    where: string,
    /** The file's name or path. */
    readonly file: string,
    expected: string,
    got: string,
    fix: string,
  ) {
    super(`${where}: ${file}`, expected, got, fix);
  }
}

/** A text has a word that the vocabulary has not. */
export class UnknownWordError extends DatasetError {
  override readonly name = 'UnknownWordError';

  constructor(
    where: string,
    readonly word: string,
    /** Number of its line, from 1. */
    readonly line: number,
  ) {
    super(
      where,
      'words of the vocabulary',
      `${JSON.stringify(word.length > 60 ? `${word.slice(0, 60)}...` : word)} in line ${line}`,
      'Replace such words by <unk>, or make the vocabulary from a text that has them',
    );
  }
}

/** One address that did not give the file, and why. */
export interface FailedDownload {
  readonly url: string;
  readonly reason: string;
}

/** A download that no mirror could complete. The message says how to put the files in place by hand. */
export class DownloadError extends DatasetError {
  override readonly name = 'DownloadError';

  constructor(
    where: string,
    /** The files that are still missing. */
    readonly files: readonly string[],
    /** The folder where they belong. */
    readonly folder: string,
    readonly failures: readonly FailedDownload[],
    /** Where each of the files is published, followed by its name. */
    mirrors: readonly string[],
  ) {
    const tried = failures.map(({ url, reason }) => `\n  ${url}: ${reason}`).join('');
    super(
      where,
      `to download ${files.join(', ')}`,
      `no complete ${files[0]}:${tried}`,
      `Run this again with a network, and it continues where it stopped; or fetch ${files.join(', ')} elsewhere from ${mirrors.join(
        ' or ',
      )} and put what you have into ${folder}`,
    );
  }
}
