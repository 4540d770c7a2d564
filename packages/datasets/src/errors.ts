/** Bad input: which function, what it expected, what it got, what to do. Every error of this package is one. */
export class DatasetError extends Error {
  override readonly name: string = 'DatasetError';

  constructor(where: string, expected: string, got: string, fix: string) {
    super(`${where}: expected ${expected}, got ${got}. ${fix}.`);
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
  ) {
    const tried = failures.map(({ url, reason }) => `\n  ${url}: ${reason}`).join('');
    super(
      where,
      `${files.join(', ')} from one of its mirrors`,
      `no complete file:${tried}\n`,
      `Without a network, download ${files.length === 1 ? 'it' : 'them'} elsewhere from any of these addresses and put ${
        files.length === 1 ? 'it' : 'them'
      } into ${folder}; otherwise run this again, and it continues where it stopped`,
    );
  }
}
